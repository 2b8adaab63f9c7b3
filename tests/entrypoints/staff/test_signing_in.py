"""What signing in rests on: hashes that age, codes by the clock, and equal work for everybody."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from msgspec.structs import replace

from amends.adapters.ids import new_token
from amends.engine.store import Store
from amends.entrypoints.staff import codes
from amends.entrypoints.staff.limits import read_limits, written_limits
from amends.entrypoints.staff.passwords import Passwords, refuse_password
from amends.entrypoints.staff.roster import Roster, SetUpLink
from amends.entrypoints.staff.signing_in import FREE_TRIES, SignIn, Typed
from amends.entrypoints.words.languages import speaking
from amends.kernel.decision import Refused
from amends.kernel.people import Member, Role
from amends.store import open_store
from tests.store.given import account

NOW = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
PASSWORD = "the tea is cold again"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
SLOWER = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)


@pytest.fixture
def store(empty_database: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(empty_database, tmp_path / "staff.db")
    opened = open_store(tmp_path / "staff.db")
    yield opened
    opened.close()


def ready(store: Store, hasher: PasswordHasher = QUICK) -> tuple[SignIn, str]:
    """m1 with an account, a password and an authenticator, whose secret it is."""
    link = Roster(store, lambda: "t" * 43).add(account("m1"))
    assert isinstance(link, SetUpLink)
    sign_in = SignIn(store, Passwords(hasher))
    setting = store.staff.setting_up("t" * 43, account("m1").since)
    assert setting is not None
    early = account("m1").since
    code = pyotp.TOTP(setting.second).at(early)
    assert isinstance(sign_in.set_up("t" * 43, setting, PASSWORD, code, early), tuple)
    return sign_in, setting.second


def typed(secret: str, at: datetime, **changes: str) -> Typed:
    given = {"email": "m1@amends.example", "password": PASSWORD, "code": pyotp.TOTP(secret).at(at)}
    return Typed(**{**given, **changes})


def test_an_e_mail_with_blanks_around_it_is_no_fresh_account_to_guess_at(store: Store) -> None:
    sign_in, _ = ready(store)
    guesses = (" " * n + "m1@amends.example".upper() + "\t" * n for n in range(FREE_TRIES + 1))
    said = [
        sign_in.sign_in(typed("A" * 32, NOW, email=guess, password="no"), f"::{n}", NOW)
        for n, guess in enumerate(guesses)
    ]
    rules = [one.rule for one in said if isinstance(one, Refused)]
    assert rules == ["sign_in_failed"] * FREE_TRIES + ["too_many_tries"]


def test_a_password_is_hashed_anew_when_the_parameters_grow(store: Store) -> None:
    _, secret = ready(store)
    before = store.staff.secrets("m1").password
    sign_in, at = SignIn(store, Passwords(SLOWER)), NOW + timedelta(minutes=1)
    assert isinstance(sign_in.sign_in(typed(secret, at), "::1", at), Member)
    after = store.staff.secrets("m1").password
    assert after is not None
    assert after != before
    assert "t=2" in after
    at += timedelta(minutes=1)
    assert isinstance(sign_in.sign_in(typed(secret, at), "::1", at), Member)
    assert store.staff.secrets("m1").password == after


def test_nobody_and_somebody_take_as_long(store: Store) -> None:
    """With parameters of 20 ms: what differs besides the hash is lost beside it."""
    hasher = PasswordHasher(time_cost=2, memory_cost=16_384, parallelism=1)
    sign_in, secret = ready(store, hasher)
    times: dict[str, list[float]] = {"m1@amends.example": [], "nobody@amends.example": []}
    for n in range(15):
        at = NOW + timedelta(days=2 * n)
        for email, taken in times.items():
            begun = time.thread_time()
            refused = sign_in.sign_in(typed(secret, at, email=email, password="no"), "::1", at)
            taken.append(time.thread_time() - begun)
            assert isinstance(refused, Refused)
            assert refused.rule == "sign_in_failed"
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert unknown == pytest.approx(known, rel=0.25)


@pytest.mark.parametrize(
    ("seconds", "works"),
    [(-41, False), (-40, True), (0, True), (19, True), (49, True), (50, False)],
)
def test_a_code_counts_half_a_minute_more_on_either_side(seconds: int, works: bool) -> None:
    secret = codes.new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    at = NOW + timedelta(seconds=seconds)
    assert (codes.step_of(secret, f" {code[:3]} {code[3:]} ", at) is not None) is works
    assert codes.step_of(secret, "", at) is None
    assert codes.step_of(secret, "１２３４５６", at) is None


def test_recovery_codes_are_many_long_and_read_as_they_are_typed() -> None:
    made = codes.new_recovery_codes()
    assert len(set(made)) == 10
    for code in made:
        assert codes.plain_recovery_code(code.lower().replace("-", " ")) == code.replace("-", "")
        assert len(code.replace("-", "")) == 16


def test_the_picture_holds_the_address_an_authenticator_reads() -> None:
    secret = codes.new_secret()
    uri = codes.uri_of(secret, "m1@amends.example")
    assert pyotp.parse_uri(uri).secret == secret
    picture = codes.picture_of(uri, "A <title>")
    assert picture.startswith("<svg")
    assert "A &lt;title&gt;" in picture
    assert "<script" not in picture


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("short", "password_too_short"), ("elevenchars", "password_too_short"),
        ("x" * 201, "password_too_long"), ("password1234", "password_is_common"),
        ("Passw0rd!2026", "password_is_common"), ("qwertyuiop12", "password_is_common"),
        ("aaaaaaaaaaaa", "password_is_common"), ("abcabcabcabc", "password_is_common"),
        ("123456789012", "password_is_common"), ("2026-11-22-12", "password_is_common"),
        ("letmeinwelcome", "password_is_common"), ("zyxwvutsrqponm", "password_is_common"),
        ("welcomewelcome", "password_is_common"), ("my olsen is best", "password_has_name"),
        ("AMENDS.EXAMPLE!", "password_has_name"), ("i am maria-louise", "password_has_name"),
    ],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused(password: str, rule: str) -> None:
    refused = refuse_password(password, "Maria-Louise Olsen", "mo@amends.example", "m7")
    assert refused is not None
    assert (refused.rule, refused.field, refused.next) == (rule, "password", ("use_a_sentence",))


@pytest.mark.parametrize("password", ["twelve chars", PASSWORD, "чай опять остыл", "x9!kQ2#vLm4@"])
def test_others_are_taken(password: str) -> None:
    assert refuse_password(password, "Li Wu", "lw@a.example", "m7") is None


def test_limits_are_read_as_they_are_written() -> None:
    limits = read_limits("500 USD, eur 450.50;\n1000 JPY")
    assert limits == {"USD": 500_00, "EUR": 450_50, "JPY": 1000}
    assert isinstance(limits, dict)
    assert written_limits(limits) == "450.50 EUR, 1000 JPY, 500.00 USD"
    assert read_limits(written_limits(limits)) == limits
    assert read_limits(" ") == {}
    assert read_limits("1,000 USD,EUR 1.000,50") == {"USD": 1000_00, "EUR": 1000_50}
    for wrong in ("500", "USD", "5 XXX", "1.000 USD", "5 USD, 6 USD", "-5 USD"):
        refused = read_limits(wrong)
        assert isinstance(refused, Refused), wrong
        assert refused.rule == "limit_unreadable"


def test_limits_are_written_and_read_in_the_language_of_the_page() -> None:
    limits = {"KWD": 1_234, "USD": 500_50}
    with speaking("es"):
        assert written_limits(limits) == "1,234 KWD, 500,50 USD"
        assert read_limits(written_limits(limits)) == limits
        assert isinstance(read_limits("1.234 KWD"), Refused)


def test_reporting_goes_round_in_no_circle(store: Store) -> None:
    roster = Roster(store, new_token)
    for person, above in (("a", None), ("b", "a"), ("c", "b")):
        assert isinstance(roster.add(account(person, reports_to=above)), SetUpLink)
    for above, rule in (("a", "reports_in_a_circle"), ("c", "reports_in_a_circle"),
                        ("x", "no_such_staff")):  # fmt: skip
        refused = roster.change(account("a", reports_to=above))
        assert refused is not None
        assert refused.rule == rule


def test_the_last_admin_stays_one(store: Store) -> None:
    roster = Roster(store, new_token)
    ada, bea = (account(name) for name in ("ada", "bea"))
    first, second = (replace(a, member=replace(a.member, role=Role.ADMIN)) for a in (ada, bea))
    assert isinstance(roster.add(first), SetUpLink)
    refused = roster.disable("ada")
    assert refused is not None
    assert refused.rule == "last_admin"
    assert isinstance(roster.add(second), SetUpLink)
    assert roster.disable("ada") is None
    refused = roster.disable("bea")
    assert refused is not None
