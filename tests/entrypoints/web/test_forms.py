"""Every command has a form, in words of its own, and reads back exactly what was typed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta, Struct

from amends.dispute.decide import COMMANDS as DISPUTE
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.decide.provide_return_address import ProvideReturnAddress
from amends.dispute.events import DISPUTE_EVENTS
from amends.dispute.judge import tag_of
from amends.entrypoints.web import commanding
from amends.entrypoints.web.forms.answers import answers_in_words
from amends.entrypoints.web.forms.building import FormContext, NoInput, inputs_of
from amends.entrypoints.web.forms.form import Form, read_command
from amends.entrypoints.web.forms.inputs import Choice, Fixed, Group, Input, Rows, Unit
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.templating import environment
from amends.entrypoints.words.catalogue import words
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Id
from amends.order.decide import COMMANDS as ORDER
from amends.order.decide.place_order import PlaceOrder
from amends.order.units import LineQuantity

COMMANDS = {**commanding.ORDER_COMMANDS, **commanding.DISPUTE_COMMANDS}
# What the clock alone gives is asked of nobody.
_CLOCKS = {
    *(tag_of(command) for command, module in ORDER.items() if {Role.CLOCK} == module.BY),
    *(tag_of(command) for command, module in DISPUTE.items() if {Role.CLOCK} == module.BY),
}
BY_FORM = sorted(COMMANDS.keys() - commanding.NOT_BY_FORM - _CLOCKS)
_SOME = (Choice("a_code", "A label", "A hint"), Choice("other", "Another"))
CONTEXT = FormContext(
    currency="RUB",
    units=(Unit("1", "Blouse", 2), Unit("2", "Skirt", 1)),
    choices={
        **dict.fromkeys(
            ("reason", "reasons", "clauses", "grounds", "evidence", "pictures", "refund",
             "channel"), _SOME,
        ),
        "offer": (Choice("O1", "The claim"),),
        "accept_offer.offer": (Choice("O1|72000 RUB", "The claim: 720"),),
    },
)  # fmt: skip


@pytest.mark.parametrize("type_", BY_FORM)
def test_every_command_has_a_form_that_can_be_shown(type_: str) -> None:
    """A command with a field no input can ask for fails here: give it one in forms/building.py."""
    inputs = inputs_of(COMMANDS[type_], CONTEXT)
    form = Form(type=type_, title="Title", action="/x", key="k", inputs=inputs, version=3)
    shown = (
        environment()
        .from_string('{% from "parts/forms.html" import render %}{{ render(form, "c") }}')
        .render(form=form)
    )
    for name in _names(inputs):
        assert f'name="{name}"' in shown, name


@pytest.mark.parametrize("type_", BY_FORM)
def test_every_field_is_asked_in_words(type_: str) -> None:
    """A field whose bare name would be shown fails here: word it in words/en, under fields."""
    names = _names(inputs_of(COMMANDS[type_], CONTEXT))
    paths = [name for name in names if not name.rpartition(".")[2].isdigit()]
    assert [path for path in paths if not words().field(type_, path).known] == []


def test_every_event_of_a_dispute_is_told_in_words() -> None:
    tags = {str(event.__struct_config__.tag) for event in DISPUTE_EVENTS}
    told = {tag for tag, event in words().events.items() if event.sentence}
    assert not tags - told


def test_placing_an_order_has_inputs_too() -> None:
    """It is the marketplace's, and its server's work; the forms know all its types all the same."""
    assert inputs_of(PlaceOrder, CONTEXT)


def test_a_type_nobody_knows_is_said_at_once() -> None:
    class Odd(Struct, tag="odd"):
        weight: float

    with pytest.raises(NoInput, match=r"odd\.weight"):
        inputs_of(Odd, CONTEXT)


OPENING = {
    "received": ["yes"], "reason": ["a_code"], "remedy": ["refund"], "amount": ["720"],
    "description": ["Too small.\r\nBy far."], "lines.1": ["1"], "lines.2": ["0"],
    "evidence": ["a_code", "other"], "tried_to_settle": [""],
}  # fmt: skip


def test_a_form_becomes_its_command() -> None:
    read = read_command(OpenDispute, CONTEXT, Posted(OPENING))
    assert read == OpenDispute(
        received=True, reason="a_code", remedy="refund", amount=Money(72000, "RUB"),
        description="Too small.\nBy far.", lines=(LineQuantity("1", 1),),
        evidence=("a_code", "other"),
    )  # fmt: skip


def test_every_fault_is_named_at_once() -> None:
    broken = {**OPENING, "reason": ["made_up"], "amount": ["-1"], "lines.1": ["3"],
              "description": ["a\0b"], "received": ["perhaps"]}  # fmt: skip
    read = read_command(OpenDispute, CONTEXT, Posted(broken))
    assert isinstance(read, dict)
    assert read.keys() == {"reason", "amount", "lines.1", "description", "received"}
    assert "at most 2" in read["lines.1"]


def test_text_too_long_says_by_how_much() -> None:
    read = read_command(OpenDispute, CONTEXT, Posted({**OPENING, "description": ["x" * 10_001]}))
    assert isinstance(read, dict)
    assert "10001" in read["description"]
    assert "10000" in read["description"]


class Sent(Struct, tag="sent"):
    """A bound that no input asks for."""

    pictures: Annotated[tuple[Id, ...], Meta(max_length=1)]


def test_a_bound_only_the_command_knows_is_told_in_words() -> None:
    read = read_command(Sent, CONTEXT, Posted({"pictures": ["a_code", "other"]}))
    assert read == {"pictures": "This cannot be taken as it is: it takes a list of 0 to 1 entries."}


def test_agreeing_is_to_the_amount_that_was_seen() -> None:
    read = read_command(AcceptOffer, CONTEXT, Posted({"offer": ["O1|72000 RUB"]}))
    assert read == AcceptOffer("O1", Money(72000, "RUB"))
    assert isinstance(read_command(AcceptOffer, CONTEXT, Posted({"offer": ["O1|1 RUB"]})), dict)


def test_what_is_left_out_is_left_to_the_command() -> None:
    read = read_command(MakeOffer, CONTEXT, Posted({"remedy": ["replacement"], "amount": [" "]}))
    assert read == MakeOffer("replacement")


def test_findings_by_line_are_read_where_any_was_begun() -> None:
    whole = {"remedy": ["refund"], "finding": ["split"], "reasons": ["a_code"], "text": ["So."],
             "clauses": ["a_code"], "amount": ["800"], "evidence": ["a_code"]}  # fmt: skip
    none = read_command(IssueRuling, CONTEXT, Posted(whole))
    assert isinstance(none, IssueRuling)
    assert none.lines == ()
    begun = {**whole, "lines.1.finding": ["for_buyer"], "lines.1.remedy": ["refund"],
             "lines.1.amount": ["800"]}  # fmt: skip
    one = read_command(IssueRuling, CONTEXT, Posted(begun))
    assert isinstance(one, IssueRuling)
    assert [(part.line, part.finding) for part in one.lines] == [("1", "for_buyer")]
    half = read_command(IssueRuling, CONTEXT, Posted({**whole, "lines.1.amount": ["800"]}))
    assert isinstance(half, dict)
    assert half.keys() == {"lines.1.finding", "lines.1.remedy"}


def test_an_address_is_asked_in_its_parts() -> None:
    posted = {"address.name": ["Blouse House"], "address.street": ["1 Silk Road"],
              "address.city": ["Hangzhou"], "address.country": ["CN"]}  # fmt: skip
    read = read_command(ProvideReturnAddress, CONTEXT, Posted(posted))
    assert isinstance(read, ProvideReturnAddress)
    assert read.address == {
        "name": "Blouse House", "street": "1 Silk Road", "city": "Hangzhou", "country": "CN",
    }  # fmt: skip


def test_answers_are_told_again_in_words() -> None:
    told = answers_in_words(inputs_of(OpenDispute, CONTEXT), Posted(OPENING))
    texts = [answer.text for answer in told]
    assert texts[:2] == ["Yes", "A label"]
    assert "RUB 720.00" in texts
    assert "Blouse × 1" in texts


def test_templates_mark_every_word_for_translation() -> None:
    """Text between tags goes through _(), so that a catalogue can hold it."""
    folder = Path(str(commanding.__file__)).parent / "templates"
    for path in folder.rglob("*.html"):
        text = re.sub(
            r"\{% macro (described|id_of).*?endmacro %\}", "", path.read_text(), flags=re.S
        )
        text = re.sub(r"<style>.*?</style>", "", text, flags=re.S)
        text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.S)
        between = re.findall(r">([^<>]*)<", text)
        found = [t.strip() for t in between if re.search(r"[A-Za-z]{2,}", t)]
        assert [t for t in found if t not in ("amends", "· amends")] == [], path.name


def _names(inputs: tuple[Input, ...]) -> list[str]:
    names: list[str] = []
    for question in inputs:
        match question:
            case Group(inputs=inner):
                names += _names(inner)
            case Rows(groups=groups):
                names += _names(groups)
            case Fixed():
                pass
            case _ if question.kind == "units":
                names += [f"{question.name}.1", f"{question.name}.2"]
            case _:
                names.append(question.name)
    return names
