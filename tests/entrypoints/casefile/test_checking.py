"""A case file that was changed in any way is found out, with nothing but the file."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from amends.entrypoints.casefile.checking import NoCaseFile, check
from amends.entrypoints.casefile.links import Link, faults_of
from amends.entrypoints.casefile.packing import Proof, sums_text
from tests.entrypoints.casefile.case import D1, files_in, taken
from tests.entrypoints.sandbox import AUDITOR, BUYER, SELLER, SHOP, Shop

ROOT = Path(__file__).parents[3]
NAMES = (
    "READ ME.txt", "case.pdf", "case.json", "events.ndjson", "evidence/E1-photo.jpg",
    "evidence/E2-text.txt", "proof.json", "proof.json.sig", "platform-key.pem", "SHA256SUMS",
)  # fmt: skip


def written(path: Path, files: Mapping[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return str(path)


@pytest.fixture
def files(case_file: bytes) -> dict[str, bytes]:
    return files_in(case_file)


def signed_anew(files: dict[str, bytes]) -> dict[str, bytes]:
    """As somebody packs it who has a key of their own and is careful."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    proof = msgspec.json.decode(files["proof.json"])
    for name, of in proof["files"].items():
        of["sha256"], of["bytes"] = hashlib.sha256(files[name]).hexdigest(), len(files[name])
    proven = msgspec.json.encode(proof)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    changed = files | {
        "proof.json": proven, "proof.json.sig": key.sign(proven), "platform-key.pem": pem,
    }  # fmt: skip
    sums = {n: hashlib.sha256(d).hexdigest() for n, d in changed.items() if n != "SHA256SUMS"}
    return changed | {"SHA256SUMS": sums_text(sums)}


def test_nothing_is_wrong_with_what_was_given_out(
    lived_shop: Shop, files: dict[str, bytes], tmp_path: Path
) -> None:
    assert tuple(files) == NAMES
    for who in (BUYER, SELLER, SHOP, AUDITOR):
        path = tmp_path / f"{who}.zip"
        path.write_bytes(taken(lived_shop, who))
        key = tmp_path / "key.pem"
        key.write_bytes(lived_shop.call("GET", "/casefile-key", None).content)
        checked = check(str(path), key=str(key))
        assert checked.faults == ()
        assert checked.proof.dispute == D1
        assert len(checked.key) == 64


@pytest.mark.parametrize("name", NAMES)
def test_each_file_that_is_altered_is_named(
    files: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    path = written(tmp_path / "a.zip", files | {name: bytes(data)})
    try:
        faults = check(path).faults
    except NoCaseFile as no:
        faults = (str(no),)  # proof.json, when it cannot even be read
    assert any(name in fault for fault in faults), faults


@pytest.mark.parametrize("name", NAMES)
def test_each_file_that_is_missing_is_named(
    files: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    path = written(tmp_path / "a.zip", {n: d for n, d in files.items() if n != name})
    if name == "proof.json":
        with pytest.raises(NoCaseFile, match=r"proof\.json is missing"):
            check(path)
        return
    assert any(fault.startswith(f"missing: {name}") for fault in check(path).faults)


def test_each_file_that_was_added_is_named(files: dict[str, bytes], tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", files | {"evidence/E9-photo.jpg": b"mine"})
    assert check(path).faults == ("added: evidence/E9-photo.jpg",)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("case.pdf", files["case.pdf"])
    assert "added: case.pdf is there more than once" in check(path).faults


def test_whoever_signs_it_themselves_has_another_key(
    lived_shop: Shop, files: dict[str, bytes], tmp_path: Path
) -> None:
    changed = files | {"case.pdf": b"%PDF-1.7 mine"}
    path = written(tmp_path / "a.zip", signed_anew(changed))
    assert check(path).faults == ()  # which is why the key has to be compared
    key = tmp_path / "key.pem"
    key.write_bytes(lived_shop.call("GET", "/casefile-key", None).content)
    assert check(path, key=str(key)).faults == (
        "altered: platform-key.pem is not the platform's key",
    )
    key.write_bytes(b"no key")
    with pytest.raises(NoCaseFile, match="holds no Ed25519 key"):
        check(path, key=str(key))


def links(files: Mapping[str, bytes]) -> list[Link]:
    return msgspec.json.Decoder(Link).decode_lines(files["events.ndjson"])


Tamper = Callable[[list[Link]], list[Link]]


def _body(all_: list[Link]) -> list[Link]:
    place = next(i for i, link in enumerate(all_) if link.event and "72000" in link.event.body)
    event = all_[place].event
    assert event is not None
    mended = msgspec.structs.replace(event, body=event.body.replace("72000", "160000"))
    return [*all_[:place], msgspec.structs.replace(all_[place], event=mended), *all_[place + 1 :]]


def _role(all_: list[Link]) -> list[Link]:
    event = all_[1].event
    assert event is not None
    other = msgspec.structs.replace(event, role="king")
    return [all_[0], msgspec.structs.replace(all_[1], event=other), *all_[2:]]


TAMPERED: dict[str, tuple[Tamper, str]] = {
    "an amount": (_body, "is not what was recorded"),
    "no such role": (_role, "event 2 cannot be read"),
    "one left out": (lambda all_: [*all_[:4], *all_[5:]], "event 5 is missing"),
    "the end cut off": (lambda all_: all_[:-1], "does not end with the event"),
    "two exchanged": (lambda all_: [all_[1], all_[0], *all_[2:]], "event 1 is missing"),
    "all of them": (lambda all_: [], "does not end with the event"),
}


@pytest.mark.parametrize("tampered", TAMPERED)
def test_the_chain_shows_it_whoever_signed(
    files: dict[str, bytes], tmp_path: Path, tampered: str
) -> None:
    tamper, says = TAMPERED[tampered]
    lines = msgspec.json.Encoder().encode_lines(tamper(links(files)))
    path = written(tmp_path / "a.zip", signed_anew(files | {"events.ndjson": lines}))
    faults = check(path).faults
    assert any(says in fault for fault in faults), faults


def test_evidence_is_held_against_the_record_whoever_signed(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    changed = files | {"evidence/E2-text.txt": b"Seller: it is an S, surely."}
    path = written(tmp_path / "a.zip", signed_anew(changed))
    assert check(path).faults == (
        "altered: evidence/E2-text.txt is not the file that was put on record as E2",
    )


def test_what_is_read_for_that_may_be_broken_too(files: dict[str, bytes], tmp_path: Path) -> None:
    for name in ("case.json", "events.ndjson"):
        path = written(tmp_path / "a.zip", signed_anew(files | {name: b"{}\n"}))
        assert any(name in fault and "read" in fault for fault in check(path).faults)
    for data in (b"no zip", b"PK\x05\x06" + bytes(18)):
        (tmp_path / "b.zip").write_bytes(data)
        with pytest.raises(NoCaseFile):
            check(str(tmp_path / "b.zip"))


def test_a_file_with_any_byte_changed_is_read_without_failing(
    case_file: bytes, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(case_file)) as archive:
        starts = [(e.header_offset + 30 + len(e.filename), e) for e in archive.infolist()]
    contents = [range(start, start + entry.compress_size) for start, entry in starts]
    path = tmp_path / "a.zip"
    for place in range(0, len(case_file), len(case_file) // 150):
        broken = bytearray(case_file)
        broken[place] ^= 0x55
        path.write_bytes(broken)
        try:
            faults = check(str(path)).faults
        except NoCaseFile as no:
            faults = (str(no),)
        # A date or a mark of the ZIP itself may be changed without changing a file in it.
        assert faults or not any(place in content for content in contents), place


def test_data_nested_without_end_are_told_as_unreadable(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    deep = b"[" * 200_000
    for name in ("case.json", "events.ndjson", "proof.json"):
        path = written(tmp_path / "a.zip", files | {name: deep})
        try:
            faults = check(path).faults
        except NoCaseFile as no:
            faults = (str(no),)
        assert any(name in fault for fault in faults)


def test_a_later_one_holds_what_an_earlier_one_held(shop: Shop, tmp_path: Path) -> None:
    shop.disputed()
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    before.write_bytes(taken(shop))
    shop.on(D1, "make_offer", SELLER, remedy="refund", amount={"amount": 1, "currency": "RUB"})
    after.write_bytes(taken(shop))
    assert check(str(after), against=str(before)).faults == ()
    head = check(str(before)).proof
    assert check(str(after), against=f"{head.number}:{head.head}").faults == ()
    says = f"altered since: event {head.number} is not what it was, nor what follows it"
    assert check(str(after), against=f"{head.number}:{'0' * 64}").faults == (says,)
    # One that ends before the other is none that follows it.
    assert len(check(str(before), against=str(after)).faults) == 1
    other = msgspec.json.decode(files_in(after.read_bytes())["proof.json"], type=Proof)
    moved = msgspec.structs.replace(other, order="A-2")
    path = written(
        tmp_path / "other.zip",
        files_in(after.read_bytes()) | {"proof.json": msgspec.json.encode(moved)},
    )
    with pytest.raises(NoCaseFile, match="no case file of order A-1001"):
        check(str(after), against=path)


def test_a_record_rewritten_since_is_found_out_though_every_hash_fits(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    """As a platform could that changes its own database and signs again."""
    earlier = written(tmp_path / "earlier.zip", files)
    rewritten = links(files)[:1]
    rewritten[0] = msgspec.structs.replace(rewritten[0], hash="ab" * 32)
    proof = msgspec.json.decode(files["proof.json"], type=Proof)
    proven = msgspec.structs.replace(proof, number=1, head="ab" * 32)
    later = signed_anew(
        files
        | {
            "events.ndjson": msgspec.json.Encoder().encode_lines(rewritten),
            "proof.json": msgspec.json.encode(proven),
        }
    )
    path = written(tmp_path / "later.zip", later)
    assert faults_of(proof.order, rewritten) == []
    assert check(path, against=earlier).faults == (
        "altered since: event 1 is not what it was, nor what follows it",
    )


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="a machine without coreutils")
def test_the_read_me_s_first_step_is_right(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.count(": OK\n") == len(files) - 1
    (tmp_path / "case.json").write_bytes(b"{}")
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "case.json: FAILED" in told.stdout


def test_a_file_that_unpacks_to_more_than_it_says_is_read_no_further(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, bytes(300 << 20) if name == "case.pdf" else data)
    path = tmp_path / "bomb.zip"
    path.write_bytes(packed.getvalue())
    assert "altered: case.pdf is not the file that was packed" in check(str(path)).faults


def test_the_document_s_own_program_follows_the_chain(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    document = (ROOT / "docs" / "case-file.md").read_text("utf-8")
    program = document.split("```python\n")[1].split("```")[0]
    for name in ("proof.json", "events.ndjson"):
        (tmp_path / name).write_bytes(files[name])
    command = [sys.executable, "-I", "-c", program]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout == "The chain holds.\n"
    changed = files["events.ndjson"].replace(b"72000", b"72001", 1)
    (tmp_path / "events.ndjson").write_bytes(changed)
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "AssertionError: 3" in told.stderr
