"""The questions of a claim in their order: which of them this order needs, and what is next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.decide.open_dispute import OpenDispute
from amends.entrypoints.views.advice import RemediesView
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.guidance import remedies_view
from amends.entrypoints.views.structs import OrderView
from amends.entrypoints.web.claims import offered
from amends.entrypoints.web.claims.begun import Begun
from amends.entrypoints.web.forms.amounts import read_amount
from amends.entrypoints.web.forms.building import FormContext, inputs_of
from amends.entrypoints.web.forms.contexts import order_context
from amends.entrypoints.web.forms.inputs import Choice, Input, Unit, Wrong, read_all
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words import formatting
from amends.kernel.decision import Refused
from amends.kernel.money import Money
from amends.policy.terms import Remedy
from amends.policy.wording import Wording


class Step(Struct, frozen=True):
    """A page of the claim, the fields of the command it asks for, and what is asked ``beside``
    them, to reckon with."""

    name: str
    fields: tuple[str, ...]
    beside: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[str, ...]:
        """All that is kept of it with the claim."""
        return (*self.fields, *self.beside)


STEPS = (
    Step("received", ("received",)),
    Step("reason", ("reason",)),
    Step("items", ("lines",)),
    Step("remedy", ("remedy", "amount"), beside=("postage",)),
    Step("story", ("description", "tried_to_settle")),
    Step("proof", ("evidence",)),
)
BY_NAME = {step.name: step for step in STEPS}
CHECK = "check"


@dataclass(frozen=True)
class Claiming:
    """A claim about an order as far as it was filled in. What later answers can be depends on the
    earlier ones, and what these rule out counts as not answered."""

    looking: Looking
    order: OrderView
    wording: Wording
    begun: Begun

    @cached_property
    def sides(self) -> dict[bool, tuple[str, ...]]:
        """The reasons, for goods that came and for goods that did not, where there are any."""
        found = {r: offered.reasons(self.looking, received=r) for r in (True, False)}
        return {received: codes for received, codes in found.items() if codes}

    @cached_property
    def received(self) -> bool | None:
        """Whether the goods came: as answered, or as only one answer is possible."""
        if len(self.sides) == 1:
            return next(iter(self.sides))
        given = {"yes": True, "no": False}.get(self.begun.posted.one("received"))
        return given if given in self.sides else None

    @cached_property
    def reason(self) -> str:
        """The reason given, "" when there is none that holds."""
        given = self.begun.posted.one("reason")
        possible = self.sides.get(self.received, ()) if self.received is not None else ()
        return given if given in possible else ""

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Each line, with how many of its units can be claimed for the reason."""
        return tuple(
            Unit(line.id, line.title or line.id, self._units(line.id, line.quantity))
            for line in self.order.lines
        )

    def _units(self, line: str, bought: int) -> int:
        if self.received is None or not self.reason:
            return bought
        return offered.units_of(
            self.looking, line, bought, received=self.received, reason=self.reason
        )

    @cached_property
    def chosen(self) -> dict[str, int] | None:
        """The units chosen; None while none were, or when they cannot be claimed any more."""
        try:
            part = read_all(self.inputs(BY_NAME["items"]), self.begun.posted)
        except Wrong:
            return None
        found = part.get("lines")
        if not isinstance(found, list):
            return None
        return {str(unit["line"]): int(unit["quantity"]) for unit in found}

    @cached_property
    def lines(self) -> dict[str, int]:
        """The units chosen; all there are when nothing was chosen yet."""
        if self.chosen is not None:
            return self.chosen
        return {unit.line: unit.quantity for unit in self.units if unit.quantity}

    @cached_property
    def remedies(self) -> dict[Remedy, int]:
        """What can be asked for these units, with the most that is claimed."""
        if self.received is None or not self.reason:
            return {}
        return offered.remedies(
            self.looking, received=self.received, reason=self.reason, lines=self.lines
        )

    @cached_property
    def worth(self) -> RemediesView:
        """What each remedy would leave, with the postage the buyer was told if they typed it.
        Raises NoAmount where that is no amount."""
        typed, currency = self.begun.posted.one("postage"), self.order.currency
        return remedies_view(
            self.looking, self.reason, self.remedies, self.lines, received=bool(self.received),
            quote=read_amount(typed, currency).amount if typed.strip() else None,
        )  # fmt: skip

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps this order needs: no question whose answer is known."""
        several = sum(line.quantity for line in self.order.lines) > 1
        known = {"received": len(self.sides) < 2, "items": not several}
        return tuple(step for step in STEPS if not known.get(step.name))

    def holds(self, step: Step) -> bool:
        """Whether a step was answered, and can still be answered so."""
        if step.name not in self.begun.done:
            return False
        match step.name:
            case "received":
                return self.received is not None
            case "reason":
                return bool(self.reason)
            case "items":
                return self.chosen is not None and bool(self.remedies)
            case "remedy":
                return self.begun.posted.one("remedy") in self.remedies
            case _:
                return True

    @property
    def next(self) -> str:
        """The first step that wants an answer, or the page where all are checked."""
        return next((step.name for step in self.steps if not self.holds(step)), CHECK)

    def reached(self, name: str) -> bool:
        """Whether a page can be shown: whatever comes before it was answered."""
        for step in self.steps:
            if step.name == name:
                return True
            if not self.holds(step):
                return False
        return name == CHECK

    @cached_property
    def whole(self) -> FormContext:
        """What there is to choose from, whatever was answered so far."""
        return order_context(self.looking, self.order, self.wording)

    @cached_property
    def context(self) -> FormContext:
        """What there is to choose from, after the earlier answers."""
        words = self.wording
        codes = self.sides.get(self.received, ()) if self.received is not None else ()
        choices = {
            **self.whole.choices,
            "open_dispute.reason": tuple(
                Choice(code, words.reason(code), words.reason_hint(code)) for code in codes
            ),
        }
        return replace(self.whole, choices=choices)

    def inputs(self, step: Step) -> tuple[Input, ...]:
        """The questions of a step."""
        context = self.context
        if step.name == "items":
            context = replace(context, units=self.units)
        if step.name == "remedy":
            choices = {**context.choices, "open_dispute.remedy": self._remedy_choices()}
            context = replace(context, choices=choices)
        asked = {question.name: question for question in inputs_of(OpenDispute, context)}
        return tuple(asked[name] for name in step.fields)

    def _remedy_choices(self) -> tuple[Choice, ...]:
        words, money = self.wording, self.looking.case.order.money
        return tuple(
            Choice(
                code,
                words.remedy(code),
                _("Up to {amount}").format(amount=formatting.money(money(most))) if most else "",
            )
            for code, most in self.remedies.items()
        )

    def complete(self) -> Posted:
        """All answers together, those that go without saying among them."""
        beside = {name for step in STEPS for name in step.beside}
        texts = {name: text for name, text in self.begun.texts.items() if name not in beside}
        if "received" not in {step.name for step in self.steps} and self.received is not None:
            texts["received"] = ["yes" if self.received else "no"]
        return Posted(texts)

    def read(self, step: Step, posted: Posted) -> None:
        """Look whether a step is answered as it can be. Raises Wrong, or NotSo with the rule that
        is against it."""
        part = read_all(self.inputs(step), posted)
        if step.name == "items" and not part.get("lines"):
            raise Wrong({"lines": _("Choose at least one.")})
        after = Claiming(
            self.looking, self.order, self.wording,
            self.begun.answered(step.name, step.kept, posted),
        )  # fmt: skip
        refused = after.refused(step)
        if refused:
            raise NotSo(refused)

    def refused(self, step: Step) -> Refused | None:
        """The rule against what was answered up to ``step``, if there is one."""
        if step.name not in ("items", "remedy") or self.received is None or not self.reason:
            return None
        asked = self.begun.posted.one("remedy") if step.name == "remedy" else ""
        allowed = [r.remedy for r in self.looking.terms.reasons[self.reason].remedies]
        chosen = [remedy for remedy in allowed if remedy == asked] or allowed
        amount: Money | None = None
        if step.name == "remedy":
            found = read_all(self.inputs(step), self.begun.posted).get("amount")
            amount = Money(**found) if isinstance(found, dict) else None
        tried = [
            offered.try_claim(
                self.looking, received=self.received, reason=self.reason, remedy=remedy,
                lines=self.lines, amount=amount,
            )
            for remedy in chosen
        ]  # fmt: skip
        refusals = [outcome for outcome in tried if isinstance(outcome, Refused)]
        return refusals[0] if len(refusals) == len(tried) else None


class NotSo(Exception):
    """A rule is against an answer."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.rule)
        self.refused = refused
