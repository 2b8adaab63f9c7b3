"""What to try in the sample marketplace, and as whom."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.web.language import mark as _
from amends.kernel.people import Actor, Role

# A value of the database as a whole which says that it holds the sample.
SAMPLE = "sample"


class Try(Struct, frozen=True):
    """Somebody to be, the page to begin at, and what can be done there."""

    actor: Actor
    at: str
    what: str


TRIES = (
    Try(
        Actor("olga", Role.BUYER), "/orders",
        _("Buys clothes and home things. Say that something is wrong with an order, answer an offer"
          " (A-1002), look where a refund is."),
    ),
    Try(
        Actor("blouse-house", Role.SELLER), "/disputes",
        _("Sells clothes. Answer the claim that is due first: with money, goods, or a reason."),
    ),
    Try(
        Actor("mikhail", Role.MEDIATOR), "/queue",
        _("Decides what the two cannot settle. Read A-1003 with the proof of both, and rule."),
    ),
    Try(
        Actor("sofia", Role.MEDIATOR), "/queue",
        _("Began this week, and may award a little alone. Rule on her three cases by what their"
          " pages say: a fake, half of a set, a parcel that was delivered to somebody."),
    ),
    Try(
        Actor("anton", Role.APPEALS), "/queue",
        _("Hears appeals of rulings that others made. Read A-1005 again with fresh eyes."),
    ),
    Try(
        Actor("vera", Role.SUPERVISOR), "/queue",
        _("Sees every dispute, gives cases to mediators, steps in where one is late."),
    ),
    Try(
        Actor("ines", Role.SUPPORT), "/support",
        _("Talks to both sides. Somebody was promised a call this morning (A-1016); write down what"
          " is said, and raise what is too large."),
    ),
    Try(
        Actor("frank", Role.FINANCE), "/finance",
        _("Looks after the money: find what a buyer misses (C-3101), and say what money that the"
          " shop gave back by hand stands for (A-1030)."),
    ),
    Try(
        Actor("ada", Role.ADMIN), "/staff",
        _("Lets the platform's people in, and says what each of them may decide."),
    ),
)  # fmt: skip
