"""Each kind of input: what it takes, and how it says no."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from amends.entrypoints.web.forms.answers import Answer, answers_in_words
from amends.entrypoints.web.forms.building import choices_in_words
from amends.entrypoints.web.forms.inputs import (
    ALL,
    Amount,
    Choice,
    Fixed,
    Group,
    Input,
    Line,
    Moment,
    OneOf,
    Pairs,
    Prose,
    Rows,
    SomeOf,
    Tick,
    Unit,
    Units,
    Whole,
    Wrong,
    YesNo,
)
from amends.entrypoints.web.forms.patterns import pattern_in_words
from amends.entrypoints.web.forms.posted import Posted

_CODES = (Choice("a", "Apple"), Choice("b", "Bear"))
_UNITS = (Unit("1", "Blouse", 2), Unit("2", "Skirt", 1))


def asked(kind: Callable[..., Input], **more: object) -> Input:
    """A question called x of that kind."""
    return kind(name="x", label="X", **more)


@pytest.mark.parametrize(
    ("question", "typed", "part"),
    [
        (asked(Line), "  DHL ", {"x": "DHL"}),
        (asked(Line), " ", {}),
        (asked(Prose), "a\r\nb", {"x": "a\nb"}),
        (asked(Whole), " 5 ", {"x": 5}),
        (asked(Whole), "", {}),
        (asked(Amount, currency="JPY"), "720", {"x": {"amount": 720, "currency": "JPY"}}),
        (asked(Amount, currency="JPY"), " ", {}),
        (asked(OneOf, choices=_CODES), "a", {"x": "a"}),
        (asked(OneOf, choices=_CODES), "", {}),
        (asked(SomeOf, choices=_CODES), "b", {"x": ["b"]}),
        (asked(YesNo), "no", {"x": False}),
        (asked(Tick), "yes", {"x": True}),
        (asked(Tick), "", {}),
        (asked(Moment), "2026-03-02 12:00", {"x": "2026-03-02T12:00:00Z"}),
        (asked(Moment), "2026-03-02T12:00Z", {"x": "2026-03-02T12:00:00Z"}),
        (asked(Moment), "2026-03-02T12:00+02:00", {"x": "2026-03-02T10:00:00Z"}),
        (asked(Moment), "", {}),
        (asked(Pairs), "colour: white\n\nsize : S", {"x": {"colour": "white", "size": "S"}}),
        (asked(Pairs), "\n", {}),
        (asked(Fixed, initial="1"), "2", {"x": "1"}),
    ],
)
def test_taken(question: Input, typed: str, part: dict[str, object]) -> None:
    assert question.read(Posted({"x": [typed]})) == part


@pytest.mark.parametrize(
    ("question", "typed", "says"),
    [
        (asked(Line, required=True), "", "Answer this: X"),
        (asked(Line, most=3), "four", "4 characters; at most 3"),
        (asked(Line, pattern="^[A-Z]{2}$", pattern_words="Two letters."), "de", "Two letters."),
        (asked(Line, pattern=r"^[^\x00-\x1f]*$"), "a\x07b", "Control characters"),
        (asked(Prose, most=3), "four", "4 characters"),
        (asked(Prose), "a\0", "NUL"),
        (asked(Whole), "1.5", "whole number"),
        (asked(Whole, least=1), "0", "least is 1"),
        (asked(Whole, most=5), "6", "most is 5"),
        (asked(OneOf, choices=_CODES), "c", "Choose one"),
        (asked(SomeOf, choices=_CODES), "c", "Choose among"),
        (asked(YesNo, required=True), "maybe", "Answer this"),
        (asked(Moment), "2 March", "2026-03-02 12:00"),
        (asked(Pairs), "white", "colour: white"),
    ],
)
def test_refused(question: Input, typed: str, says: str) -> None:
    with pytest.raises(Wrong) as wrong:
        question.read(Posted({"x": [typed]}))
    assert says in wrong.value.messages["x"]


def test_units() -> None:
    units = Units(name="x", label="X", units=_UNITS, initial=ALL)
    assert units.read(Posted({"x.1": ["2"], "x.2": ["0"]})) == {"x": [{"line": "1", "quantity": 2}]}
    assert units.read(Posted({"x.1": ["0"]})) == {}
    with pytest.raises(Wrong) as wrong:
        units.read(Posted({"x.1": ["three"], "x.2": ["2"]}))
    assert wrong.value.messages.keys() == {"x.1", "x.2"}
    assert units.typed_for(Posted(), _UNITS[0]) == "2"
    assert units.typed_for(Posted({"x.1": ["1"]}), _UNITS[0]) == "1"


def test_groups_that_were_not_begun_are_left_out() -> None:
    group = Group(name="x", label="X", inputs=(Line(name="x.city", label="City", required=True),))
    assert group.read(Posted({"x.city": [" "]})) == {}
    needed = Group(name="x", label="X", inputs=group.inputs, required=True)
    with pytest.raises(Wrong, match=r"x\.city"):
        needed.read(Posted())
    rows = Rows(name="x", label="X", groups=(group,), required=True)
    with pytest.raises(Wrong, match="x"):
        rows.read(Posted())
    assert rows.read(Posted({"x.city": ["Kazan"]})) == {"x": [{"city": "Kazan"}]}


def test_answers_in_words() -> None:
    inside = Line(name="x.city", label="City")
    group = Group(name="x", label="Number 1", inputs=(inside, Fixed(name="x.line", label="")))
    posted = Posted({
        "x.city": ["Kazan"], "m": ["5,00"], "bad": ["five"], "t": ["yes"], "u.1": ["1"],
    })  # fmt: skip
    told = answers_in_words(
        (
            Rows(name="x", label="Where", groups=(group,)),
            Amount(name="m", label="How much", currency="RUB"),
            Amount(name="bad", label="And", currency="RUB"),
            Tick(name="t", label="Sure"),
            Units(name="u", label="What", units=_UNITS),
        ),
        posted,
    )
    assert told == (
        Answer("Where", "Number 1"), Answer("City", "Kazan"), Answer("How much", "RUB 5.00"),
        Answer("And", "five"), Answer("Sure", "Yes"), Answer("What", "Blouse × 1"),
    )  # fmt: skip


def test_codes_nobody_worded_are_readable() -> None:
    words = {choice.value: choice.label for choice in choices_in_words(["odd_code", "buyer"])}
    assert words == {"buyer": "The buyer", "odd_code": "Odd code"}


@pytest.mark.parametrize(
    ("pattern", "like"),
    [
        ("^[A-Z]{3}$", "EUR"), ("^[A-Z]{2}$", "ES"), ("^[a-z0-9_]+$", "small letters"),
        ("^[A-Za-z0-9][A-Za-z0-9._~:@-]*$", "without blanks"), ("^[A-Za-z]{2,3}x", "zh-CN"),
        ("^x$", ""),
    ],
)  # fmt: skip
def test_patterns_in_words(pattern: str, like: str) -> None:
    assert like in pattern_in_words(pattern)
