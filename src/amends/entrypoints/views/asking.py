"""Who looks, at what, with which words: what every view is made from."""

from __future__ import annotations

from functools import lru_cache

from msgspec import UNSET, Struct, UnsetType

from amends.dispute.judge import Option
from amends.dispute.state import Case
from amends.entrypoints.views.structs import OptionView
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words.catalogue import Words, words
from amends.kernel.decision import Fact, Stamp
from amends.kernel.people import STAFF, Actor, Role
from amends.policy.terms import Terms


class Looking(Struct, frozen=True):
    """A case as it stands at the stamp's instant, its terms and texts, who looks, in what words."""

    case: Case
    terms: Terms
    stamp: Stamp
    by: Actor
    texts: Texts
    words: Words

    @property
    def staff(self) -> bool:
        """Whether the asker works for the platform, or is the marketplace's own server."""
        return is_staff(self.by)

    def for_staff(self, value: str | None) -> str | UnsetType | None:
        """``value`` for staff; left out for the parties."""
        return value if self.staff else UNSET


def is_staff(by: Actor) -> bool:
    """Whether ``by`` works for the platform, or is the marketplace's own server."""
    return by.role in STAFF or by.role is Role.MARKETPLACE


def option_view(option: Option, said: Words) -> OptionView:
    """An option with its reason in words."""
    refused = option.refused
    if refused is None:
        return OptionView(type=option.type, allowed=True)
    return OptionView(
        type=option.type,
        allowed=False,
        rule=refused.rule,
        because=_because(said.locale, refused.rule, tuple(refused.facts.items())),
        next=said.steps_to_take(refused.next),
    )


# The same commands cannot be asked for the same reasons in most disputes; telling why was a fifth
# of the time a dispute takes to be shown.
@lru_cache(4096)
def _because(locale: str, rule: str, facts: tuple[tuple[str, Fact], ...]) -> str:
    return words(locale).detail(rule, dict(facts))
