import pytest

from infra.machine.journal import Journal


@pytest.fixture
def path(tmp_path):
    journal = Journal(tmp_path / "journal")
    journal.append(b"first")
    journal.append(b"second")
    return journal.path


def test_records_come_back_in_order(path):
    assert list(Journal(path)) == [b"first", b"second"]


@pytest.mark.parametrize("lost", range(1, 14))
def test_a_record_cut_short_is_dropped_and_the_next_one_is_kept(path, lost):
    path.write_bytes(path.read_bytes()[:-lost])
    Journal(path).append(b"third")
    assert list(Journal(path)) == [b"first", b"third"]


def test_a_damaged_record_and_all_after_it_are_dropped(path):
    content = bytearray(path.read_bytes())
    content[9] ^= 1
    path.write_bytes(content)
    assert list(Journal(path)) == []
