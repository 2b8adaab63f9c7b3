"""What every store must do with sessions, tries, and the e-mails people are found by."""

from __future__ import annotations

import threading
from datetime import timedelta

from msgspec.structs import replace

from amends.engine.store import Store, Write
from amends.kernel.decision import Content, FoundBy
from amends.kernel.people import Actor, Role
from tests.store.given import DAY, NOW, SECOND, Reopen, event, order_row, session, state

BOB = Actor("bob", Role.SELLER)


class SessionsContract:
    def test_a_session_is_found_by_its_token_until_it_is_over(
        self, store: Store, reopen: Reopen
    ) -> None:
        begun = session("s1", until=NOW + SECOND)
        store.sessions.begin("token", begun)
        assert reopen().sessions.find("token", NOW) == begun
        assert store.sessions.find("s1", NOW) is None
        assert store.sessions.find("token", NOW + SECOND) is None

    def test_a_session_says_when_it_was_used_and_proven(self, store: Store) -> None:
        store.sessions.begin("token", session("s1"))
        store.sessions.seen("s1", NOW + 2 * SECOND)
        store.sessions.seen("s1", NOW + SECOND)
        store.sessions.proven("s1", NOW + 3 * SECOND)
        found = store.sessions.find("token", NOW)
        assert found == replace(session("s1"), seen_at=NOW + 2 * SECOND, proven_at=NOW + 3 * SECOND)

    def test_ones_own_sessions_are_listed_and_ended(self, store: Store) -> None:
        sessions = store.sessions
        for token, begun in (
            ("t1", session("s1")), ("t2", session("s2")), ("t3", session("s3", BOB)),
            ("t4", session("s4", until=NOW)),
        ):  # fmt: skip
            sessions.begin(token, begun)
        sessions.seen("s2", NOW + SECOND)
        assert [s.id for s in sessions.of("ann", NOW)] == ["s2", "s1"]
        assert sessions.end("s1")
        assert not sessions.end("s1")
        sessions.begin("t5", session("s5"))
        assert sessions.end_all("ann", but="s5") == 2
        assert [s.id for s in sessions.of("ann", NOW)] == ["s5"]
        assert sessions.end_all("ann") == 1
        assert [s.id for s in sessions.of("bob", NOW)] == ["s3"]


class TriesContract:
    def test_tries_beyond_the_free_ones_wait_longer_each_time(
        self, store: Store, reopen: Reopen
    ) -> None:
        tries, now = store.tries, NOW
        assert tries.count("ann@x", now, free=3) is None
        assert tries.count(" Ann@X ", now, free=3) is None
        assert tries.count("ann@x", now, free=3) is None
        waits = []
        for _ in range(9):
            until = reopen().tries.count("ann@x", now, free=3)
            assert until is not None
            assert tries.count("ann@x", until - SECOND, free=3) == until
            waits.append((until - now).total_seconds())
            assert tries.count("ann@x", until, free=3) is None
            now = until
        assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
        assert tries.count("bob@x", NOW, free=3) is None

    def test_tries_are_forgotten_at_once_or_in_a_day(self, store: Store) -> None:
        tries = store.tries
        assert tries.count("ann", NOW, free=1) is None
        assert tries.count("ann", NOW, free=1) is not None
        tries.forget("ann")
        assert tries.count("ann", NOW, free=1) is None
        later = NOW + DAY + SECOND
        assert tries.count("ann", later, free=1) is None
        assert tries.count("ann", later, free=1) == later + timedelta(seconds=30)

    def test_tries_made_at_once_are_all_counted(self, store: Store, reopen: Reopen) -> None:
        got: list[object] = []
        stores = [store, reopen()]
        threads = [
            threading.Thread(target=lambda s=s: got.append(s.tries.count("ann", NOW, free=3)))
            for s in stores * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(until is None for until in got) == 3


class EmailsContract:
    def put(self, store: Store, order: str, role: Role, person: str, email: str) -> None:
        details = Content(f"{order}.{role}", person, "{}", FoundBy(email, role))
        row = order_row("ann", 1)
        clashed = store.records.write(
            [Write(order, 0, (event(1, details),), state(1), rows=(row,))]
        )
        assert not clashed

    def test_people_are_found_by_e_mail_in_each_role_once(
        self, store: Store, reopen: Reopen
    ) -> None:
        self.put(store, "A", Role.BUYER, "ann", "Ann@Example.com")
        self.put(store, "B", Role.BUYER, "ann", "ann@example.com ")
        self.put(store, "C", Role.SELLER, "ann", "ann@example.com")
        self.put(store, "D", Role.BUYER, "bob", "bob@example.com")
        emails = reopen().emails
        known = emails.known(emails.digest("ANN@example.com"))
        assert sorted(by.role for by in known) == [Role.BUYER, Role.SELLER]
        assert {by.person for by in known} == {"ann"}
        assert emails.known(emails.digest("nobody@example.com")) == []

    def test_an_erased_person_is_not_found_nor_signed_in(self, store: Store) -> None:
        self.put(store, "A", Role.BUYER, "ann", "ann@example.com")
        self.put(store, "B", Role.BUYER, "bob", "bob@example.com")
        store.sessions.begin("token", session("s1"))
        assert store.records.erase("ann")
        assert store.emails.known(store.emails.digest("ann@example.com")) == []
        assert store.emails.known(store.emails.digest("bob@example.com"))
        assert store.sessions.find("token", NOW) is None
