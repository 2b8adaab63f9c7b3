"""A pack laid out for reading: sections of rules, each with its value, unit and source."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from amends.policy.terms import Days, EvidenceAsked, Reason, Terms


class Entry(Struct, frozen=True):
    """One value of a rule: ``value`` "5" with ``unit`` "days".

    ``of`` says what the value is about where a rule has several: carriers, a currency, a reason's
    remedies. A value "none" says that the pack does not have this rule.
    """

    rule: str
    value: str
    unit: str
    source: str
    of: str = ""


class Section(Struct, frozen=True):
    """What belongs together: ``windows``, ``reasons``, ``clocks``, ``rulings``, ``returns``,
    ``refunds``, ``limits``."""

    name: str
    entries: tuple[Entry, ...]


def explain(terms: Terms) -> tuple[Section, ...]:
    """Every value of the pack, section by section, in the order in which a case meets them."""
    return (
        Section("windows", tuple(_windows(terms))),
        Section("reasons", tuple(e for r in terms.reasons.values() for e in _reason(r, terms))),
        Section("clocks", tuple(_clocks(terms))),
        Section("rulings", tuple(_rulings(terms))),
        Section("returns", tuple(_returns(terms))),
        Section("refunds", tuple(_refunds(terms))),
        Section("limits", tuple(_limits(terms))),
    )


def rules_of(terms: Terms) -> tuple[str, ...]:
    """The names of all rules, once each; reasons are named by ``terms.reasons``."""
    shown = (s.entries for s in explain(terms) if s.name != "reasons")
    return tuple(dict.fromkeys(entry.rule for entries in shown for entry in entries))


def _windows(terms: Terms) -> Iterable[Entry]:
    windows = terms.windows
    yield from (_span(opening.term) for opening in windows.opens)
    for carrier in windows.closes_by_carrier:
        yield _span(carrier.term, of=", ".join(carrier.carriers))
    yield from (_span(closing.term) for closing in windows.closes_other_carriers)
    if windows.closes_after_receipt is not None:
        yield _span(windows.closes_after_receipt)
    yield _cited(terms, "closes_combine", windows.closes_combine, "")
    for rule, source in terms.cited.items():
        if rule.startswith(("opens_", "closes_")) and rule != "closes_combine":
            yield Entry(rule, "none", "", source)


def _reason(reason: Reason, terms: Terms) -> Iterable[Entry]:
    def entry(of: str, value: str) -> Entry:
        return Entry(reason.code, value, "", reason.source, of)

    remedies = (r.remedy + (" (part)" if r.part_only else "") for r in reason.remedies)
    yield entry("received", reason.received)
    yield entry("remedies", ", ".join(remedies))
    yield entry("at fault, pays the return", reason.at_fault)
    cited = (terms.cited.get(f"evidence.{code}") for code in (reason.code, "every_reason"))
    source = "; ".join(dict.fromkeys(filter(None, cited)))
    for side, proofs in (
        ("buyer", reason.evidence_from_buyer),
        ("seller", reason.evidence_from_seller),
    ):
        yield Entry(reason.code, _proofs(proofs), "", source, f"evidence from the {side}")
    if reason.own_window:
        yield entry("window", "the seller's own days")
    if reason.no_return_asked:
        yield entry("return", "not asked where goods may not be sent")


def _proofs(proofs: tuple[EvidenceAsked, ...]) -> str:
    marked = (
        proof.code
        + (" (essential)" if proof.essential else "")
        + (" (on record)" if proof.on_record else "")
        for proof in proofs
    )
    return ", ".join(marked) or "none"


def _clocks(terms: Terms) -> Iterable[Entry]:
    clocks = terms.clocks
    yield _span(clocks.seller_answers_within)
    yield _optional(
        terms, clocks.seller_answers_within_with_more_time, "seller_answers_within_with_more_time"
    )
    for term in (
        clocks.offer_answered_within,
        clocks.negotiation_ends_after,
        clocks.information_within,
        clocks.ruling_due_after,
        clocks.supervisor_rules_within,
        clocks.ruling_after_return_due_after,
        clocks.message_answered_within,
        clocks.feedback_amendable_for,
        clocks.outage_extends_after,
    ):
        yield _span(term)


def _rulings(terms: Terms) -> Iterable[Entry]:
    appeals = terms.appeals
    own = tuple(clause for clause in terms.clauses if clause not in terms.reasons)
    yield _cited(terms, "ruling_reasons", ", ".join(terms.ruling_reasons), "")
    yield _cited(terms, "clauses", ", ".join(own) or "none", "besides each reason")
    yield _optional(terms, appeals.window, "appeal_within")
    in_window = ", ".join(appeals.grounds_in_window) or "none"
    yield _cited(terms, "appeal_grounds_in_window", in_window, "")
    any_time = ", ".join(appeals.grounds_any_time) or "none"
    yield _cited(terms, "appeal_grounds_any_time", any_time, "")
    yield _span(appeals.decided_within)
    yield _span(appeals.supervisor_decides_within)


def _returns(terms: Terms) -> Iterable[Entry]:
    returns = terms.returns
    yield _span(returns.address_within)
    yield _span(returns.shipped_within)
    yield _span(returns.inspected_within)
    yield _span(returns.inspection_answered_within)
    yield _cited(terms, "lost_when_seller_pays", returns.lost_when_seller_pays, "")
    yield _cited(terms, "lost_when_buyer_pays", returns.lost_when_buyer_pays, "")
    yield _span(returns.replacement_shipped_within)
    above = str(returns.suggest_without_return_above_percent)
    yield _cited(terms, "suggest_refund_without_return", above, "percent")


def _refunds(terms: Terms) -> Iterable[Entry]:
    refunds = terms.refunds
    yield _span(refunds.arrives_from_working_days, "working days")
    yield _span(refunds.arrives_until_working_days, "working days")
    yield _span(refunds.settled_within)
    yield _span(refunds.retried_after)
    yield _cited(terms, "refund_retries", str(refunds.retries), "times")
    yield _span(refunds.finance_alarm_every)
    others = refunds.other_routes
    if others.chosen_within is not None:
        yield _cited(terms, "refund_other_routes", ", ".join(others.routes), "")
        yield _cited(terms, "refund_dead_methods", ", ".join(others.dead), "")
        yield _span(others.chosen_within)


def _limits(terms: Terms) -> Iterable[Entry]:
    limits = terms.limits
    yield _cited(terms, "evidence_per_side", str(limits.evidence_per_side), "files")
    days = str(limits.longest_change_of_mind_days)
    yield _cited(terms, "longest_change_of_mind", days, "days")
    percent = str(limits.highest_restocking_fee_percent)
    yield _cited(terms, "highest_restocking_fee", percent, "percent")
    for currency, amount in sorted(terms.platform.honours_up_to.items()):
        source = terms.platform.source
        yield Entry("platform_honours_up_to", str(amount), "minor units", source, currency)
    if terms.platform.large_times is not None:
        yield _cited(terms, "large_amount", str(terms.platform.large_times), "times the cap")
    judging = terms.judging
    if judging.seller_cases is not None:
        yield _cited(terms, "cases_of_one_seller", str(judging.seller_cases), "cases")
    for term in (judging.seller_within, judging.silent_after):
        if term is not None:
            yield _span(term)
    fee = terms.platform.fee
    if fee.source:
        yield Entry("platform_fee", str(fee.basis_points), "basis points", fee.source)
        for currency, amount in sorted(fee.fixed.items()):
            yield Entry("platform_fee", str(amount), "minor units", fee.source, currency)


def _span(term: Days, unit: str = "days", of: str = "") -> Entry:
    return Entry(term.rule, str(term.days), unit, term.source, of)


def _optional(terms: Terms, term: Days | None, rule: str) -> Entry:
    return _cited(terms, rule, "none", "") if term is None else _span(term)


def _cited(terms: Terms, rule: str, value: str, unit: str) -> Entry:
    return Entry(rule, value, unit, terms.cited.get(rule, ""))
