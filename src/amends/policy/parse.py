"""From a pack's decoded files to its terms, or to everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from amends.kernel.instants import Instant
from amends.policy import sections
from amends.policy.contradictions import note_contradictions
from amends.policy.digest import digest_of
from amends.policy.extending import Documents, extended
from amends.policy.problems import PackError, did_you_mean
from amends.policy.reading import Reading, Sheet
from amends.policy.terms import Terms

FILES = (
    "pack.toml",
    "windows.toml",
    "remedies.toml",
    "evidence.toml",
    "clocks.toml",
    "rulings.toml",
    "returns.toml",
    "limits.toml",
)
_UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)


def parse(documents: Documents, base: Documents | None = None) -> Terms:
    """The terms in a pack's files, given as decoded TOML by file name; digest filled in.

    ``base`` holds the files of the pack named by ``extends`` in pack.toml, whose values stand
    wherever this pack gives none of its own.

    Raises PackError with every problem found: unknown, missing or mistyped keys, wrong units,
    gaps, overlaps and contradictions.
    """
    giver = base_of(documents)
    if giver is not None and base is not None:
        documents = extended(documents, base, " ".join(giver))
    reading = Reading(_names(documents.get("pack.toml", {}).get("sources")))
    if giver is not None and base is None:
        reading.note(
            "pack.toml", "extends", f"there is no pack {' '.join(giver)}", "name one that exists"
        )
    for name in documents:
        if name not in FILES:
            reading.note(name, "", "no file of a pack", did_you_mean(name, FILES))
    file = {name: _sheet(reading, documents, name) for name in FILES}
    head = file["pack.toml"]
    pack_id, version, title = (head.text(key) for key in ("id", "version", "title"))
    in_force_from, described = _in_force_from(head), _sources(head)
    _remark(head)
    head.close()
    reasons = sections.reasons(file["remedies.toml"], file["evidence.toml"])
    appeals, ruling_reasons, clauses = sections.rulings(file["rulings.toml"], reasons)
    returns, refunds = sections.returns(file["returns.toml"])
    judging = sections.judging(file["limits.toml"])
    platform, limits = sections.limits(file["limits.toml"])
    terms = Terms(
        id=pack_id,
        version=version,
        title=title,
        in_force_from=in_force_from,
        sources=described,
        windows=sections.windows(file["windows.toml"]),
        reasons=reasons,
        clocks=sections.clocks(file["clocks.toml"]),
        appeals=appeals,
        returns=returns,
        refunds=refunds,
        platform=platform,
        limits=limits,
        ruling_reasons=ruling_reasons,
        clauses=clauses,
        cited=reading.cited,
        judging=judging,
    )
    note_contradictions(terms, reading)
    if reading.problems:
        raise PackError(reading.problems)
    return replace(terms, digest=digest_of(terms))


def base_of(documents: Documents) -> tuple[str, str] | None:
    """Id and version of the pack that these files extend, or None when they stand alone."""
    extends = documents.get("pack.toml", {}).get("extends")
    if not isinstance(extends, Mapping):
        return None
    pack, version = extends.get("pack"), extends.get("version")
    return (pack, version) if isinstance(pack, str) and isinstance(version, str) else None


def _names(described: object) -> tuple[str, ...] | None:
    return tuple(described) if isinstance(described, Mapping) else None


def _sheet(reading: Reading, documents: Documents, name: str) -> Sheet:
    if name in documents:
        return Sheet(reading, name, documents[name])
    reading.note(name, "", "the file is missing", "write it, or extend a pack that has it")
    return Sheet(Reading(None), name, {})


def _in_force_from(head: Sheet) -> Instant:
    value = head.take("in_force_from", "2026-01-01T00:00:00Z")
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if value is not None:
        head.note(
            "in_force_from",
            f"an instant with its zone is wanted here, not {value}",
            "write: in_force_from = 2026-01-01T00:00:00Z",
        )
    return _UNKNOWN


def _sources(head: Sheet) -> dict[str, str]:
    table = head.child("sources", "a table that describes each source")
    return {} if table is None else {name: table.text(name) for name in table.table}


def _remark(head: Sheet) -> None:
    base = head.child("extends", '{ pack = "...", version = "..." }', optional=True)
    if base is not None:
        base.text("pack")
        base.text("version")
        base.close()
    if "note" in head.table:
        head.text("note")
