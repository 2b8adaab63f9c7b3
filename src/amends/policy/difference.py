"""Two packs compared value by value, as they are laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from amends.policy.explain import Entry, Section, explain
from amends.policy.terms import Terms

_NOTHING = "none"
_Key = tuple[str, str]


class Change(Struct, frozen=True):
    """A value that is not the same in both packs: None where one of them does not have it.

    ``gone`` and ``added``: the codes that differ, where the value is a list of them.
    """

    old: Entry | None
    new: Entry | None
    gone: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def entry(self) -> Entry:
        """The newer one there is. Raises ValueError when there is neither."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a change of nothing")
        return found


class ChangedSection(Struct, frozen=True):
    """What differs in a section of ``explain``, in its order; what the old pack alone has comes
    last."""

    name: str
    changes: tuple[Change, ...]


def difference(old: Terms, new: Terms) -> tuple[ChangedSection, ...]:
    """The sections in which values differ; () when all values are the same.

    Words and sources are no values: where only they differ, nothing does. Carriers are compared one
    by one, and told together again where the same became of them.
    """
    compared = (
        ChangedSection(before.name, tuple(_joined(_changes(before, after))))
        for before, after in zip(explain(old), explain(new), strict=True)
    )
    return tuple(section for section in compared if section.changes)


def _changes(before: Section, after: Section) -> Iterable[Change]:
    old, new = _by_key(before), _by_key(after)
    for key in dict.fromkeys((*new, *old)):
        was, is_ = old.get(key), new.get(key)
        if was is None or is_ is None:
            yield Change(was, is_)
        elif (was.value, was.unit) != (is_.value, is_.unit):
            had, has = _codes(was), _codes(is_)
            yield Change(
                was,
                is_,
                tuple(code for code in had if code not in has),
                tuple(code for code in has if code not in had),
            )


def _by_key(section: Section) -> dict[_Key, Entry]:
    """Entries by what they are about; each carrier has one of its own."""
    found: dict[_Key, Entry] = {}
    for entry in section.entries:
        each = entry.of.split(", ") if section.name == "windows" else (entry.of,)
        found.update(((entry.rule, of), replace(entry, of=of)) for of in each)
    return found


def _codes(entry: Entry) -> tuple[str, ...]:
    """The codes of a value that is a list; () when it is a number."""
    if entry.unit or entry.value == _NOTHING:
        return ()
    return tuple(entry.value.split(", "))


def _joined(changes: Iterable[Change]) -> Iterable[Change]:
    """Carriers of which the same became, in one change."""
    together: dict[tuple[Entry | None, Entry | None], list[Change]] = {}
    for change in changes:
        alike = tuple(e and replace(e, of="") for e in (change.old, change.new))
        together.setdefault((alike[0], alike[1]), []).append(change)
    for same in together.values():
        of = ", ".join(filter(None, (change.entry.of for change in same)))
        first = same[0]
        yield replace(
            first,
            old=first.old and replace(first.old, of=of),
            new=first.new and replace(first.new, of=of),
        )
