"""The policy commands against the shipped packs and against a spoilt copy."""

from __future__ import annotations

import shutil
from pathlib import Path

from typer.testing import CliRunner, Result

from amends.adapters.packs import check_packs, load_packs, shipped_packs
from amends.entrypoints.cli.policy import policy_app

APP = policy_app(load_packs, check_packs, shipped_packs)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(APP, list(arguments))


def spoilt(folder: Path) -> Path:
    shutil.copytree(shipped_packs(), folder)
    path = folder / "guide-000/1/clocks.toml"
    path.write_text(path.read_text("utf-8").replace("days = 5", "days = -5"), "utf-8")
    return folder


def test_list() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["aliexpress", "1"],
        ["aliexpress", "2"],
        ["guide-000", "1"],
        ["guide-001", "1"],
        ["guide-004", "1"],
    ]


def test_show_gives_each_rule_with_value_unit_and_source() -> None:
    result = run("show", "guide-001", "--version", "1")
    assert result.exit_code == 0
    assert "seller_answers_within: Time for the seller's answer\n    7 days  [001]" in result.stdout
    assert "    5 days  [aliexpress 1: 000]" in result.stdout
    assert "late: It came late, or is late\n    received: either" in result.stdout
    assert "    USD: 10000 minor units  [aliexpress 1: ours, rates]" in result.stdout
    assert "001: Guide 001" in result.stdout


def test_show_of_what_is_not_there_names_what_is() -> None:
    result = run("show", "aliexpress", "--version", "7")
    assert result.exit_code == 1
    assert "There is no pack aliexpress 7; there are: aliexpress 1, aliexpress 2" in result.output
    assert "There is no pack nope; there are: " in run("show", "nope").output


def test_diff_of_two_versions_says_each_value_with_its_source() -> None:
    result = run("diff", "aliexpress/1", "aliexpress/2")
    assert result.exit_code == 0
    assert result.stdout.startswith("aliexpress 1 -> aliexpress 2\n\nREFUNDS\n")
    assert "large_amount: Most one person may award alone\n    new: 50 times" in result.stdout
    back = run("diff", "aliexpress/2", "aliexpress/1").stdout
    assert "    no longer: 14 days  [ours]" in back


def test_diff_of_a_folder_of_one_s_own(tmp_path: Path) -> None:
    mine = tmp_path / "guide-001/1"
    shutil.copytree(shipped_packs() / "guide-001/1", mine)
    words = mine / "wording/en.toml"
    words.write_text(
        words.read_text("utf-8").replace("summary = ", 'summary = "New. " # '), "utf-8"
    )
    same = run("diff", "guide-001", str(mine))
    assert (same.exit_code, same.stdout) == (
        0, "guide-001 1 -> guide-001 1\nno difference in values\n",
    )  # fmt: skip
    rulings = mine / "rulings.toml"
    codes = '"money_did_not_come"'
    more = f'{codes}, "new_evidence", "named_error"'
    rulings.write_text(rulings.read_text("utf-8").replace(codes, more), "utf-8")
    clocks = mine / "clocks.toml"
    clocks.write_text(clocks.read_text("utf-8").replace("days = 7", "days = 6"), "utf-8")
    told = run("diff", "guide-001/1", str(mine)).stdout.splitlines()
    assert told[2:5] == [
        "CLOCKS",
        "seller_answers_within: Time for the seller's answer",
        "    7 days  [001] -> 6 days  [001]",
    ]
    assert told[-1] == "    added new_evidence, named_error  [001] -> [001]"


def test_diff_wants_one_version_on_each_side() -> None:
    result = run("diff", "aliexpress/1", "aliexpress")
    assert result.exit_code == 1
    assert "aliexpress holds several versions; name one of aliexpress/1, aliexpress/2" in (
        result.output
    )
    assert "no policy pack is here" in run("diff", "nope", "aliexpress/1").output


def test_check_of_a_shipped_pack() -> None:
    result = run("check", "guide-001")
    assert result.exit_code == 0, result.output
    first, explored, *_rest = result.stdout.splitlines()
    assert first == "guide-001 1: holds"
    assert "situations" in explored
    assert "decided within 15 days of the opening (promised: 15, ruling_due_after" in result.stdout
    assert "the longest path takes 175 days" in result.stdout
    assert "day 126  the time for 'ruling' ends, and the mediator did nothing" in result.stdout


def test_check_prints_every_problem_and_fails(tmp_path: Path) -> None:
    folder = spoilt(tmp_path / "packs")
    result = run("check", str(folder))
    assert result.exit_code == 1
    problem, count = result.output.splitlines()
    assert problem == (
        "guide-000/1/clocks.toml:2: seller_answers_within.days: -5 is out of bounds"
        " - write a number from 1 to 3650"
    )
    assert count == "1 problem found"


def test_check_of_nothing() -> None:
    result = run("check", "nowhere")
    assert result.exit_code == 1
    assert "nowhere: no policy pack is here" in result.output


def test_list_of_broken_packs_says_what_is_broken(tmp_path: Path) -> None:
    result = run("list", "--packs", str(spoilt(tmp_path / "packs")))
    assert result.exit_code == 1
    assert "guide-000/1/clocks.toml:2: seller_answers_within.days" in result.output
