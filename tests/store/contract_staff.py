"""What every store must do with the accounts of the platform's own people."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace

from amends.engine.staff import Secrets, SettingUp, TiesAsked
from amends.engine.store import Store, Write
from amends.kernel.decision import Content, FoundBy
from amends.kernel.people import Role, Ties
from amends.kernel.record import Row
from tests.store.given import (
    DAY,
    NOW,
    Reopen,
    account,
    dispute_row,
    event,
    order_row,
    state,
)

MIA = account(
    "mia", "Mia@amends.example", languages=("en", "ru"), categories=("clothing",),
    limits={"USD": 50_000}, reports_to="vera", capacity=12, away_until=NOW + DAY,
    interests=("s9", "b9"),
)  # fmt: skip
SECRETS = Secrets("$argon2id$...", "JBSWY3DPEHPK3PXP")


def set_up(store: Store, person: str, *codes: str) -> None:
    """As by somebody who followed their link at time step 5."""
    assert SECRETS.second
    assert SECRETS.password
    store.staff.begin_set_up(person, f"link of {person}", NOW + DAY, SECRETS.second)
    assert store.staff.finish_set_up(f"link of {person}", SECRETS.password, 5, codes)


class StaffContract:
    def test_accounts_are_found_by_id_and_by_e_mail(self, store: Store, reopen: Reopen) -> None:
        store.staff.add(MIA)
        store.staff.add(account("ada"))
        staff = reopen().staff
        assert staff.account("mia") == MIA
        assert staff.account("bob") is None
        assert [a.member.person for a in staff.accounts()] == ["ada", "mia"]
        assert staff.members() == {"ada": account("ada").member, "mia": MIA.member}
        assert staff.member("mia") == MIA.member
        assert staff.member("bob") is None
        assert staff.person_at("MIA@amends.example ") == "mia"
        assert staff.person_at("bob@amends.example") is None

    def test_id_and_e_mail_are_one_accounts_only(self, store: Store) -> None:
        store.staff.add(MIA)
        store.staff.add(account("ada"))
        for twin in (account("mia", "other@x"), account("other", "mia@AMENDS.example")):
            with pytest.raises(ValueError, match="account"):
                store.staff.add(twin)
        with pytest.raises(ValueError, match="e-mail"):
            store.staff.change(account("ada", MIA.email))
        assert store.staff.account("ada") == account("ada")

    def test_a_change_leaves_the_secrets(self, store: Store) -> None:
        store.staff.add(MIA)
        set_up(store, "mia")
        demoted = replace(MIA, member=replace(MIA.member, role=Role.SUPPORT), name="Mia O.")
        assert store.staff.change(demoted)
        assert store.staff.account("mia") == replace(demoted, ready=True)
        assert store.staff.secrets("mia") == SECRETS
        assert not store.staff.change(account("bob"))

    def test_a_set_up_counts_when_it_is_finished(self, store: Store) -> None:
        store.staff.add(MIA)
        assert store.staff.secrets("mia") == store.staff.secrets("bob") == Secrets()
        store.staff.begin_set_up("mia", "first", NOW + DAY, "FIRST")
        store.staff.begin_set_up("mia", "token", NOW + DAY, "SECOND")
        assert store.staff.setting_up("first", NOW) is None
        assert store.staff.setting_up("token", NOW + DAY) is None
        assert store.staff.setting_up("token", NOW) == SettingUp("mia", "SECOND")
        assert store.staff.account("mia") == MIA
        assert store.staff.finish_set_up("token", "hash", 5, ("aaaa",))
        assert store.staff.secrets("mia") == Secrets("hash", "SECOND")
        assert store.staff.account("mia") == replace(MIA, ready=True)
        assert not store.staff.use_code("mia", 5)
        store.staff.set_password("mia", "another")
        assert store.staff.secrets("mia") == Secrets("another", "SECOND")

    def test_a_set_up_is_finished_by_one_of_many(self, store: Store, reopen: Reopen) -> None:
        store.staff.add(MIA)
        store.staff.begin_set_up("mia", "token", NOW + DAY, "SECOND")
        got: list[bool] = []

        def finish(store: Store, n: int) -> None:
            got.append(store.staff.finish_set_up("token", f"hash {n}", n, (f"code {n}",)))

        stores = [store, reopen()]
        threads = [
            threading.Thread(target=finish, args=(s, n)) for n, s in enumerate(stores * 3, start=1)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(got) == 1
        assert store.staff.recovery_codes_left("mia") == 1
        assert store.staff.setting_up("token", NOW) is None

    def test_forgotten_secrets_open_nothing(self, store: Store) -> None:
        store.staff.add(MIA)
        set_up(store, "mia", "aaaa")
        store.staff.begin_set_up("mia", "token", NOW + DAY, "NEXT")
        store.staff.forget_secrets("mia")
        assert store.staff.secrets("mia") == Secrets()
        assert store.staff.setting_up("token", NOW) is None
        assert store.staff.recovery_codes_left("mia") == 0
        assert store.staff.account("mia") == MIA

    def test_a_code_works_once_and_earlier_ones_never_again(self, store: Store) -> None:
        store.staff.add(MIA)
        assert store.staff.use_code("mia", 7)
        assert not store.staff.use_code("mia", 7)
        assert not store.staff.use_code("mia", 6)
        assert store.staff.use_code("mia", 8)
        assert not store.staff.use_code("bob", 9)

    def test_a_recovery_code_works_once_for_its_owner(self, store: Store) -> None:
        store.staff.add(MIA)
        store.staff.add(account("ada"))
        set_up(store, "mia", "aaaa", "bbbb")
        set_up(store, "ada")
        assert not store.staff.use_recovery_code("ada", "aaaa")
        assert store.staff.use_recovery_code("mia", "aaaa")
        assert not store.staff.use_recovery_code("mia", "aaaa")
        assert store.staff.recovery_codes_left("mia") == 1
        set_up(store, "mia", "cccc")
        assert not store.staff.use_recovery_code("mia", "bbbb")

    def test_an_erased_persons_account_lets_nobody_in(self, store: Store) -> None:
        store.staff.add(MIA)
        set_up(store, "mia")
        assert store.records.erase("mia")
        left = store.staff.account("mia")
        assert left is not None
        assert (left.name, left.email, left.member.disabled, left.ready) == ("", "", True, False)
        assert store.staff.secrets("mia") == Secrets()
        assert store.staff.person_at(MIA.email) is None
        store.staff.add(account("mia2", MIA.email))
        assert store.staff.change(account("mia", "again@amends.example"))
        assert store.staff.account("mia") == account("mia", "again@amends.example")

    def test_when_somebody_was_last_signed_in(self, store: Store) -> None:
        store.staff.add(MIA)
        store.staff.seen("mia", NOW + DAY)
        store.staff.seen("nobody", NOW)
        assert store.staff.members() == {"mia": replace(MIA.member, seen_at=NOW + DAY)}
        store.staff.change(replace(MIA, name="Mia O."))
        known = store.staff.member("mia")
        assert known is not None
        assert known.seen_at == NOW + DAY

    def test_what_binds_somebody_to_the_parties(self, store: Store) -> None:
        def put(order: str, *rows: Row, mail: str = "") -> None:
            text = (Content("c", "ann", "{}", FoundBy(mail, Role.BUYER)),) if mail else ()
            write = Write(order, 0, (event(1, *text),), state(1), rows=rows)
            assert not store.records.write([write])

        store.staff.add(MIA)
        put("A", order_row("ann", 1), mail="MIA@amends.example")  # of s1, where Mia is Ann
        put("B", order_row("bob", 2), dispute_row("B-D1", 5, "eve"))
        put("C", order_row("zoe", 3), Row("contacts", {"person": "uli", "other": "zoe"}, {"at": 3}))

        def asked(person: str, order: str, buyer: str, seller: str, since: int = 0) -> TiesAsked:
            at = NOW.fromtimestamp(since, NOW.tzinfo)
            return TiesAsked(person, order, buyer, seller, at)

        questions = [
            asked("mia", "X", "ann", "s2"),
            asked("mia", "X", "bob", "s1"),
            asked("mia", "A", "ann", "s1"),
            asked("bob", "X", "cid", "s1"),
            asked("bob", "B", "bob", "s1"),
            asked("s1", "X", "bob", "s3"),
            asked("uli", "X", "zoe", "s3"),
            asked("eve", "X", "cid", "s1"),
            asked("eve", "X", "cid", "s1", since=1),
            asked("nil", "X", "ann", "s1"),
        ]
        assert store.staff.ties(questions * 6) == 6 * [
            Ties(("buyer",)),
            Ties((), ("seller",)),
            Ties(("buyer",)),
            Ties((), ("seller",)),
            Ties(("buyer",)),
            Ties((), ("buyer",)),
            Ties((), ("buyer",)),
            Ties(seller_cases=1),
            Ties(),
            Ties(),
        ]
        assert store.staff.ties([]) == []
