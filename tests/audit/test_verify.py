"""The rules of the record, and every way to break a pack, without a database."""

import ast
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from audit import verify
from audit.verify import Broken, MerkleTree, check_chain, check_pack, leaf_hash, node_hash
from tests.audit import samples

SOURCE = Path(verify.__file__)


def textbook_root(leaves: list[bytes]) -> str:
    """Return RFC 6962, 2.1 as it is written: split at the largest power of two below the number."""

    def root(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        split = 1 << (len(part) - 1).bit_length() - 1
        return node_hash(root(part[:split]), root(part[split:]))

    return root(leaves).hex()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 100])
def test_tree_is_that_of_the_rfc(size):
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    tree = MerkleTree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == textbook_root(leaves)


def test_tree_knows_the_published_vectors():
    """The eight inputs of the tests of google/certificate-transparency (merkle_tree_test.cc)."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    tree = MerkleTree()
    roots = [tree.root()]
    for text in inputs:
        tree.add(leaf_hash(bytes.fromhex(text)))
        roots.append(tree.root())
    assert [roots[0], roots[1], roots[3], roots[8]] == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]


def test_canonical_json_is_sorted_tight_and_utf8():
    assert verify.canonical({"b": [1, None], "a": "£ – é"}) == '{"a":"£ – é","b":[1,null]}'.encode()


def test_seal_is_the_hash_of_its_six_facts():
    seal = verify.json.loads(samples.seals(samples.blocks(2))[0])
    text = f'{{"count":2,"first_id":1,"last_id":2,"number":1,"previous":"{"0" * 64}","root":"{seal["root"]}"}}'
    assert seal["seal"] == hashlib.sha256(text.encode()).hexdigest()


def test_program_needs_the_standard_library_of_python_3_9_only():
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 9))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in nodes}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == set()


def test_program_beside_the_files_checks_them(tmp_path):
    samples.pack(tmp_path / "pack", 3, 1)
    done = subprocess.run([sys.executable, "-I", "-S", tmp_path / "pack" / "verify.py"], capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[0][:31]) == (0, "WHOLE: 4 events in 2 seals, eve")


def test_program_ends_with_1_and_names_the_broken_record(tmp_path, capsys):
    pack = samples.pack(tmp_path / "pack", 3, 1)
    changed = (pack / "events.jsonl").read_bytes().replace(b"B-2", b"B-9")
    (pack / "events.jsonl").write_bytes(changed)
    code = verify.main([str(pack)])
    told = "BROKEN: event 2 (events.jsonl line 2) was changed; seal 1 proves it."
    assert (code, capsys.readouterr().out.splitlines()[0]) == (1, told)


def test_empty_record_is_whole(tmp_path):
    pack = samples.pack(tmp_path / "pack")
    assert check_pack(pack)[1] == []


CHAIN = samples.blocks(3, 4, 2)
EVENTS = [line for block in CHAIN for line in block]
SEALS = samples.seals(CHAIN)


def broken(events: list[bytes], seals: list[bytes]) -> str:
    """Return what the chain says is broken."""
    with pytest.raises(Broken) as told:
        check_chain(events, seals)
    return str(told.value)


def test_whole_chain_is_counted():
    chain = check_chain(EVENTS, SEALS)
    assert (chain.events, chain.seals, chain.head) == (9, 3, verify.json.loads(SEALS[-1]))


@given(st.integers(0, 8), st.integers(0, 8))
def test_moved_event_breaks_the_chain(source, target):
    assume(source != target)
    events = EVENTS[:]
    events.insert(target, events.pop(source))
    assert broken(events, SEALS) != ""


@given(st.integers(0, 8))
def test_dropped_event_breaks_the_chain(place):
    assert broken(EVENTS[:place] + EVENTS[place + 1 :], SEALS) != ""


@given(st.integers(0, 8))
def test_repeated_event_breaks_the_chain(place):
    assert "repeated or out of order" in broken(EVENTS[: place + 1] + EVENTS[place:], SEALS)


@pytest.mark.parametrize("number", [4, 9, 12])
def test_event_added_in_a_gap_or_at_the_end_breaks_the_chain(number):
    events = sorted([*EVENTS, samples.event(number)], key=lambda line: verify.json.loads(line)["id"])
    assert broken(events, SEALS) != ""


@given(st.sampled_from([[0, 2], [0, 1, 1, 2], [1, 0, 2], [1, 2], [0, 2, 1]]))
def test_dropped_repeated_or_moved_seal_breaks_the_chain(order):
    assert "seal" in broken(EVENTS, [SEALS[n] for n in order])


def test_last_seal_dropped_with_its_events_needs_the_heads_to_be_told():
    assert check_chain(EVENTS[:7], SEALS[:2]).events == 7


def test_chain_made_anew_fits_itself():
    assert check_chain(EVENTS[1:], samples.seals([EVENTS[1:]])).seals == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"id": 1}', "not an object in canonical JSON"),
        (b"[1]", "not an object in canonical JSON"),
        (b'{"id":1}', "does not have exactly the fields"),
        (samples.event(1, id=True), "has a wrong id: True"),
        (samples.event(1, at="2027-02-02T12:00:00Z"), "has a wrong at"),
        (samples.event(1).replace(b"applicant", b"\xff"), "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (samples.event(1).replace(b"applicant", b"\\ud800"), "cannot be read"),
    ],
)
def test_line_that_is_no_event_is_told(line, told):
    assert told in broken([line, *EVENTS[1:]], SEALS)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda e: [e[0], samples.event(2, verb="x"), *e[2:]], "event 2 (events.jsonl line 2) was changed"),
        (lambda e: [e[0], *e[2:]], "event 2 is not at its place, events.jsonl line 2: event 3 stands there"),
        (lambda e: [e[0], e[2], e[1], *e[3:]], "event 2 is not at its place, events.jsonl line 2"),
        (lambda e: [*e[:5], e[5], e[5], *e[6:]], "event 8 is not at its place, events.jsonl line 7: event 7 stands"),
        (lambda e: e[:-1], "event 11 is missing: events.jsonl ends before it"),
        (lambda e: [*e[:3], samples.event(4), *e[3:]], "event 5 is not at its place, events.jsonl line 4: event 4"),
    ],
)
def test_first_broken_event_is_named(tmp_path, change, told):
    pack = samples.pack(tmp_path / "pack", 3, 4, 2)
    samples.write(pack, "events.jsonl", change(EVENTS))
    samples.remake_manifest(pack)
    assert check_pack(pack)[1][0][: len(told)] == told


def test_block_is_named_when_the_leaves_were_changed_too(tmp_path):
    pack = samples.pack(tmp_path / "pack", 3, 4)
    events = [EVENTS[0], samples.event(2, verb="x"), *EVENTS[2:7]]
    samples.write(pack, "events.jsonl", events)
    leaves = [verify.leaf_line(verify.json.loads(line)["id"], leaf_hash(line)) for line in events]
    (pack / "leaves.txt").write_bytes(b"".join(leaves))
    samples.remake_manifest(pack)
    assert check_pack(pack)[1] == ["events 1 to 3 are not those of seal 1 (3 sealed, 3 found)."]


def test_leaves_changed_alone_are_told(tmp_path):
    pack = samples.pack(tmp_path / "pack", 3)
    (pack / "leaves.txt").write_bytes((pack / "leaves.txt").read_bytes()[::-1].strip() + b"\n")
    samples.remake_manifest(pack)
    assert check_pack(pack)[1] == ["leaves.txt does not hold the leaves of the sealed events."]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return samples.pack(tmp_path_factory.mktemp("whole") / "pack", 2, 3, letters=[b"one", b"two"])


NAMES = ["README.txt", "events.jsonl", "leaves.txt", "letters.jsonl", "manifest.json", "seals.jsonl", "verify.py"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(NAMES), st.integers(0, 10**9), st.integers(1, 255))
def test_any_changed_byte_of_any_file_is_told(whole, tmp_path, name, place, flip):
    pack = shutil.copytree(whole, tmp_path / "pack", dirs_exist_ok=True)
    body = bytearray((pack / name).read_bytes())
    body[place % len(body)] ^= flip
    (pack / name).write_bytes(body)
    assert check_pack(pack)[1] != []


@pytest.mark.parametrize("name", NAMES)
def test_missing_file_is_told(whole, tmp_path, name):
    pack = shutil.copytree(whole, tmp_path / "pack")
    (pack / name).unlink()
    assert name in check_pack(pack)[1][0]


@pytest.mark.parametrize("name", NAMES)
def test_cut_file_is_told(whole, tmp_path, name):
    pack = shutil.copytree(whole, tmp_path / "pack")
    (pack / name).write_bytes((pack / name).read_bytes()[:-1])
    assert check_pack(pack)[1] != []


def test_added_file_is_told(whole, tmp_path):
    pack = shutil.copytree(whole, tmp_path / "pack")
    (pack / "more").mkdir()
    (pack / "more" / "extra.jsonl").write_text("{}\n")
    assert check_pack(pack)[1] == ["more/extra.jsonl is not in the manifest."]


def test_part_that_is_not_canonical_is_told(whole, tmp_path):
    pack = shutil.copytree(whole, tmp_path / "pack")
    samples.write(pack, "letters.jsonl", [b'{"sha256": "x"}'])
    samples.remake_manifest(pack)
    told = "letters.jsonl line 1 is not an object in canonical JSON: it was changed."
    assert check_pack(pack)[1] == [told]


def heads(folder: Path, pack: Path) -> Path:
    """Write the heads of a pack as the record bucket holds them."""
    (folder / "heads").mkdir(parents=True)
    for number, line in enumerate((pack / "seals.jsonl").read_bytes().splitlines(keepends=True), 1):
        (folder / "heads" / f"{number:010}.json").write_bytes(line)
    return folder


def test_seals_equal_the_published_heads(whole, tmp_path):
    assert check_pack(whole, heads=heads(tmp_path / "s3", whole)) == (
        [*check_pack(whole)[0], "2 seals equal their published heads."],
        [],
    )


def test_record_made_anew_differs_from_the_published_heads(whole, tmp_path):
    anew = samples.pack(tmp_path / "anew", 2, 2, letters=[b"one", b"two"])
    told = check_pack(anew, heads=heads(tmp_path / "s3", whole))[1]
    assert told == ["seal 2 is not the one that was published."]


def test_head_that_was_never_published_is_told(whole, tmp_path):
    folder = heads(tmp_path / "s3", whole)
    (folder / "heads" / "0000000001.json").unlink()
    assert check_pack(whole, heads=folder)[1][0].startswith("the head of seal 1 is not in")


def test_pack_whose_end_was_cut_off_is_told_by_later_heads(whole, tmp_path):
    cut = samples.pack(tmp_path / "cut", 2, letters=[b"one", b"two"])
    folder = heads(tmp_path / "s3", whole)
    assert "0000000002.json, which the pack lacks" in check_pack(cut, heads=folder)[1][0]
    assert check_pack(cut, heads=folder, allow_later_heads=True)[1] == []


def test_stranger_among_the_heads_is_told(whole, tmp_path):
    folder = heads(tmp_path / "s3", whole)
    (folder / "notes.txt").write_text("x")
    assert check_pack(whole, heads=folder)[1] == [
        f"notes.txt in {folder} is no head: a head is called like 0000000001.json."
    ]


@pytest.mark.parametrize(
    ("bodies", "told"),
    [
        ([b"two", b"one"], []),
        ([b"one"], ["the letter of letters.jsonl line 2 is not in {}, or was changed."]),
        ([b"one", b"tw0"], ["the letter of letters.jsonl line 2 is not in {}, or was changed."]),
        ([b"one", b"two", b"three"], ["2.pdf in {} is no letter of this record."]),
    ],
)
def test_letters_are_compared_by_content(whole, tmp_path, bodies, told):
    for number, body in enumerate(bodies):
        (tmp_path / f"{number}.pdf").write_bytes(body)
    assert check_pack(whole, letters=tmp_path)[1] == [text.format(tmp_path) for text in told]


def test_folders_to_compare_with_may_lie_inside_the_pack(whole, tmp_path):
    pack = shutil.copytree(whole, tmp_path / "pack")
    assert check_pack(pack, heads=heads(pack / "s3", whole))[1] == []


def test_file_that_is_no_zip_is_told(tmp_path):
    (tmp_path / "pack.zip").write_bytes(b"no zip")
    assert check_pack(tmp_path / "pack.zip")[1] == [f"{tmp_path}/pack.zip cannot be opened: File is not a zip file."]


@pytest.mark.parametrize("arguments", [["/nowhere/pack.zip"], ["--heads", "/nowhere"]])
def test_wrong_use_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        verify.main(arguments)
    assert ended.value.code == 2


def with_sheet(folder, lines: dict, *, named: str, at: str = "2027-02-02T11:00:00.000000Z"):
    """Return a pack with a frozen sheet, and an event that names a hash."""
    block = [samples.event(1, verb="competition.at_panel", changes={"sheet_sha256": named}), samples.event(2)]
    row = {"at": at, "lines": lines, "sha256": hashlib.sha256(verify.canonical({"B-1": {"score": "70.0"}})).hexdigest()}
    samples.write(folder, "events.jsonl", block)
    samples.write(folder, "frozen_sheets.jsonl", [verify.canonical(row)])
    return verify.Pack(folder)


SHEET = {"B-1": {"score": "70.0"}}
KEPT = hashlib.sha256(verify.canonical(SHEET)).hexdigest()


@pytest.mark.parametrize(
    ("lines", "named", "at", "told"),
    [
        (SHEET, KEPT, "2027-02-02T11:00:00.000000Z", "1 hashes of sheets, minutes and decisions stand in sealed"),
        ({"B-1": {"score": "71.0"}}, KEPT, "2027-02-02T11:00:00.000000Z", "lines does not have the hash"),
        (SHEET, "0" * 64, "2027-02-02T11:00:00.000000Z", "no sealed event names its sha256"),
        (SHEET, "0" * 64, "2027-02-02T11:55:00.000000Z", "1 hashes of sheets"),
        (SHEET, "0" * 64, "soon", "is not as a pack has it"),
    ],
)
def test_a_frozen_sheet_is_what_a_sealed_event_names(tmp_path, lines, named, at, told):
    try:
        found = verify.check_kept(with_sheet(tmp_path, lines, named=named, at=at))
    except verify.Broken as broken:
        found = str(broken)
    assert told in found
