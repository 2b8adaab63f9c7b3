"""A command takes four files besides its test, as docs/adding-a-command.md shows with one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amends.dispute.decide import COMMANDS as OF_DISPUTE
from amends.dispute.judge import tag_of
from amends.order.decide import COMMANDS as OF_ORDER

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "amends"
PAGE = ROOT / "docs" / "adding-a-command.md"
NAMES = ("request_more_time", "RequestMoreTime", "more_time_given", "MoreTimeGiven")
FOUR = {
    "dispute/decide/request_more_time.py",
    "dispute/decide/__init__.py",
    "dispute/events/negotiation.py",
    "entrypoints/words/en/dispute.toml",
}
# Commands with work of their own outside the domain core, and what that is.
WITH_MORE = {
    "ship_order": "a feed's line becomes one, and the last carrier is filled in",
    "record_tracking": "a feed's line becomes one, and parcels are offered for choice",
    "send_message": "the thread has a route and a place on the page",
    "upload_evidence": "a file is looked into and kept first",
    "open_evidence": "it is what looking at a file does",
    "withdraw_evidence": "it is also offered on the dispute's page",
    "add_evidence": "uploading a file to a dispute does it too",
    "report_missing_money": "it is also offered on the dispute's page",
    "record_chargeback": "the payment provider's report becomes one",
    "record_chargeback_answer": "our side is handed over first; chargebacks are offered for choice",
    "record_chargeback_outcome": "a report becomes one; chargebacks are offered for choice",
    "refund_sent": "sending a refund begins with it",
    "refund_pending": "the payment provider's answer becomes one",
    "record_difference": "comparing the books leads to it",
    "record_agreement": "comparing the books leads to it",
    "resolve_difference": "finance's desk has a command line for it",
    "choose_refund_route": "a refund's own page offers it",
    "refund_settled": "the payment provider's answer becomes one",
    "refund_failed": "the payment provider's answer becomes one",
    "refund_unknown": "the payment provider's silence becomes one",
    "accept_offer": "one agrees to the amount that was seen",
    "open_goodwill_case": "what the month has granted is read first",
    "assign_appeals_officer": "an officer takes an appeal for themselves; the queue deals them out",
    "assign_mediator": "the queue deals cases out",
    "return_to_queue": "the queue takes cases back from the absent",
    "report_unassigned": "the queue says when nobody fits",
    "issue_ruling": "the workbench drafts it and shows what would come of it",
    "propose_ruling": "the workbench offers it for what one person may not issue alone",
    "decide_appeal": "the workbench drafts it, as it does a ruling",
    "appeal": "a phase and a part of a dispute are called so too",
}
SAMPLE = SOURCE / "entrypoints" / "demo"
EXPLORING = SOURCE / "exploring"
WORDS = SOURCE / "entrypoints" / "words"
ABOVE_THE_CORE = ("projections", "engine", "store", "adapters", "entrypoints")


def files(*folders: str) -> dict[str, str]:
    """The texts of the source by path: code, pages and words. What people of the sample marketplace
    do is not among them: they use commands as anybody does. Nor is what exploring tries, of which
    its own test says what it may leave out, nor translations, without which a command is there in
    English."""
    found = (path for folder in folders for path in (SOURCE / folder).rglob("*"))
    found = (path for path in found if not {SAMPLE, EXPLORING} & {*path.parents})
    found = (path for path in found if path.parent.parent != WORDS or path.parent.name == "en")
    return {
        path.relative_to(SOURCE).as_posix(): path.read_text("utf-8")
        for path in found
        if path.suffix in {".py", ".html", ".toml", ".css", ".json"}
    }


def test_the_example_stands_in_four_files() -> None:
    names = re.compile("|".join(NAMES))
    found = {path for path, text in files(".").items() if names.search(text)}
    assert found == FOUR, (
        "a fifth file knows this command: make what it does from the command's type or its words"
    )


def test_the_page_names_the_four_files() -> None:
    headings = re.findall(r"^## \d\. `src/amends/(.+)`$", PAGE.read_text("utf-8"), re.M)
    assert set(headings) == FOUR


@pytest.mark.parametrize("path", sorted(FOUR))
def test_the_page_shows_the_source(path: str) -> None:
    part = PAGE.read_text("utf-8").split(f"`src/amends/{path}`\n", 1)[1].split("\n## ", 1)[0]
    shown = [line for block in re.findall(r"```\w+\n(.*?)```", part, re.S)
             for line in block.splitlines() if line.strip()]  # fmt: skip
    source = (SOURCE / path).read_text("utf-8").splitlines()
    assert shown
    assert [line for line in shown if line not in source] == []


@pytest.mark.parametrize("command", [*OF_ORDER, *OF_DISPUTE], ids=tag_of)
def test_nothing_above_the_domain_core_is_written_for_a_command(command: type) -> None:
    tag = tag_of(command)
    names = re.compile(rf"""["']{tag}["'.]|\b{command.__name__}\b""")
    found = sorted(
        path
        for path, text in files(*ABOVE_THE_CORE).items()
        if names.search(text) and not path.startswith(("entrypoints/words/", "entrypoints/demo/"))
    )
    if tag in WITH_MORE:
        assert found, f"{tag} has no work outside the core any more: take it out of WITH_MORE"
    else:
        assert not found, (
            f"{', '.join(found)} knows {tag}: make what it does from the command's type or its"
            " words, or say in WITH_MORE what work of its own the command has"
        )
