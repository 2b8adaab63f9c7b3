"""Evidence: put on record, looked at by others, taken back before that."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from amends.kernel.decision import Accepted
from amends.kernel.people import Actor
from amends.order.decide.open_evidence import OpenEvidence
from amends.order.decide.upload_evidence import UploadEvidence
from amends.order.decide.withdraw_evidence import WithdrawEvidence
from amends.order.events.proof import EvidenceOpened, EvidenceUploaded, EvidenceWithdrawn
from amends.order.state import Evidence
from tests.given import (
    ADMIN,
    APPEALS,
    BUYER,
    FINANCE,
    MEDIATOR,
    SELLER,
    SUPERVISOR,
    SUPPORT,
    order,
)
from tests.order.asking import (
    NOW,
    as_json,
    ask,
    claim,
    contents,
    events,
    may,
    only,
    proof,
    refused,
    then,
)

PHOTO = UploadEvidence(
    kind="photo_of_damage",
    media_type="image/jpeg",
    digest="ab" * 32,
    file_key="2026/03/x.jpg",
    name="torn sleeve.jpg",
    found=("gps_position",),
    removed=("gps_position",),
)
PUT = proof(disputes=("A-1001-D1",))


@pytest.mark.parametrize(
    ("by", "side"),
    [(BUYER, "buyer"), (SELLER, "seller"), (MEDIATOR, "staff"), (SUPPORT, "staff")],
)
def test_a_file_is_on_record_and_its_name_apart(by: Actor, side: str) -> None:
    outcome = ask(order(evidence=proof()), by, PHOTO)
    uploaded = only(outcome, EvidenceUploaded)
    (file,) = contents(outcome)
    assert uploaded.evidence == Evidence(
        id="E2", by=by.person, side=side, kind="photo_of_damage", media_type="image/jpeg",
        digest="ab" * 32, ref=file.ref, at=NOW,
    )  # fmt: skip
    assert file.owner == by.person
    assert msgspec.json.decode(file.text) == {
        "file_key": "2026/03/x.jpg",
        "name": "torn sleeve.jpg",
        "found": ["gps_position"],
        "removed": ["gps_position"],
    }
    assert set(then(order(evidence=proof()), uploaded).evidence) == {"E1", "E2"}


def _many(number: int, **changes: Any) -> dict[str, Evidence]:
    return {k: v for n in range(number) for k, v in proof(n + 1, **changes).items()}


@pytest.mark.parametrize(
    ("changes", "fine"),
    [
        ({"evidence": _many(29)}, True),
        ({"evidence": _many(30)}, False),
        ({"evidence": _many(30, withdrawn=True)}, True),
        ({"evidence": _many(30, side="seller")}, True),
        ({"evidence": _many(59), "claims": claim(open=False)}, True),
        ({"evidence": _many(60), "claims": claim(open=False)}, False),
    ],
)
def test_each_side_has_the_packs_number_of_files_per_dispute(
    changes: dict[str, Any], *, fine: bool
) -> None:
    outcome = ask(order(**changes), BUYER, PHOTO)
    if fine:
        assert events(outcome)
    else:
        assert refused(outcome) == ("too_many_files", "conflict", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": "AB" * 32},
        {"digest": "ab" * 31},
        {"media_type": "image"},
        {"media_type": "text/html; charset=x"},
        {"kind": "a kind"},
    ],
)
def test_what_the_upload_makes_of_it_has_a_form(wrong: dict[str, str]) -> None:
    fields = {"kind": "x", "media_type": "image/png", "digest": "ab" * 32, "file_key": "k"}
    assert as_json(UploadEvidence, **fields)
    with pytest.raises(msgspec.ValidationError):
        as_json(UploadEvidence, **{**fields, **wrong})


@pytest.mark.parametrize("by", [SELLER, MEDIATOR, APPEALS, SUPPORT, SUPERVISOR, ADMIN, FINANCE])
def test_the_first_look_of_somebody_else_is_kept(by: Actor) -> None:
    of = order(evidence=PUT)
    opened = only(ask(of, by, OpenEvidence("E1")), EvidenceOpened)
    assert (opened.evidence, opened.by) == ("E1", by.person)
    after = then(of, opened)
    assert after.evidence["E1"].opened
    again = ask(after, by, OpenEvidence("E1"))
    # Of one who judges, each look counts; that it is told once is its key's to see to.
    assert again == (Accepted((opened,)) if by in (MEDIATOR, APPEALS, SUPERVISOR) else Accepted(()))


@pytest.mark.parametrize("by", [MEDIATOR, APPEALS, SUPERVISOR])
def test_whoever_judges_is_to_have_looked_for_themselves(by: Actor) -> None:
    of = order(evidence=PUT)
    seen = then(of, only(ask(of, SELLER, OpenEvidence("E1")), EvidenceOpened))
    assert only(ask(seen, by, OpenEvidence("E1")), EvidenceOpened).by == by.person
    assert ask(seen, SUPPORT, OpenEvidence("E1")) == Accepted(())


def test_an_owners_look_is_nothing() -> None:
    assert ask(order(evidence=proof()), BUYER, OpenEvidence("E1")) == Accepted(())


@pytest.mark.parametrize("by", [SELLER, MEDIATOR, APPEALS])
def test_what_a_side_keeps_back_does_not_exist_for_others(by: Actor) -> None:
    of = order(evidence={**proof(), **proof(2, by=by.person)})
    assert refused(ask(of, by, OpenEvidence("E1"))) == ("unknown_evidence", "unknown", "evidence")
    assert refused(ask(of, by, OpenEvidence("E9"))) == ("unknown_evidence", "unknown", "evidence")


def test_a_bank_statement_is_seen_by_finance_and_a_sent_picture_by_the_other_side() -> None:
    assert events(ask(order(evidence=proof()), FINANCE, OpenEvidence("E1")))
    assert events(ask(order(evidence=proof(sent=True)), SELLER, OpenEvidence("E1")))


@pytest.mark.parametrize("evidence", [{}, proof(disputes=("D",), withdrawn=True), proof()])
def test_there_has_to_be_something_to_look_at(evidence: dict[str, Evidence]) -> None:
    no = may(order(evidence=evidence), SELLER, OpenEvidence)
    assert no is not None
    assert no.rule == "no_evidence"


def test_its_owner_takes_it_back_before_anybody_has_looked() -> None:
    of = order(evidence=PUT)
    after = then(of, only(ask(of, BUYER, WithdrawEvidence("E1")), EvidenceWithdrawn))
    assert after.evidence["E1"].withdrawn
    no = may(after, BUYER, WithdrawEvidence)
    assert no is not None
    assert no.rule == "no_evidence"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"opened": True}, "evidence_opened"), ({"relied_on": True}, "evidence_relied_on")],
)
def test_what_was_seen_or_relied_on_stays(changes: dict[str, Any], rule: str) -> None:
    no = may(order(evidence=proof(**changes)), BUYER, WithdrawEvidence)
    assert no is not None
    assert no.rule == rule
    two = order(evidence={**proof(**changes), **proof(2)})
    assert refused(ask(two, BUYER, WithdrawEvidence("E1"))) == (rule, "conflict", "evidence")


@pytest.mark.parametrize("by", [SELLER, SUPPORT])
def test_nobody_takes_back_what_is_anothers(by: Actor) -> None:
    of = order(evidence={**PUT, **proof(2, by=by.person)})
    outcome = ask(of, by, WithdrawEvidence("E1"))
    assert refused(outcome) == ("unknown_evidence", "invalid", "evidence")
