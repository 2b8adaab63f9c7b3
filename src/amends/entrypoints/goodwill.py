"""The platform's budget for goodwill, and what was granted of it in a month.

The budget is the operator's: it changes as months go by, and no order was promised anything by it,
so it stands in the settings and in no pack.
"""

from __future__ import annotations

from collections.abc import Mapping

from amends.dispute.judge import CaseCommand
from amends.dispute.state import Case
from amends.engine.store import Views
from amends.kernel.budgets import MonthlyBudget, month_ends, month_of
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.order.decide.open_goodwill_case import OpenGoodwillCase


class GoodwillReader:
    """Answers the engine, which asks before it decides, and the desk.

    ``budgets`` are minor units by currency. Without any there is no limit to a month; with some, a
    currency that is not among them has none to spend.
    """

    def __init__(self, views: Views, budgets: Mapping[str, int]) -> None:
        self._views = views
        self._budgets = budgets

    def __call__(
        self, case: Case, command: CaseCommand | None, by: Actor, at: Instant
    ) -> MonthlyBudget | None:
        """That of the order's currency, when support wants to grant some or to know whether it
        could; nothing is read for anybody else, since nobody else is held to it."""
        wanted = command is None or isinstance(command.command, OpenGoodwillCase)
        if not (self._budgets and wanted and by.role is Role.SUPPORT):
            return None
        currency = case.order.currency
        return self.month(at).get(currency) or MonthlyBudget(0, 0, month_ends(at))

    def month(self, at: Instant) -> dict[str, MonthlyBudget]:
        """Each currency that has a budget or was granted in the month of ``at``, in their order;
        nothing when there are no budgets."""
        if not self._budgets:
            return {}
        found = self._views.totals(
            "goodwill_cases", "amount", ("currency",), {"month": month_of(at)}
        )
        granted = {str(currency): total for (currency,), total in found.items()}
        return {
            currency: MonthlyBudget(
                granted.get(currency, 0), self._budgets.get(currency, 0), month_ends(at)
            )
            for currency in sorted({*self._budgets, *granted})
        }
