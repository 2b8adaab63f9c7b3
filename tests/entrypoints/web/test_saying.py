"""Refusals in words: what holds a code in the record is called by its name on a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.entrypoints.web.forms.inputs import Unit
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import speaking
from amends.kernel.decision import Facts, Refused
from amends.policy.wording import Wording

WORDING = Wording(
    reasons={"late": "It came late"},
    remedies={"refund": "Money back", "replacement": "A new one"},
    clauses={"proof": "Proof"},
    ruling_reasons={"not_proven": "It was not shown"},
    grounds={"named_error": "An error"},
    routes={"store_credit": "Credit"},
)
UNITS = (Unit("1", "White blouse", 2),)


@pytest.mark.parametrize(
    ("rule", "facts", "said"),
    [
        ("remedy_not_for_reason",
         {"remedy": "replacement", "reason": "late", "allowed": ("refund", "replacement")},
         "“A new one” cannot be had for “It came late”; what can is: “Money back” or “A new one”."),
        ("more_than_bought", {"line": "1", "bought": 2, "asked": 3},
         "Of line “White blouse”, 2 were bought; 3 are named."),
        ("ruling_needs_clause", {"known": ("proof",)}, "There are: “Proof”."),
        ("ruling_needs_reason", {"known": ("not_proven",)}, "There are: “It was not shown”."),
        ("grounds_not_now", {"grounds": "named_error", "phase": "closed"},
         "An appeal about “An error” is not possible while the dispute is closed."),
        ("unknown_route", {"route": "store_credit", "known": ()}, "“Credit”"),
        ("remedy_differs_from_lines", {"remedy": "refund", "lines": ("replacement",)},
         "The ruling says “Money back”; its lines say “A new one”."),
        ("finding_differs_from_lines", {"finding": "for_buyer", "lines": "for_seller"},
         "The ruling says “For the buyer”; its lines together say “For the seller”."),
        ("ruling_field_missing", {"field": "amount"}, "needs the field “Amount”."),
        ("wrong_phase", {"phase": "ruled", "allowed": ("mediation",)}, "with a mediator"),
        ("in_the_future",
         {"at": datetime(2027, 11, 1, tzinfo=UTC), "now": datetime(2026, 11, 22, tzinfo=UTC)},
         "1 November 2027 00:00 UTC has not come yet: it is 22 November 2026 00:00 UTC."),
    ],
)  # fmt: skip
def test_codes_are_said_by_name(rule: str, facts: Facts, said: str) -> None:
    assert said in refused_in_words(Refused(rule, facts, ()), words(), WORDING, UNITS)


def test_names_are_quoted_as_the_language_does() -> None:
    refused = Refused("ruling_needs_clause", {"known": ("proof",)}, ())
    with speaking("es"):
        assert "Hay: «Proof»." in refused_in_words(refused, words("es"), WORDING)
