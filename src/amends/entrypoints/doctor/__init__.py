"""Whether everything a service needs is there and well, looked at in turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from amends.engine.store import SchemaNotCurrent, Unavailable
from amends.entrypoints.doctor.around import look_around, look_at_database
from amends.entrypoints.doctor.findings import Finding, Premises, failure
from amends.entrypoints.doctor.within import look_within
from amends.policy.library import PinnedPackError
from amends.policy.problems import PackError

__all__ = ["Finding", "examine"]


def examine(premises: Callable[[], Premises], sample: int) -> Iterator[Finding]:
    """What there is to say, in the order in which it is best mended.

    Nothing is changed but what every start changes, and a file that is kept and deleted again.
    ``sample`` is how many orders are replayed. What rests on something that fails is not looked at.
    """
    try:
        found = premises()
    except ValueError as error:
        yield failure("settings", str(error), "mend it in the environment of amends")
        return
    yield from look_around(found)
    try:
        yield from _with_database(found, sample)
    except PackError as error:
        for problem in error.problems:
            yield failure("packs", str(problem), "see: amends policy check")
    except PinnedPackError as error:
        yield failure("packs", str(error), "put the folder back that AMENDS_PACKS names")
    except OSError as error:
        says = f"{error.filename or 'a folder'}: {error.strerror or type(error).__name__}"
        yield failure("folders", says, "look at what is there, and who may write to it")
    except (Unavailable, SchemaNotCurrent, ValueError, sqlite3.Error) as error:
        do = "see that it runs, and that --database or AMENDS_DATABASE names it"
        yield failure("database", str(error).strip(), do)


def _with_database(premises: Premises, sample: int) -> Iterator[Finding]:
    there = look_at_database(premises)
    yield there
    if there.status == "failure":
        return
    service = premises.open_service()
    try:
        yield from look_within(service, premises.providers, sample)
    finally:
        service.close()
