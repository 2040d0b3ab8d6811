"""ClamAV itself says what is clean."""

import pytest

from infra import scan

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def test_a_plain_file_is_clean():
    assert scan.scan([b"%PDF-1.7", b" nothing"]) == (True, "")


def test_the_test_virus_is_found_across_chunks():
    verdict = scan.scan([EICAR[:20], EICAR[20:]])
    assert verdict == (False, "Eicar-Test-Signature.UNOFFICIAL")


def test_no_scanner_is_no_verdict(settings):
    settings.SCAN_URL = "tcp://127.0.0.1:1"
    with pytest.raises(scan.ScannerAway, match="does not answer"):
        scan.scan([b"x"])
