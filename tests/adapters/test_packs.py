"""Packs read from real folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from amends.adapters.packs import check_packs, load_packs, shipped_packs
from amends.policy.problems import PackError, PackProblem
from amends.policy.wording import codes_of, gaps

SHIPPED = [
    ("aliexpress", "1"), ("aliexpress", "2"), ("guide-000", "1"), ("guide-001", "1"),
    ("guide-004", "1"),
]  # fmt: skip


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A copy of the shipped packs, to be spoilt."""
    folder = tmp_path / "packs"
    shutil.copytree(shipped_packs(), folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def problems(folder: Path) -> tuple[PackProblem, ...]:
    with pytest.raises(PackError) as caught:
        load_packs(folder)
    return caught.value.problems


def test_the_shipped_packs_load() -> None:
    library = load_packs(shipped_packs())
    assert [(terms.id, terms.version) for terms in library.all()] == SHIPPED
    assert check_packs(shipped_packs()) == ()


@pytest.mark.parametrize(("pack", "version"), SHIPPED)
def test_every_code_of_every_pack_has_words(pack: str, version: str) -> None:
    library = load_packs(shipped_packs())
    terms = library.get(pack, version)
    assert terms is not None
    words = library.wording(pack, version)
    assert gaps(terms, words, "en.toml") == ()
    assert words.name() != ""
    for code in terms.reasons:
        assert words.reason(code) != code
    # nothing is left over either: each word belongs to a code of the default pack
    default = library.get("aliexpress", "1" if version == "1" else "2")
    assert default is not None
    for section, codes in codes_of(default).items():
        assert set(getattr(words, section)) == set(codes)


def test_words_do_not_move_the_digest(packs: Path) -> None:
    before = load_packs(packs).get("aliexpress", "1")
    edit(packs / "aliexpress/1/wording/en.toml", 'late = "It came late', 'late = "It was tardy')
    library = load_packs(packs)
    after = library.get("aliexpress", "1")
    assert before is not None
    assert after is not None
    assert after.digest == before.digest
    assert library.wording("aliexpress", "1").reason("late").startswith("It was tardy")
    assert library.wording("guide-000", "1").reason("late").startswith("It was tardy")


def test_another_language_lies_over_english(packs: Path) -> None:
    german = packs / "aliexpress/1/wording/de_AT.toml"
    german.write_text('[reasons]\nlate = "Verspätet"\n', "utf-8")
    library = load_packs(packs)
    for pack in ("aliexpress", "guide-004"):
        words = library.wording(pack, "1", "de-AT")
        assert words.reason("late") == "Verspätet"
        assert words.reason("damaged") == "It was damaged on the way"
        assert words.name() == library.wording(pack, "1").name()


def test_a_problem_names_file_line_key_and_suggestion(packs: Path) -> None:
    path = packs / "aliexpress/1/clocks.toml"
    edit(path, "information_within ", "infomation_within ")
    line = next(
        number
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if text.startswith("infomation_within")
    )
    found = problems(packs)
    assert found[1] == PackProblem(
        "aliexpress/1/clocks.toml",
        "infomation_within",
        "unknown key",
        "did you mean 'information_within'?",
        line,
    )
    assert str(found[1]).startswith(f"aliexpress/1/clocks.toml:{line}: infomation_within: unknown")
    # packs that extend it point there, instead of repeating what is wrong in files they lack
    assert [(p.file, p.key) for p in found[2:]] == [
        (f"{pack}/{version}/pack.toml", "extends") for pack, version in SHIPPED[1:]
    ]


def test_lines_are_found_in_tables_and_under_quoted_keys(packs: Path) -> None:
    folder = packs / "guide-004/1"
    edit(folder / "windows.toml", "[opens]", '[opens]\n"odd one" = 3')
    edit(folder / "windows.toml", "days = 27", "days = 2")
    lines = (folder / "windows.toml").read_text("utf-8").splitlines()
    found = {p.key: p.line for p in problems(packs)}
    assert lines[(found["opens.odd one"] or 0) - 1] == '"odd one" = 3'
    assert lines[(found["closes_after_shipment_by_carrier.ems"] or 0) - 1].startswith("ems ")


def test_every_problem_of_every_pack_is_told(packs: Path) -> None:
    edit(packs / "guide-000/1/clocks.toml", "days = 5", "days = -5")
    edit(packs / "guide-004/1/windows.toml", "days = 23", "days = 2.5")
    assert {(p.file, p.key) for p in problems(packs)} == {
        ("guide-000/1/clocks.toml", "seller_answers_within.days"),
        ("guide-004/1/windows.toml", "closes_after_shipment_by_carrier.express.days"),
    }


def test_broken_toml_and_broken_text(packs: Path) -> None:
    (packs / "guide-000/1/clocks.toml").write_text("a = = 1", "utf-8")
    (packs / "guide-001/1/clocks.toml").write_bytes(b"a = '\xff'")
    (packs / "guide-004/1/wording/en.toml").write_text("[pack", "utf-8")
    found = problems(packs)
    assert [p.file for p in found] == [
        "guide-000/1/clocks.toml",
        "guide-001/1/clocks.toml",
        "guide-004/1/wording/en.toml",
    ]
    assert all(p.problem.startswith("not TOML: ") for p in found)


def test_the_folder_carries_the_packs_name(packs: Path) -> None:
    (packs / "guide-000/1").rename(packs / "guide-000/2")
    (problem,) = problems(packs)
    assert (problem.file, problem.key) == ("guide-000/2/pack.toml", "id")
    assert problem.suggestion == "move it to guide-000/1"


def test_two_versions_cannot_begin_together(packs: Path) -> None:
    shutil.copytree(packs / "guide-004/1", packs / "guide-004/2")
    edit(packs / "guide-004/2/pack.toml", 'version = "1"', 'version = "2"')
    (problem,) = problems(packs)
    assert (problem.file, problem.key) == ("guide-004/2/pack.toml", "in_force_from")
    edit(packs / "guide-004/2/pack.toml", "2020-01-01T", "2021-01-01T")
    assert [t.version for t in load_packs(packs).all() if t.id == "guide-004"] == ["1", "2"]


def test_a_pack_that_extends_one_that_is_not_there(packs: Path) -> None:
    edit(packs / "guide-000/1/pack.toml", 'pack = "aliexpress"', 'pack = "elsewhere"')
    found = problems(packs)
    assert (found[0].file, found[0].key) == ("guide-000/1/pack.toml", "extends")
    assert "there is no pack elsewhere 1" in found[0].problem


def test_a_pack_that_extends_an_extending_one(packs: Path) -> None:
    edit(packs / "guide-000/1/pack.toml", 'pack = "aliexpress"', 'pack = "guide-001"')
    (problem,) = problems(packs)
    assert problem.problem == "guide-001 1 extends another pack itself"


def test_a_pack_outside_may_extend_a_shipped_one(packs: Path, tmp_path: Path) -> None:
    alone = tmp_path / "mine"
    shutil.copytree(packs / "guide-000", alone / "guide-000")
    assert [t.id for t in load_packs(alone).all()] == ["guide-000"]


@pytest.mark.parametrize("part", ["", "guide-000", "guide-000/1"])
def test_checking_a_folder_of_packs_a_pack_or_a_version(packs: Path, part: str) -> None:
    assert check_packs(packs / part) == ()
    edit(packs / "guide-000/1/clocks.toml", "days = 5", "days = 0")
    (problem,) = check_packs(packs / part)
    assert (packs / part / problem.file) == packs / "guide-000/1/clocks.toml"
    assert problem.line == 2


def test_checking_tells_which_words_are_missing(packs: Path) -> None:
    edit(packs / "aliexpress/1/wording/en.toml", 'damaged = "It was damaged on the way"\n', "")
    assert {(p.file, p.key) for p in check_packs(packs / "aliexpress")} == {
        ("1/wording/en.toml", "reasons.damaged"),
        ("2/wording/en.toml", "reasons.damaged"),
    }
    load_packs(packs)  # words are no reason to refuse a pack


def test_a_folder_without_packs(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path)
    assert problem.problem == "no policy pack is here"
    assert check_packs(tmp_path) == (problem,)
