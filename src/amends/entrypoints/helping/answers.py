"""The questions people have, answered from the values of one pack. No value stands in the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from babel.numbers import format_percent
from msgspec import Struct

from amends.entrypoints.helping.steps import STEPS
from amends.entrypoints.words import formatting
from amends.entrypoints.words.catalogue import Words
from amends.kernel.money import Money
from amends.policy.terms import Days, EvidenceAsked, Reason, Terms
from amends.policy.wording import Wording


class Answer(Struct, frozen=True):
    """A question with its answer: sentences, and a list under them. ``id`` is its fragment."""

    id: str
    question: str
    says: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


class Topic(Struct, frozen=True):
    """Questions that belong together; ``id`` is the last part of its address."""

    id: str
    title: str
    answers: tuple[Answer, ...]


class _Asked(Struct, frozen=True):
    terms: Terms
    wording: Wording
    words: Words
    currency: str

    def answer(self, id_: str, says: Iterable[str] = (), points: Iterable[str] = ()) -> Answer:
        return Answer(id_, self.words.helping(f"q_{id_}"), tuple(says), tuple(points))

    def days(self, term: Days) -> str:
        return formatting.days(term.days, self.words.locale)


def help_of(
    terms: Terms, wording: Wording, words: Words, currency: str = "USD"
) -> tuple[Topic, ...]:
    """All topics under ``terms``; caps are said in ``currency`` (ISO 4217)."""
    asked = _Asked(terms, wording, words, currency)
    return tuple(
        Topic(id_, words.helping(f"topic_{id_}"), tuple(answers(asked)))
        for id_, answers in _TOPICS.items()
    )


def _protection(asked: _Asked) -> Iterable[Answer]:
    terms, says = asked.terms.windows, asked.words.helping
    opens = [
        says(f"{opening.term.rule}{'' if opening.term.days else '_at_once'}",
             days=asked.days(opening.term))
        for opening in terms.opens
    ]  # fmt: skip
    yield asked.answer("opens", [says("opens_first")], opens)
    # Carriers' names keep their order among words from right to left.
    ends = [
        says(
            "closes_by_carrier",
            carriers=f"\u2068{', '.join(w.carriers)}\u2069",
            days=asked.days(w.term),
        )
        for w in terms.closes_by_carrier
    ]
    ends += [says(f"closes_{c.kind}", days=asked.days(c.term)) for c in terms.closes_other_carriers]
    if terms.closes_after_receipt:
        ends.append(says("closes_after_receipt", days=asked.days(terms.closes_after_receipt)))
    combined = [says(terms.closes_combine)] if terms.closes_after_receipt else []
    yield asked.answer("closes", [says("closes_latest"), *combined, says("closes_unsent")], ends)
    yield asked.answer("no_answer_yet", [says("write_first")], _steps(asked, "protection"))
    yield asked.answer("over", [says("over")])


def _reasons(asked: _Asked) -> Iterable[Answer]:
    for reason in asked.terms.reasons.values():
        yield Answer(
            f"reason_{reason.code}",
            asked.wording.reason(reason.code),
            (asked.wording.reason_hint(reason.code),),
            tuple(_needs(asked, reason)),
        )
    files = str(asked.terms.limits.evidence_per_side)
    yield asked.answer("files", [asked.words.helping("files", count=files)])


def _needs(asked: _Asked, reason: Reason) -> Iterable[str]:
    says, wording = asked.words.helping, asked.wording
    if reason.received != "either":
        yield says(f"received_{reason.received}")
    for allowed in reason.remedies:
        part = "ask_part" if allowed.part_only else "ask"
        nothing_came = allowed.remedy == "refund" and reason.received == "no"
        # What never came is not kept.
        remedy = says("money_back") if nothing_came else wording.remedy(allowed.remedy)
        yield says(part, remedy=remedy)
    for side, proofs in (
        ("buyer", reason.evidence_from_buyer),
        ("seller", reason.evidence_from_seller),
    ):
        for proof in proofs:
            yield says(f"{side}_{_weight(proof)}", proof=wording.proof(proof.code))
    if reason.allows("return_and_refund"):
        yield says(f"pays_return_{reason.pays_return}")
    if reason.own_window:
        yield says("own_window")
    if reason.no_return_asked:
        yield says("no_return_asked")


def _weight(proof: EvidenceAsked) -> str:
    if proof.on_record:
        return "on_record"
    return "needed" if proof.essential else "helps"


def _dispute(asked: _Asked) -> Iterable[Answer]:
    clocks, says = asked.terms.clocks, asked.words.helping
    yield asked.answer("what_first", [says("settle_first")])
    longer = clocks.seller_answers_within_with_more_time
    more = [says("more_time", days=asked.days(longer))] if longer else []
    yield asked.answer("how_long", points=[*_steps(asked, "steps"), *more])
    yield asked.answer(
        "counted", [says("counted"), says("outage", days=asked.days(clocks.outage_extends_after))]
    )


def _rulings(asked: _Asked) -> Iterable[Answer]:
    terms, says = asked.terms, asked.words.helping
    yield asked.answer("ruling", [says("ruling"), says("ruling_says")])
    yield asked.answer("how_long_ruling", points=_steps(asked, "rulings"))
    cap = terms.platform.honours_up_to.get(asked.currency)
    if cap is not None:
        amount = formatting.money(Money(cap, asked.currency), asked.words.locale)
        yield asked.answer("nobody_rules", [says("honours", amount=amount)])
    grounds = terms.appeals.grounds_in_window if terms.appeals.window else ()
    points = [says("ground_in_window", ground=asked.wording.ground(g)) for g in grounds]
    points += [
        says("ground_any_time", ground=asked.wording.ground(g))
        for g in terms.appeals.grounds_any_time
    ]
    yield asked.answer("appeal", [says("appeal")], points)
    yield asked.answer("how_long_appeal", points=_steps(asked, "appeals"))


def _returns(asked: _Asked) -> Iterable[Answer]:
    returns, says = asked.terms.returns, asked.words.helping
    yield asked.answer(
        "who_pays_return",
        [says("fault_pays")],
        [
            says(f"pays_{side}", reason=asked.wording.reason(reason.code))
            for side in ("seller", "buyer")
            for reason in asked.terms.reasons.values()
            if reason.pays_return == side and reason.allows("return_and_refund")
        ],
    )
    yield asked.answer("how_long_return", points=_steps(asked, "returns"))
    yield asked.answer(
        "lost",
        points=[
            says(f"lost_seller_{returns.lost_when_seller_pays}"),
            says(f"lost_buyer_{returns.lost_when_buyer_pays}"),
        ],
    )
    above = format_percent(
        Decimal(returns.suggest_without_return_above_percent).scaleb(-2), locale=asked.words.locale
    )
    yield asked.answer("not_worth_sending", [says("not_worth_sending", percent=above)])


def _money(asked: _Asked) -> Iterable[Answer]:
    refunds, says = asked.terms.refunds, asked.words.helping
    yield asked.answer(
        "when_money",
        [says("arrives", first=str(refunds.arrives_from_working_days.days),
              last=str(refunds.arrives_until_working_days.days))],
    )  # fmt: skip
    routes = refunds.other_routes.routes if refunds.other_routes.chosen_within else ()
    ways = [says("other_ways")] if routes else []
    yield asked.answer("same_way", [says("same_way"), *ways], map(asked.wording.route, routes))
    again = says("tried_again", count=str(refunds.retries))
    yield asked.answer("how_long_money", points=[*_steps(asked, "money"), again])
    yield asked.answer("money_missing", [says("money_missing")])


def _steps(asked: _Asked, topic: str) -> Iterable[str]:
    """Each step: how long, from when, and what silence means."""
    words = asked.words
    for step in STEPS[topic]:
        what = words.step(step.what)
        since = words.help.get(f"since_{step.since}") or words.anchor(step.since)
        then = words.then_of(step.what)
        if step.days is None:
            yield words.helping("step_of_carrier", step=what, since=since, then=then)
        elif term := step.days(asked.terms):
            yield words.helping("step", step=what, days=asked.days(term), since=since, then=then)


_TOPICS: dict[str, Callable[[_Asked], Iterable[Answer]]] = {
    "protection": _protection,
    "reasons": _reasons,
    "dispute": _dispute,
    "rulings": _rulings,
    "returns": _returns,
    "money": _money,
}
