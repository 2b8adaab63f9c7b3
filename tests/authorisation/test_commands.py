"""Every command × role × relation × situation does as the table says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from amends.dispute.decide import COMMANDS as DISPUTE_COMMANDS
from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import (
    CaseCommand,
    OnDispute,
    OnOrder,
    decide,
    dispute_options,
    order_options,
    tag_of,
)
from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.people import Actor
from amends.order.decide import COMMANDS as ORDER_COMMANDS
from amends.order.decide import OrderCommand
from amends.order.decide.place_order import PlaceOrder
from tests.authorisation.made_cases import Made, dispute_cases, order_cases
from tests.authorisation.reading import (
    SECTIONS,
    About,
    Cell,
    Verdict,
    actor,
    cells,
    missing,
    samples,
    table,
)
from tests.dispute.cases import D1

_LEAST = 5_000
BOTH: tuple[About, ...] = ("orders", "disputes")
_OF_ORDERS: tuple[type[Struct], ...] = (*ORDER_COMMANDS, PlaceOrder, OpenDispute)
OF_ORDERS = {tag_of(command) for command in _OF_ORDERS}
OF_DISPUTES = {tag_of(command) for command in DISPUTE_COMMANDS}


@cache
def made(about: About) -> Mapping[str, Made]:
    return order_cases() if about == "orders" else dispute_cases()


def asked(about: About, command: str) -> CaseCommand:
    body: dict[str, Any] = {"type": command, **samples()[command]}
    if about == "orders":
        kind: Any = OrderCommand | OpenDispute
        return OnOrder("A-1001", msgspec.convert(body, kind))
    return OnDispute("A-1001", D1, msgspec.convert(body, DisputeCommand))


def met(of: Made, command: CaseCommand, by: Actor) -> tuple[Verdict, bool]:
    """What ``by`` meets, and whether the command was accepted."""
    stamp = Stamp(of.now, "c1", staff=of.staff)
    outcome = decide(of.case, command, by, of.terms, stamp)
    if isinstance(outcome, Refused) and outcome.kind == "unknown":
        return "hidden", False
    if isinstance(outcome, Refused) and outcome.rule == "not_for_this_role":
        return "refused by role", False
    if isinstance(command.command, PlaceOrder):
        return "may", isinstance(outcome, Accepted)
    if isinstance(command, OnOrder):
        options = order_options(of.case, by, of.terms, stamp)
    else:
        options = dispute_options(of.case, of.case.disputes[D1], by, of.terms, stamp)
    type_: type[Struct] = type(command.command)
    offered = {option.type: option.refused for option in options}[tag_of(type_)]
    # What is not offered is refused, and for the same reason: pages and API show no other rule.
    assert offered is None or offered == outcome
    return ("may" if offered is None else "not now"), isinstance(outcome, Accepted)


def differing(about: About, table_cells: Iterable[Cell]) -> list[str]:
    """Each cell in which the code does otherwise."""
    cases, commands = made(about), {name: asked(about, name) for name in commands_of(about)}
    found = []
    for cell in table_cells:
        verdict, _ = met(cases[cell.situation], commands[cell.command], actor(cell.asker))
        if verdict != cell.verdict:
            found.append(
                f"{cell.command} by {cell.asker} in {cell.situation}:"
                f" the table says {cell.verdict}, the code {verdict}"
            )
    return found


def commands_of(about: About) -> set[str]:
    return OF_ORDERS if about == "orders" else OF_DISPUTES


@pytest.mark.parametrize("about", BOTH)
def test_every_command_is_in_the_table_and_nothing_else(about: About) -> None:
    assert not (says := missing(SECTIONS[about], commands_of(about))), says


def test_every_situation_of_the_table_is_made() -> None:
    for about in BOTH:
        assert set(table()[about]) == set(made(about))


def test_a_situation_is_in_the_phase_it_is_named_for() -> None:
    for name, of in made("disputes").items():
        assert of.case.disputes[D1].phase == name.partition("/")[0]


@pytest.mark.parametrize("about", BOTH)
def test_everybody_meets_what_the_table_says(about: About) -> None:
    assert not (wrong := differing(about, cells(about))), "\n".join(wrong)


def test_there_are_enough_cells_and_each_verdict_is_among_them() -> None:
    found = [cell for about in BOTH for cell in cells(about)]
    assert len(found) >= _LEAST
    assert {cell.verdict for cell in found} == {"hidden", "refused by role", "not now", "may"}


@pytest.mark.parametrize("about", BOTH)
def test_each_command_is_accepted_from_somebody_in_some_situation(about: About) -> None:
    never = commands_of(about) - {tag_of(PlaceOrder)}
    for cell in cells(about):
        if cell.verdict == "may" and cell.command in never:
            of = made(about)[cell.situation]
            if met(of, asked(about, cell.command), actor(cell.asker))[1]:
                never = never - {cell.command}
    assert not never


def test_a_first_order_is_placed_by_the_marketplace_alone() -> None:
    command = asked("orders", tag_of(PlaceOrder))
    new = made("orders")["placed"]
    for asker in table()["askers"]:
        outcome = decide(None, command, actor(asker), new.terms, Stamp(new.now, "c1"))
        assert isinstance(outcome, Accepted) == (asker == "marketplace"), outcome


def test_what_is_forgotten_is_named_with_the_place_to_write_it() -> None:
    known = commands_of("disputes")
    added = missing("on_dispute", known | {"settle_by_lot"})
    assert added.startswith("settle_by_lot is in no row")
    assert "[on_dispute] in tests/authorisation/table.toml" in added
    gone = missing("on_dispute", known - {"escalate"})
    assert gone.startswith("escalate stands under [on_dispute]")


def test_an_asker_who_is_left_out_of_a_row_of_their_role_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = {k: v for k, v in table()["on_dispute"]["recuse"].items() if k != "other_officer"}
    monkeypatch.setitem(table()["on_dispute"], "recuse", row)
    with pytest.raises(ValueError, match=r"recuse\] does not say what other_officer meets"):
        list(cells("disputes"))
    monkeypatch.setitem(table()["on_dispute"], "recuse", {"mediator": ["mediatoin"]})
    with pytest.raises(ValueError, match="mediatoin is no situation"):
        list(cells("disputes"))
