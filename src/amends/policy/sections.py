"""Each file of a pack, from its tables to its part of the terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from amends.kernel.money import CURRENCIES, MOST
from amends.kernel.people import Side
from amends.policy.reading import CODE, Reading, Sheet
from amends.policy.terms import (
    Appeals,
    CarrierWindow,
    Clocks,
    Closing,
    Days,
    EvidenceAsked,
    Fee,
    Judging,
    Limits,
    Opening,
    OtherRoutes,
    Platform,
    Reason,
    Received,
    Refunds,
    Remedy,
    RemedyAllowed,
    Returns,
    Windows,
    plain_carrier,
)

REMEDIES: tuple[Remedy, ...] = ("refund", "return_and_refund", "replacement", "repair_cost")
# What an appeal may be about is known to the code, since each ground has its own check there.
GROUNDS = ("new_evidence", "named_error", "money_did_not_come", "did_not_comply")
SIDES: tuple[Side, ...] = ("buyer", "seller")
RECEIVED: tuple[Received, ...] = ("yes", "no", "either")
OPENINGS: tuple[Literal["after_shipment", "after_ship_by", "on_delivery", "on_receipt"], ...] = (
    "after_shipment",
    "after_ship_by",
    "on_delivery",
    "on_receipt",
)
CLOSINGS: tuple[Literal["after_shipment", "after_promised"], ...] = (
    "after_shipment",
    "after_promised",
)
COMBINATIONS: tuple[Literal["later_of", "receipt_alone"], ...] = ("later_of", "receipt_alone")
CARRIER_EXAMPLE = '{ carriers = ["..."], days = 20, source = "..." }'


def windows(file: Sheet) -> Windows:
    """windows.toml: what opens the window, what closes it."""
    opens = file.child("opens", "a table of openings")
    openings: list[Opening] = []
    if opens is not None:
        for kind in OPENINGS:
            term = _optional(opens, f"opens_{kind}", least=0)
            openings += [Opening(kind, term)] if term is not None else []
        if not openings:
            opens.note("", "nothing opens the window", "give at least one opening")
        opens.close()
    by_carrier = _carriers(file)
    others = file.child("closes_other_carriers", "a table of closings")
    closings: list[Closing] = []
    if others is not None:
        for closing in CLOSINGS:
            term = _optional(others, f"closes_{closing}", least=1)
            closings += [Closing(closing, term)] if term is not None else []
        if not closings:
            others.note(
                "",
                "the window of a carrier nobody named would never close",
                "give closes_after_shipment, closes_after_promised or both",
            )
        others.close()
    found = Windows(
        tuple(openings),
        by_carrier,
        tuple(closings),
        file.days_or_none("closes_after_receipt"),
        file.choice("closes_combine", COMBINATIONS),
    )
    file.close()
    return found


def _optional(sheet: Sheet, name: str, least: int) -> Days | None:
    """A span that may be left out; one that a base pack gives is taken back by ``none = true``."""
    if name not in sheet.table:
        sheet.child(name, "", optional=True)
        return None
    return sheet.days_or_none(name, least)


def _carriers(file: Sheet) -> tuple[CarrierWindow, ...]:
    table = file.child("closes_after_shipment_by_carrier", CARRIER_EXAMPLE, optional=True)
    found: list[CarrierWindow] = []
    named: dict[str, str] = {}
    for name, sheet in table.children(CARRIER_EXAMPLE) if table else ():
        if sheet.is_none():
            sheet.flag("none")
            sheet.source()
            sheet.close()
            continue
        carriers = sheet.texts("carriers")
        for carrier in carriers:
            key = plain_carrier(carrier)
            if key in named:
                sheet.note(
                    "carriers",
                    f"'{carrier}' is already named under '{named[key]}'",
                    "name each carrier once, whatever its spelling",
                )
            named.setdefault(key, name)
        found.append(CarrierWindow(carriers, sheet.span("closes_after_shipment_by_carrier")))
    return tuple(found)


def reasons(remedies: Sheet, evidence: Sheet) -> dict[str, Reason]:
    """remedies.toml and evidence.toml: the reasons, what each allows, needs and puts at fault."""
    on_every = evidence.child("every_reason", '{ buyer = [], seller = [], source = "..." }')
    common = _evidence(on_every) if on_every is not None else ((), ())
    found: dict[str, Reason] = {}
    for code, sheet in remedies.children('{ remedies = ["refund"], at_fault = "seller" }'):
        if not CODE.fullmatch(code):
            remedies.note(code, f"'{code}' is no code", "use a to z, 0 to 9 and _, at most 64")
        asked = evidence.child(code, '{ buyer = [], seller = [], source = "..." }')
        own = _evidence(asked) if asked is not None else ((), ())
        remedy_names = sheet.codes("remedies", REMEDIES)
        if not remedy_names:
            sheet.note("remedies", "a reason with no remedy", f"choose from: {', '.join(REMEDIES)}")
        part_only = sheet.codes("part_only", remedy_names, optional=True)
        found[code] = Reason(
            code=code,
            received=sheet.one_of("received", RECEIVED),
            remedies=tuple(
                RemedyAllowed(remedy, remedy in part_only)
                for remedy in REMEDIES
                if remedy in remedy_names
            ),
            at_fault=sheet.one_of("at_fault", SIDES),
            evidence_from_buyer=own[0] + common[0],
            evidence_from_seller=own[1] + common[1],
            source=sheet.source(),
            own_window=sheet.flag("own_window"),
            no_return_asked=sheet.flag("no_return_asked"),
        )
        sheet.close()
        _possible(sheet, found[code])
    if not found:
        remedies.note("", "no reason for a dispute", "give at least one, such as [not_received]")
    evidence.close()
    return found


def _possible(sheet: Sheet, reason: Reason) -> None:
    """Whether what the reason allows can happen at all."""
    if reason.received == "no":
        for remedy in ("return_and_refund", "repair_cost"):
            if any(allowed.remedy == remedy for allowed in reason.remedies):
                sheet.note(
                    "remedies",
                    f"{remedy} for goods that were not received",
                    f"remove {remedy}, or let received be 'yes' or 'either'",
                )
    if reason.own_window and reason.received != "yes":
        sheet.note(
            "own_window", "counts from receipt, but receipt is not asked", "write: received = 'yes'"
        )
    if reason.no_return_asked and all(r.remedy == "return_and_refund" for r in reason.remedies):
        sheet.note("no_return_asked", "no remedy works without a return", "allow refund as well")


def _evidence(sheet: Sheet) -> tuple[tuple[EvidenceAsked, ...], tuple[EvidenceAsked, ...]]:
    found = (_asked(sheet, "buyer"), _asked(sheet, "seller"))
    sheet.reading.cited[f"evidence.{sheet.path}"] = sheet.source()
    sheet.close()
    return found


def _asked(sheet: Sheet, side: Side) -> tuple[EvidenceAsked, ...]:
    value = sheet.take(side, "[]")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        sheet.note(side, f"a list of proofs is wanted, not {value!r}", 'write: [{ code = "..." }]')
        return ()
    found: list[EvidenceAsked] = []
    for number, one in enumerate(value, start=1):
        proof = Sheet(sheet.reading, sheet.file, one, f"{sheet.key(side)}.{number}")
        code = proof.text("code")
        if code and not CODE.fullmatch(code):
            proof.note("code", f"'{code}' is no code", "use a to z, 0 to 9 and _, at most 64")
        if any(code == other.code for other in found):
            proof.note("code", f"'{code}' is asked for twice", "ask for it once")
        found.append(EvidenceAsked(code, proof.flag("essential"), proof.flag("on_record")))
        proof.close()
    return tuple(found)


def clocks(file: Sheet) -> Clocks:
    """clocks.toml: how long each step of a dispute may take."""
    found = Clocks(
        seller_answers_within=file.days("seller_answers_within"),
        seller_answers_within_with_more_time=file.days_or_none(
            "seller_answers_within_with_more_time"
        ),
        offer_answered_within=file.days("offer_answered_within"),
        negotiation_ends_after=file.days("negotiation_ends_after"),
        information_within=file.days("information_within"),
        ruling_due_after=file.days("ruling_due_after"),
        supervisor_rules_within=file.days("supervisor_rules_within"),
        ruling_after_return_due_after=file.days("ruling_after_return_due_after"),
        message_answered_within=file.days("message_answered_within"),
        feedback_amendable_for=file.days("feedback_amendable_for"),
        outage_extends_after=file.days("outage_extends_after"),
    )
    file.close()
    return found


def rulings(
    file: Sheet, reason_codes: Mapping[str, object]
) -> tuple[Appeals, tuple[str, ...], tuple[str, ...]]:
    """rulings.toml: appeals, the reasons a ruling may give, and every clause it may cite."""
    ruling_reasons = file.list_of_codes("ruling_reasons")
    own_clauses = file.list_of_codes("clauses")
    for clause in own_clauses:
        if clause in reason_codes:
            file.note("clauses.codes", f"'{clause}' is a clause already", "each reason is one")
    window = file.days_or_none("appeal_within")
    in_window = file.list_of_codes("appeal_grounds_in_window", GROUNDS)
    any_time = file.list_of_codes("appeal_grounds_any_time", GROUNDS)
    if window is None and in_window:
        file.note(
            "appeal_grounds_in_window.codes",
            "grounds for a window that appeal_within does not give",
            "leave the list empty, or give appeal_within days",
        )
    if window is not None and not in_window:
        file.note(
            "appeal_grounds_in_window.codes",
            "a window for appeals without any ground",
            "name a ground, or write: appeal_within = { none = true, source = ... }",
        )
    for ground in in_window:
        if ground in any_time:
            file.note(
                "appeal_grounds_in_window.codes",
                f"'{ground}' is heard at any time already",
                "name it in one of the two lists",
            )
    decided = file.days("appeal_decided_within")
    supervisor = file.days("appeal_supervisor_decides_within")
    file.close()
    source = joined(file.reading, "appeal_grounds_in_window", "appeal_grounds_any_time")
    appeals = Appeals(window, decided, supervisor, in_window, any_time, source)
    return appeals, ruling_reasons, (*reason_codes, *own_clauses)


def returns(file: Sheet) -> tuple[Returns, Refunds]:
    """returns.toml: goods on their way back, their replacement, and the money."""
    lost: tuple[Literal["refund", "mediation"], ...] = ("refund", "mediation")
    singles = ("lost_when_seller_pays", "lost_when_buyer_pays", "suggest_refund_without_return")
    found = (
        Returns(
            address_within=file.days("return_address_within"),
            shipped_within=file.days("return_shipped_within"),
            inspected_within=file.days("return_inspected_within"),
            inspection_answered_within=file.days("inspection_answered_within"),
            lost_when_seller_pays=file.choice(singles[0], lost),
            lost_when_buyer_pays=file.choice(singles[1], lost),
            replacement_shipped_within=file.days("replacement_shipped_within"),
            suggest_without_return_above_percent=file.number(singles[2], "above_percent", 1, 100),
            source=joined(file.reading, *singles),
        ),
        Refunds(
            arrives_from_working_days=file.days("refund_arrives_from", "working_days", least=0),
            arrives_until_working_days=file.days("refund_arrives_until", "working_days"),
            settled_within=file.days("refund_settled_within"),
            retried_after=file.days("refund_retried_after"),
            retries=file.number("refund_retries", "times", 0, 100),
            finance_alarm_every=file.days("finance_alarm_every"),
            other_routes=other_routes(file),
        ),
    )
    file.close()
    return found


def other_routes(file: Sheet) -> OtherRoutes:
    """How money goes when the way it was paid is dead; a pack without that says nothing of it."""
    if "refund_other_routes" not in file.table:
        return OtherRoutes()
    return OtherRoutes(
        routes=file.list_of_codes("refund_other_routes"),
        dead=file.list_of_codes("refund_dead_methods"),
        chosen_within=file.days("refund_route_chosen_within"),
    )


def judging(file: Sheet) -> Judging:
    """limits.toml: what one person is given to judge, and when they are absent."""
    cases = "cases_of_one_seller" in file.table
    silent = "judge_silent_after" in file.table
    return Judging(
        file.number("cases_of_one_seller", "cases", 1, 1_000_000) if cases else None,
        file.days("cases_of_one_seller_within") if cases else None,
        file.days("judge_silent_after") if silent else None,
    )


def limits(file: Sheet) -> tuple[Platform, Limits]:
    """limits.toml: the platform's cap in every currency, and what one side may put into a case."""
    names = ("evidence_per_side", "longest_change_of_mind", "highest_restocking_fee")
    bounds = Limits(
        file.number(names[0], "files", 1, 1000),
        file.number(names[1], "days", 0, 3650),
        file.number(names[2], "percent", 0, 100),
        joined(file.reading, *names),
    )
    cap = file.child("platform_honours_up_to", '{ minor_units = {}, source = "..." }')
    platform = Platform({}, "")
    if cap is not None:
        amounts = cap.child("minor_units", "a table of currencies")
        if amounts is not None:
            for currency in amounts.table:
                if currency not in CURRENCIES:
                    amounts.note(currency, "no currency of ISO 4217", "use its code, like USD")
            platform = Platform(
                {c: amounts.whole(c, 1, MOST) for c in sorted(CURRENCIES)}, cap.source(), fee(file),
                file.number("large_amount", "times", 1, 1_000_000)
                if "large_amount" in file.table
                else None,
            )  # fmt: skip
        cap.close()
    file.close()
    return platform, bounds


def fee(file: Sheet) -> Fee:
    """The platform's fee; a pack without one says nothing of it."""
    found = file.child("platform_fee", '{ basis_points = 500, source = "..." }', optional=True)
    if found is None:
        return Fee()
    basis_points = found.whole("basis_points", 0, 10_000)
    fixed: dict[str, int] = {}
    amounts = found.child("minor_units", "a table of currencies", optional=True)
    if amounts is not None:
        for currency in amounts.table:
            if currency in CURRENCIES:
                fixed[currency] = amounts.whole(currency, 0, MOST)
            else:
                amounts.note(currency, "no currency of ISO 4217", "use its code, like USD")
    source = found.source()
    file.reading.cited["platform_fee"] = source
    found.close()
    return Fee(basis_points, fixed, source)


def joined(reading: Reading, *rules: str) -> str:
    """The sources of several values as one text, each named once."""
    return "; ".join(dict.fromkeys(reading.cited[rule] for rule in rules if rule in reading.cited))
