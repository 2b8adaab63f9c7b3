"""What a ruling says, and what it must hold to: a mediator's, a supervisor's, an appeal's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute
from amends.dispute.money import line_worth, postage_worth, worth
from amends.dispute.proof import refuse_evidence
from amends.dispute.remedies import refuse_remedy
from amends.dispute.state import Effect, Finding, LineRuling, Ruling
from amends.kernel.decision import Content, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.texts import Code, Id, Prose
from amends.order.refunds import SHIPPING, bounded_amount
from amends.policy.terms import Payer, Remedy


class RulingOnLine(Struct, frozen=True, forbid_unknown_fields=True):
    """What is found and awarded for one line of the claim; ``amount`` as in the whole ruling.

    ``reasons``, ``clauses`` and ``evidence`` left empty are those of the whole ruling; ``text`` is
    what is to be said of this line alone.
    """

    line: Id
    finding: Finding
    remedy: Remedy
    amount: Money | None = None
    reasons: tuple[Code, ...] = ()
    clauses: tuple[Code, ...] = ()
    evidence: tuple[Id, ...] = ()
    text: Prose = ""


class RulingFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What whoever rules fills in.

    ``amount`` may be left out for the seller's favour and for a replacement; ``lines`` is for
    findings that differ by line and then names each line of the claim once; reasons and clauses
    that each line has of its own need not be said of the whole. What the lines' amounts
    leave of ``amount`` is postage, which only a claim for the whole order can get back. What was
    refunded for the dispute before, when an appeal is decided, is part of every amount. One parcel
    or replacement serves all awarded lines, so that a remedy other than ``refund`` is the whole
    ruling's. ``return_postage_paid_by``: as the policy says for the reason when left out.
    ``no_evidence`` says that neither side gave any.
    """

    remedy: Remedy
    finding: Finding
    reasons: tuple[Code, ...]
    text: Prose
    clauses: tuple[Code, ...]
    amount: Money | None = None
    evidence: tuple[Id, ...] = ()
    no_evidence: bool = False
    return_postage_paid_by: Payer | None = None
    lines: tuple[RulingOnLine, ...] = ()


class BuiltRuling(Struct, frozen=True):
    """A ruling that holds to the rules, what it brings about, and its texts to keep."""

    ruling: Ruling
    effect: Effect
    contents: tuple[Content, ...]


def build_ruling(
    asked: AskedOfDispute, fields: RulingFields, source: Literal["ruling", "appeal"] = "ruling"
) -> BuiltRuling | Refused:
    """The ruling made of ``fields``, or why it cannot stand.

    Whether the asker may rule now is not asked here.
    """
    refused = _refuse_grounds(asked, fields)
    if refused:
        return refused
    most = worth(asked.order, asked.dispute)
    amount = _awarded(asked, fields.finding, fields.remedy, fields.amount, most)
    if isinstance(amount, Refused):
        return amount
    lines = _lines(asked, fields, amount)
    if isinstance(lines, Refused):
        return lines
    text_ref, contents = asked.text("text", fields.text)
    of_lines = [asked.text(f"text_{n}", entry.text) for n, entry in enumerate(fields.lines, 1)]
    ruling = Ruling(
        by=asked.by.person,
        at=asked.now,
        finding=fields.finding,
        remedy=fields.remedy,
        amount=amount,
        reasons=_together(fields.reasons, (entry.reasons for entry in fields.lines)),
        clauses=_together(fields.clauses, (entry.clauses for entry in fields.lines)),
        evidence=_all_evidence(fields),
        text_ref=text_ref,
        return_paid_by=fields.return_postage_paid_by or asked.pays_return,
        lines=tuple(
            replace(line, text_ref=ref) for line, (ref, _kept) in zip(lines, of_lines, strict=True)
        ),
        no_evidence=fields.no_evidence,
    )
    effect = Effect(
        remedy=ruling.remedy,
        amount=amount,
        return_paid_by=ruling.return_paid_by,
        source=source,
        without_amount="refused" if ruling.finding == "for_seller" else "settled_without_refund",
        by_line=_by_line(lines, amount),
    )
    kept = (content for _ref, texts in of_lines for content in texts)
    return BuiltRuling(ruling, effect, (*contents, *kept))


def _refuse_grounds(asked: AskedOfDispute, fields: RulingFields) -> Refused | None:
    """A ruling says why in words and codes, by which clauses, and on what proof."""
    if not fields.text.strip():
        return Refused("text_missing", {}, ("say_why",), "invalid", "text")
    reasons = {entry.line: entry.reasons for entry in fields.lines}
    clauses = {entry.line: entry.clauses for entry in fields.lines}
    return (
        _refuse_codes(_REASONS, fields.reasons, reasons, asked.terms.ruling_reasons)
        or _refuse_codes(_CLAUSES, fields.clauses, clauses, asked.terms.clauses)
        or _refuse_proof(asked, fields)
    )


class _CodeRules(Struct, frozen=True):
    """What a field of codes is called when it is empty, unknown, or says a code twice."""

    field: str
    needed: str
    unknown: str
    twice: str
    next: str


_REASONS = _CodeRules(
    "reasons", "ruling_needs_reason", "unknown_ruling_reason", "ruling_reason_twice",
    "choose_ruling_reasons",
)  # fmt: skip
_CLAUSES = _CodeRules(
    "clauses", "ruling_needs_clause", "unknown_clause", "clause_twice", "choose_clauses"
)


def _refuse_codes(
    rules: _CodeRules,
    whole: Sequence[str],
    lines: Mapping[str, Sequence[str]],
    known: tuple[str, ...],
) -> Refused | None:
    """Refuses codes of the whole ruling, and those of a line; where a line has none of its own,
    it needs the whole's."""
    if not whole and not (lines and all(lines.values())):
        facts: Facts = {"known": known}
        return Refused(rules.needed, facts, (rules.next,), "invalid", rules.field)
    for line, named in (("", whole), *lines.items()):
        for number, code in enumerate(named):
            rule = rules.unknown if code not in known else rules.twice
            if code not in known or code in named[:number]:
                other: Facts = {"code": code, "known": known}
                refused = Refused(rule, other, (rules.next,), "invalid", rules.field)
                return _on_line(refused, line) if line else refused
    return None


def _on_line(refused: Refused, line: str) -> Refused:
    return replace(refused, facts={**refused.facts, "line": line}, field="lines")


def _refuse_proof(asked: AskedOfDispute, fields: RulingFields) -> Refused | None:
    """What is relied on was put to this dispute, where both sides could see it."""
    order, dispute, named = asked.order, asked.dispute, _all_evidence(fields)
    if fields.no_evidence and named:
        next_ = ("name_evidence", "say_no_evidence")
        return Refused("evidence_and_none", {}, next_, "invalid", "no_evidence")
    if not fields.no_evidence and not named:
        put = tuple(key for key, proof in order.evidence.items() if dispute.id in proof.disputes)
        facts: Facts = {"evidence": put}
        next_ = ("name_evidence", "say_no_evidence")
        return Refused("ruling_needs_evidence", facts, next_, "invalid", "evidence")
    for line, given in (("", fields.evidence), *((e.line, e.evidence) for e in fields.lines)):
        refused = refuse_evidence(order, asked.by, given) or _refuse_elsewhere(asked, given)
        if refused:
            return _on_line(refused, line) if line else refused
    return None


def _refuse_elsewhere(asked: AskedOfDispute, given: tuple[str, ...]) -> Refused | None:
    for key in given:
        if asked.dispute.id not in asked.order.evidence[key].disputes:
            return Refused(
                "evidence_not_in_dispute", {"evidence": key}, ("add_evidence",), field="evidence"
            )
    return None


def _all_evidence(fields: RulingFields) -> tuple[str, ...]:
    return _together(fields.evidence, (entry.evidence for entry in fields.lines))


def _together(whole: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What the whole ruling names, and then what its lines name besides, each once."""
    return tuple(dict.fromkeys((*whole, *chain.from_iterable(lines))))


def _awarded(
    asked: AskedOfDispute, finding: Finding, remedy: Remedy, amount: Money | None, most: int
) -> int | Refused:
    """What is awarded in minor units: nothing for the seller's favour, else what the remedy says.

    A return that may not be asked for (goods that may not be sent) is only ruled when the buyer
    claimed it.
    """
    facts: Facts = {"finding": finding, "remedy": remedy}
    if finding == "for_seller":
        if remedy != "refund" or (amount is not None and amount.amount):
            given: Facts = {**facts, "amount": amount}
            return Refused(
                "nothing_awarded_for_seller", given, ("rule_refund_of_nothing",), "invalid",
                "finding",
            )  # fmt: skip
        return 0
    refused = refuse_remedy(asked, remedy)
    if refused:
        return refused
    wanted = asked.dispute.claim.remedy == "return_and_refund"
    if remedy == "return_and_refund" and asked.reason.no_return_asked and not wanted:
        return Refused("no_return_asked", facts, ("choose_refund",), field="remedy")
    if amount is None:
        if remedy == "replacement":
            return 0
        return Refused("amount_missing", facts, ("name_amount",), "invalid", "amount")
    return bounded_amount(asked.order, amount, most, least=0 if remedy == "replacement" else 1)


def _lines(
    asked: AskedOfDispute, fields: RulingFields, amount: int
) -> tuple[LineRuling, ...] | Refused:
    """The rulings on single lines, when they were given, each within what is left of its units."""
    order, claim = asked.order, asked.dispute.claim
    if not fields.lines:
        return ()
    named = tuple(entry.line for entry in fields.lines)
    if sorted(named) != sorted(claim.lines):
        facts: Facts = {"named": named, "claimed": tuple(claim.lines)}
        return Refused("lines_differ_from_claim", facts, ("name_lines_once",), "invalid", "lines")
    rulings = []
    for entry in fields.lines:
        most = min(line_worth(order, asked.dispute, entry.line), worth(order, asked.dispute))
        part = _awarded(asked, entry.finding, entry.remedy, entry.amount, most)
        if isinstance(part, Refused):
            return _on_line(part, entry.line)
        rulings.append(
            LineRuling(
                entry.line, entry.finding, entry.remedy, part, entry.reasons or fields.reasons,
                entry.clauses or fields.clauses, entry.evidence or fields.evidence,
            )
        )  # fmt: skip
    return _refuse_disagreement(asked, fields, amount, rulings) or tuple(rulings)


def _refuse_disagreement(
    asked: AskedOfDispute, fields: RulingFields, amount: int, lines: list[LineRuling]
) -> Refused | None:
    """The whole ruling says what its lines say together."""
    order = asked.order
    findings = {line.finding for line in lines}
    together = findings.pop() if len(findings) == 1 else "split"
    if fields.finding != together:
        facts: Facts = {"finding": fields.finding, "lines": together}
        return Refused("finding_differs_from_lines", facts, ("rule_split",), "invalid", "finding")
    remedies = {line.remedy for line in lines if line.finding != "for_seller"}
    if remedies - {"refund", fields.remedy} or (remedies and fields.remedy not in remedies):
        differing: Facts = {"remedy": fields.remedy, "lines": tuple(sorted(remedies))}
        return Refused(
            "remedy_differs_from_lines", differing, ("rule_one_remedy",), "invalid", "remedy"
        )
    postage = postage_worth(order, asked.dispute)
    total = sum(line.amount for line in lines)
    if not total <= amount <= total + postage:
        sums: Facts = {
            "amount": order.money(amount), "lines": order.money(total),
            "postage": order.money(postage),
        }  # fmt: skip
        return Refused("amount_differs_from_lines", sums, ("check_sum",), "invalid", "amount")
    return None


def _by_line(lines: tuple[LineRuling, ...], amount: int) -> dict[str, int]:
    by_line = {line.line: line.amount for line in lines if line.amount}
    postage = amount - sum(by_line.values())
    return {**by_line, SHIPPING: postage} if lines and postage else by_line
