"""Who is signed in, and how often somebody tried to."""

from __future__ import annotations

from datetime import timedelta

from amends.engine.sessions import Session
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.people import Actor, PersonId, Role
from amends.store.batch import Values, instant_or_none
from amends.store.emails import Digests
from amends.store.plain import Plain, run
from amends.store.sealing import digest_of

_COLUMNS = "id, person, role, device, begun_at, seen_at, expires_at, proven_at"
_BEGIN = f"INSERT INTO sessions (token, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_FIND = f"SELECT {_COLUMNS} FROM sessions WHERE token = ? AND expires_at > ?"  # noqa: S608
_OF = f"""SELECT {_COLUMNS} FROM sessions WHERE person = ? AND expires_at > ?
    ORDER BY seen_at DESC, id LIMIT 200"""  # noqa: S608
_SEEN = "UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?"
_TRY = """INSERT INTO tries (what, made, last_at, free_at) VALUES (?, 1, ?, ?)
    ON CONFLICT (what) DO UPDATE SET last_at = excluded.last_at,
    made = CASE WHEN tries.last_at < ? THEN 1 ELSE tries.made + 1 END
    WHERE tries.free_at <= excluded.last_at RETURNING made"""
_WAIT = "UPDATE tries SET free_at = ? WHERE what = ?"
FORGOTTEN_AFTER = timedelta(days=1)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)


class SqlSessions:
    """See ``amends.engine.sessions.KeptSessions``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def begin(self, token: str, session: Session) -> None:
        """Keep it by its token's digest."""
        by, proven = session.actor, session.proven_at
        values = (
            digest_of(token), session.id, by.person, by.role.value, session.device,
            to_micros(session.begun_at), to_micros(session.seen_at),
            to_micros(session.expires_at), None if proven is None else to_micros(proven),
        )  # fmt: skip
        run(self._plain, _BEGIN, values)

    def find(self, token: str, now: Instant) -> Session | None:
        """The session under its token."""
        found = self._plain.ask(_FIND, (digest_of(token), to_micros(now)))
        return _session(found[0]) if found else None

    def seen(self, id_: str, at: Instant) -> None:
        """Move it on; an earlier instant than the last changes nothing."""
        run(self._plain, _SEEN, (to_micros(at), id_, to_micros(at)))

    def proven(self, id_: str, at: Instant) -> None:
        """Note the instant."""
        run(self._plain, "UPDATE sessions SET proven_at = ? WHERE id = ?", (to_micros(at), id_))

    def of(self, person: PersonId, now: Instant) -> list[Session]:
        """Those that go on."""
        return [_session(row) for row in self._plain.ask(_OF, (person, to_micros(now)))]

    def end(self, id_: str) -> bool:
        """Forget it."""
        return run(self._plain, "DELETE FROM sessions WHERE id = ?", (id_,)) > 0

    def end_all(self, person: PersonId, *, but: str = "") -> int:
        """Forget them."""
        statement = "DELETE FROM sessions WHERE person = ? AND id <> ?"
        return run(self._plain, statement, (person, but))


class SqlTries:
    """See ``amends.engine.sessions.Tries``."""

    def __init__(self, plain: Plain, digests: Digests) -> None:
        self._plain = plain
        self._digests = digests

    def count(self, what: str, now: Instant, *, free: int) -> Instant | None:
        """One statement decides whether it counts, however many ask at the same time."""
        key, at = self._digests.of(what), to_micros(now)
        with self._plain.writing() as execute:
            made = execute(_TRY, (key, at, at, to_micros(now - FORGOTTEN_AFTER))).fetchone()
            if made is not None:
                wait = wait_after(made[0] - free)
                execute(_WAIT, (to_micros(now + wait), key))
                return None
        (free_at,) = self._plain.ask("SELECT free_at FROM tries WHERE what = ?", (key,))
        return from_micros(free_at[0])

    def forget(self, what: str) -> None:
        """Remove the count."""
        run(self._plain, "DELETE FROM tries WHERE what = ?", (self._digests.of(what),))


def wait_after(beyond: int) -> timedelta:
    """How long the next try waits when ``beyond`` more were made than are free."""
    if beyond < 0:
        return timedelta(0)
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(beyond, 7)))


def _session(row: Values) -> Session:
    id_, person, role, device, begun, seen, expires, proven = row
    return Session(
        id_, Actor(person, Role(role)), device, from_micros(begun), from_micros(seen),
        from_micros(expires), instant_or_none(proven),
    )  # fmt: skip
