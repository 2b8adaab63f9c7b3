"""What every store must do with addresses for mail, choices, and what waits for the day's mail."""

from __future__ import annotations

import threading

from amends.engine.correspondence import Addressed, Waiting
from amends.engine.store import Store
from amends.kernel.people import Actor, Role
from tests.store.given import NOW, SECOND, Reopen

ANN, BOB = Actor("ann", Role.BUYER), Actor("bob", Role.SELLER)
SELLING_ANN = Actor("ann", Role.SELLER)
REPLY = Addressed(ANN, "A-1")


class CorrespondenceContract:
    def test_an_address_stays_the_same_and_leads_to_whose_it_is(
        self, store: Store, reopen: Reopen
    ) -> None:
        kept = store.correspondence
        assert kept.known("reply", REPLY) is None
        secret = kept.address("reply", REPLY)
        again = reopen().correspondence
        assert again.address("reply", REPLY) == again.known("reply", REPLY) == secret
        assert again.addressed("reply", secret.upper()) == REPLY
        assert len(secret) == 32
        assert secret.isalnum()

    def test_each_address_is_for_one_thing(self, store: Store) -> None:
        kept = store.correspondence
        others = [Addressed(BOB, "A-1"), Addressed(ANN, "A-2"), Addressed(SELLING_ANN, "A-1")]
        secrets = {kept.address("reply", of) for of in [REPLY, *others]}
        calendar = kept.address("calendar", REPLY)
        assert len({*secrets, calendar}) == 5
        assert kept.addressed("reply", calendar) is None
        assert kept.addressed("calendar", calendar) == REPLY
        assert kept.addressed("reply", "a" * 32) is None

    def test_what_was_revoked_leads_nowhere_and_never_comes_back(self, store: Store) -> None:
        kept = store.correspondence
        first = kept.address("calendar", REPLY)
        kept.revoke("calendar", REPLY)
        assert kept.addressed("calendar", first) is None
        assert kept.known("calendar", REPLY) is None
        assert kept.address("calendar", REPLY) != first

    def test_two_who_make_one_at_once_get_the_same(self, store: Store) -> None:
        made: list[str] = []
        threads = [
            threading.Thread(
                target=lambda: made.append(store.correspondence.address("mail", REPLY))
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(made) == 4
        assert len(set(made)) == 1

    def test_somebody_chooses_for_each_of_their_hats(self, store: Store) -> None:
        kept = store.correspondence
        assert kept.choice(ANN) == "daily"
        kept.choose(ANN, "none")
        kept.choose(ANN, "at_once")
        assert (kept.choice(ANN), kept.choice(SELLING_ANN)) == ("at_once", "daily")

    def test_what_waits_is_told_once_the_oldest_first(self, store: Store) -> None:
        kept = store.correspondence
        late = Waiting("A-2", "j2", NOW + SECOND, "parcel_sent", "")
        first = Waiting("A-9", "j1", NOW, "evidence_added", "A-9-D1")
        for one in (late, first, late):
            kept.keep_waiting(ANN, one)
        kept.keep_waiting(BOB, Waiting("A-9", "j3", NOW, "evidence_added", "A-9-D1"))
        assert kept.waiting(ANN, 10) == [first, late]
        assert kept.waiting(ANN, 1) == [first]
        kept.told(ANN, [first])
        assert kept.waiting(ANN, 10) == [late]
        assert len(kept.waiting(BOB, 10)) == 1

    def test_nothing_of_it_is_kept_of_an_erased_person(self, store: Store) -> None:
        kept = store.correspondence
        secret = kept.address("reply", REPLY)
        kept.choose(ANN, "none")
        kept.keep_waiting(ANN, Waiting("A-1", "j", NOW, "parcel_sent", ""))
        bobs = kept.address("calendar", Addressed(BOB, ""))
        store.records.erase("ann")
        assert kept.addressed("reply", secret) is None
        assert kept.choice(ANN) == "daily"
        assert kept.waiting(ANN, 10) == []
        assert kept.addressed("calendar", bobs) == Addressed(BOB, "")
