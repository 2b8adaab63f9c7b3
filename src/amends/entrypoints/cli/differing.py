"""What differs between two packs, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amends.policy.difference import Change, ChangedSection
from amends.policy.explain import Entry
from amends.policy.wording import Wording


def told(changed: Sequence[ChangedSection], words: Wording) -> Iterator[str]:
    """The lines that say it: section by section, rule by rule."""
    if not changed:
        yield "no difference in values"
    for section in changed:
        yield f"\n{section.name.upper()}"
        label = words.reason if section.name == "reasons" else words.rule
        before = None
        for change in section.changes:
            rule = change.entry.rule
            if rule != before:
                yield f"{rule}: {label(rule)}"
                before = rule
            of = f"{change.entry.of}: " if change.entry.of else ""
            yield f"    {of}{_change(change)}"


def _change(change: Change) -> str:
    old, new = change.old, change.new
    if old is None or new is None:
        return f"{'no longer' if new is None else 'new'}: {_value(change.entry)}"
    if len(change.gone) == len(change.added) <= 1:
        return f"{_value(old)} -> {_value(new)}"
    lists = (("no longer", change.gone), ("added", change.added))
    said = "; ".join(f"{word} {', '.join(codes)}" for word, codes in lists if codes)
    return f"{said}  [{old.source}] -> [{new.source}]"


def _value(entry: Entry) -> str:
    unit = f" {entry.unit}" if entry.unit else ""
    return f"{entry.value}{unit}  [{entry.source}]"
