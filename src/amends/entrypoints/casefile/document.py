"""The case file on paper: the same case in words, in the language that is spoken now."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from amends.engine.documents import (
    Block,
    Direction,
    Document,
    Exhibit,
    Facts,
    Line,
    Prose,
    Said,
    Section,
    Step,
    Table,
    Timeline,
)
from amends.entrypoints.casefile.contents import Contents
from amends.entrypoints.views.structs import (
    EvidenceView,
    LineRulingView,
    ParcelView,
    PersonView,
    RefundView,
    ReplacementView,
    ReturnView,
    RulingView,
)
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import words_now
from amends.entrypoints.web.story import told
from amends.entrypoints.words import formatting
from amends.entrypoints.words.languages import direction, spoken
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.order.refunds import SHIPPING

# Marks by which a text could show its letters, or an amount's digits, in another order.
_REORDERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_MOST_MESSAGES = 100
# Each line takes memory where it is set; of a text of thousands the rest runs on.
_MOST_LINES = 100
_Fact = tuple[str, Said]


def document_of(contents: Contents, address: str) -> Document:
    """The document; ``address`` is where the platform states its key, "" where nobody knows."""
    writer = _Writer(contents)
    return Document(
        language=spoken(),
        direction=_direction(),
        title=_("Case file of dispute {dispute}").format(dispute=writer.dispute.id),
        subtitle=_("As it stood at {at}").format(at=_at(contents.view.as_of)),
        sections=tuple(writer.sections(address)),
        footer=_("Dispute {dispute}").format(dispute=writer.dispute.id),
        page=_("Page {n} of {all}"),
        made_at=int(contents.view.as_of.timestamp()),
    )


class _Writer:
    """Writes one case's sections."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.dispute = contents.view.dispute
        self.order = contents.view.order
        self.wording = contents.wording
        self.words = words_now()
        self.titles = {line.id: line.title or line.sku or line.id for line in self.order.lines}

    def sections(self, address: str) -> Iterator[Section]:
        """One after the other; what there is nothing of is left out."""
        yield Section(_("Where it stands"), (Facts(tuple(self._standing())),))
        yield Section(_("Parties"), (Facts(tuple(self._parties())),))
        yield Section(_("What was bought"), tuple(self._bought()))
        yield Section(_("What the buyer says"), tuple(self._claim()))
        yield Section(_("What is on the table"), (self._offers(),))
        if self.dispute.ruling:
            yield Section(_("Ruling"), tuple(self._ruling(self.dispute.ruling)))
        if self.dispute.appeal:
            yield Section(_("Appeal"), tuple(self._appeal()))
        if self.dispute.return_:
            yield Section(_("Return"), (Facts(tuple(self._return(self.dispute.return_))),))
        if self.dispute.replacement:
            sent = self._sent(self.dispute.replacement)
            yield Section(_("Replacement"), (Facts(tuple(sent)),))
        yield Section(_("Money"), tuple(self._money()))
        yield Section(_("Evidence in this dispute"), tuple(self._evidence()))
        yield Section(_("What happened"), (Timeline(tuple(self._story())),))
        if self.contents.view.messages:
            yield Section(_("Messages"), tuple(self._messages()))
        yield Section(_("How to check this"), tuple(self._checking(address)))

    def _standing(self) -> Iterator[_Fact]:
        of, words = self.dispute, self.words
        yield _("About"), said(self.wording.reason(of.claim.reason))
        ended = of.outcome if of.phase == "closed" else None
        yield _("State"), said(words.outcome(ended) if ended else words.phase(of.phase))
        yield _("Opened"), said(_at(of.opened_at))
        if of.closed_at:
            yield _("Closed"), said(_at(of.closed_at))
        for clock in of.deadlines:
            yield words.step(clock.what), said(f"{_at(clock.at)}\n{clock.then}".strip())
        pack = _("{name}, version {version}").format(
            name=self.wording.name() or of.policy.id, version=of.policy.version
        )
        yield _("Rules"), said(pack)

    def _parties(self) -> Iterator[_Fact]:
        yield _("Buyer"), said(self._person(self.order.buyer))
        yield _("Seller"), said(self._person(self.order.seller))

    @staticmethod
    def _person(of: PersonView) -> str:
        country = formatting.country(of.country) if of.country else ""
        lines = (of.name or "", of.id, country, of.email if isinstance(of.email, str) else "")
        return "\n".join(line for line in lines if line)

    def _bought(self) -> Iterator[Block]:
        order = self.order
        payment = _("{method}, {reference}").format(
            method=f"{order.payment.provider}, {order.payment.method}",
            reference=order.payment.reference,
        )
        yield Facts(
            (
                (_("Order"), said(order.id)),
                (_("Ordered"), said(_at(order.placed_at))),
                (_("Payment"), said(payment)),
                (_("Paid in all"), said(formatting.money(order.payment.captured))),
            )
        )
        rows = [
            (said(self.titles[line.id]), said(str(line.quantity)),
             said(formatting.money(line.unit_price)), said(formatting.money(line.paid)))
            for line in order.lines
        ]  # fmt: skip
        if order.shipping.price.amount:
            paid = said(formatting.money(order.shipping.price))
            rows.append((said(_("Shipping")), said(""), said(""), paid))
        yield Table((_("Item"), _("Quantity"), _("Price"), _("Paid")), tuple(rows))
        for line in order.lines:
            listing = line.listing if isinstance(line.listing, dict) else {}
            if text := listing.get("text"):
                heading = _("The listing of {item}").format(item=self.titles[line.id])
                yield Prose(said(heading))
                yield Prose(said(str(text)), quoted=True)
        for parcel in order.shipments:
            yield Facts(tuple(self._sent(parcel)))

    def _claim(self) -> Iterator[Block]:
        claim = self.dispute.claim
        lines = "\n".join(f"{self.titles.get(of.line, of.line)} × {of.quantity}"
                          for of in claim.lines)  # fmt: skip
        yield from self._quoted(claim.description, claim.erased is True)
        facts = [
            (_("Item"), said(lines)),
            (_("Asks for"), said(self._award(claim.remedy, claim.amount))),
            (_("Did the goods come?"), said(_("Yes") if claim.received else _("No"))),
        ]
        if claim.tried_to_settle:
            facts.append((_("Before, with the seller"), said(claim.tried_to_settle)))
        yield Facts(tuple(facts))

    def _award(self, remedy: str, amount: Money) -> str:
        if remedy == "refund" and not amount.amount:
            return _("No refund")
        name = self.wording.remedy(remedy)
        if not amount.amount:
            return name
        return _("{remedy}, {amount}").format(remedy=name, amount=formatting.money(amount))

    def _offers(self) -> Block:
        rows = tuple(
            (
                said(offer.id),
                said(self.words.person(offer.by)),
                said(_at(offer.at)),
                # The claim is offer one, and its words stand above.
                said("\n".join(filter(None, (self._award(offer.remedy, offer.amount),
                                             offer.note if number else "")))),
                said(self.words.label(offer.status)),
            )
            for number, offer in enumerate(self.dispute.offers)
        )  # fmt: skip
        return Table((_("Offer"), _("From"), _("When"), _("Who pays what"), _("State")), rows)

    def _ruling(self, ruling: RulingView) -> Iterator[Block]:
        words = self.words
        decided = _("{finding}: {award}.").format(
            finding=words.label(ruling.finding), award=self._award(ruling.remedy, ruling.amount)
        )
        yield Prose(said(decided))
        yield from self._quoted(ruling.text, ruling.erased is True)
        facts = [(_("When"), said(_at(ruling.at))), *self._grounds(ruling)]
        if ruling.remedy == "return_and_refund":
            facts.append(
                (_("Postage back is paid by"), said(words.label(ruling.return_postage_paid_by)))
            )
        if ruling.accepted_by:
            accepted = _(", ").join(words.label(side) for side in ruling.accepted_by)
            facts.append((_("Accepted by"), said(accepted)))
        yield Facts(tuple(facts))
        for line in ruling.lines:
            yield Prose(said(_("{item}: {award}").format(
                item=self.titles.get(line.line, line.line),
                award=self._award(line.remedy, line.amount),
            )))  # fmt: skip
            yield Facts(
                (*self._grounds(line), *([(_("Text"), said(line.text))] if line.text else []))
            )
        for clause in ruling.clauses:
            yield Prose(said(self.wording.clause(clause)))
            yield Prose(said(self.wording.clause_text(clause)), quoted=True)

    def _grounds(self, of: RulingView | LineRulingView) -> Iterator[_Fact]:
        yield _("Found"), said(self.words.label(of.finding))
        yield _("Because"), said("\n".join(map(self.wording.ruling_reason, of.reasons)))
        yield _("Rules"), said("\n".join(map(self.wording.clause, of.clauses)))
        yield _("Evidence"), said(", ".join(of.evidence) or _("None was given."))

    def _appeal(self) -> Iterator[Block]:
        appeal = self.dispute.appeal
        assert appeal is not None  # noqa: S101 - its section is written where there is one
        yield Prose(said(_("{who} appealed: {ground}.").format(
            who=self.words.label(appeal.by), ground=self.wording.ground(appeal.grounds)
        )))  # fmt: skip
        yield from self._quoted(appeal.text, appeal.erased is True)
        yield Facts(((_("When"), said(_at(appeal.at))),))
        if appeal.decision:
            yield Prose(said(self.words.label(appeal.decision)))
            yield from self._quoted(appeal.decision_text, appeal.erased is True)

    def _return(self, back: ReturnView) -> Iterator[_Fact]:
        yield _("Postage is paid by"), said(self.words.label(back.paid_by))
        yield from self._sent(back)
        if back.condition:
            lines = (self.words.label(back.condition), back.note or "",
                     _at(back.inspected_at) if back.inspected_at else "")  # fmt: skip
            yield _("Inspected"), said("\n".join(lines))

    @staticmethod
    def _sent(parcel: ParcelView | ReturnView | ReplacementView) -> Iterator[_Fact]:
        if parcel.shipped_at:
            number = f"{parcel.carrier} {parcel.tracking_number}"
            yield _("Sent"), said(f"{number}\n{_at(parcel.shipped_at)}")
        if parcel.delivered_at:
            yield _("Arrived"), said(_at(parcel.delivered_at))

    def _money(self) -> Iterator[Block]:
        yield Facts(
            (
                (_("Claimed"), said(formatting.money(self.dispute.claim.amount))),
                (_("Refunded so far"), said(formatting.money(self.order.refunded))),
                (_("Can still be refunded"), said(formatting.money(self.order.refundable))),
            )
        )
        if not self.dispute.refunds:
            yield Prose(said(_("No refund was instructed in this dispute.")))
        for refund in self.dispute.refunds:
            yield Facts(tuple(self._refund(refund)))
        for taken in self.dispute.chargebacks:
            state = self.words.label(taken.outcome) if taken.outcome else _("it is still deciding")
            yield Facts(
                (
                    (_("Taken back by a bank"), said(formatting.money(taken.amount))),
                    (_("When"), said(_at(taken.at))),
                    (_("State"), said(state)),
                )
            )

    def _refund(self, refund: RefundView) -> Iterator[_Fact]:
        yield _("Refund"), said(f"{refund.id}: {formatting.money(refund.amount)}")
        lines = (self.titles.get(line, _("Shipping") if line == SHIPPING else line)
                 for line in refund.lines)  # fmt: skip
        yield _("Item"), said("\n".join(lines))
        yield _("State"), said(f"{self.words.refund_state(refund.state)}\n{_at(refund.since)}")
        yield _("Instructed"), said(_at(refund.recorded_at))
        if refund.provider_reference:
            yield _("Payment provider's reference"), said(refund.provider_reference)
        if refund.bank_reference:
            yield _("Bank's reference"), said(refund.bank_reference)

    def _evidence(self) -> Iterator[Block]:
        shown = {proof.id: proof for proof in self.order.evidence}
        for proof in self.contents.proofs:
            yield self._exhibit(shown[proof.id])
        if not self.contents.proofs:
            yield Prose(said(_("No files yet.")))

    def _exhibit(self, proof: EvidenceView) -> Exhibit:
        named = self.wording.proof(proof.kind)
        kind = named if named != proof.kind else self.words.label(proof.kind)
        facts = [(_("From"), said(self.words.person(proof.by))), (_("When"), said(_at(proof.at)))]
        if proof.name:
            facts.append((_("File"), said(proof.name)))
        if proof.removed:
            facts.append(
                (_("Taken out of it"), said(", ".join(map(self.words.label, proof.removed))))
            )
        if proof.erased is True:
            facts.append((_("File"), said(_gone())))
        name = _("Evidence {id}, {kind}").format(id=proof.id, kind=kind)
        picture = proof.id if proof.media_type.startswith("image/") else ""
        return Exhibit(name, tuple(facts), f"SHA-256 {proof.digest}", picture, name)

    def _story(self) -> Iterator[Step]:
        for event in self.contents.story:
            happened = told(event, self.order.currency, self.wording)
            yield Step(_at(happened.at), said(happened.sentence), said(happened.said))

    def _messages(self) -> Iterator[Block]:
        messages = self.contents.view.messages
        if len(messages) > _MOST_MESSAGES:
            yield Prose(said(_("The last of {count}; all of them are in case.json.").format(
                count=len(messages)
            )))  # fmt: skip
        steps = (
            Step(_at(m.at), said(" ".join((self.words.person(m.by), *m.pictures))),
                 said(m.text if m.text is not None else _gone()))
            for m in messages[-_MOST_MESSAGES:]
        )  # fmt: skip
        yield Timeline(tuple(steps))

    def _checking(self, address: str) -> Iterator[Block]:
        last = self.contents.links[-1]
        how = _(
            "This document belongs to a ZIP file, which holds the same case as data, the evidence"
            " itself and what is needed to check them. The READ ME in it says how, step by step."
        )
        yield Prose((Line(how, _direction()),))
        facts = [(_("Last event on record"), said(f"{last.number}\n{last.hash}"))]
        if address:
            facts.append((_("The platform's key is stated at"), said(address)))
        yield Facts(tuple(facts))

    @staticmethod
    def _quoted(text: str | None, erased: bool) -> Iterator[Block]:
        if text or erased:
            yield Prose(said(text or _gone()), quoted=True)


def said(text: str) -> Said:
    """A text without what would reorder it, each line running as its first letter does."""
    kept = "".join(c for c in text if c not in _REORDERS and (c >= " " or c in "\n\t"))
    lines = [line for line in kept.split("\n") if line.strip()]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = [" ".join(lines[_MOST_LINES - 1 :])]
    return tuple(Line(line, _running(line)) for line in lines)


def _running(line: str) -> Direction:
    for letter in line:
        match unicodedata.bidirectional(letter):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return _direction()


def _direction() -> Direction:
    return "rtl" if direction(spoken()) == "rtl" else "ltr"


def _at(at: Instant) -> str:
    return formatting.dated_instant(at)


def _gone() -> str:
    return _("The person who wrote this was erased, and the text with them.")
