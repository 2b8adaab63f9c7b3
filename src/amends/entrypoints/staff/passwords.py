"""Passwords of the platform's people: hashed with argon2, and not ones that are guessed first."""

from __future__ import annotations

import re
import secrets
import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from amends.kernel.decision import Refused

LEAST = 12
MOST = 200  # a longer text is not hashed: that would be work for whoever wants to keep us busy
# Words that most guessed passwords are made of, whatever is put around them.
_GUESSED = frozenset(
    "abc access account admin administrator amends apple asdf asdfgh asdfghjkl baseball batman"
    " change changeme charlie chocolate company computer correcthorsebatterystaple correct default"
    " donald dragon flower football freedom friday hello hunter iloveyou internet jordan killer"
    " letmein login london love master mediator michael monday monkey mustang password passw0rd"
    " passwort pokemon princess qazwsx qwer qwerty qwertz qwertyuiop qwertzuiop azerty root samsung"
    " secret security server shadow starwars summer sunshine superman support temp temporary test"
    " testing trustno user welcome whatever winter autumn spring yankees zaq zxcvbn zxcvbnm".split()
)
_LOOKS_LIKE = str.maketrans("013457@$!", "oieastasi")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop")
# Hashing takes much memory on purpose, so not everybody's at once.
_at_once = threading.BoundedSemaphore(4)


class Passwords:
    """Hashes and verifies, with parameters that may grow over the years."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """``hasher``: argon2-cffi's own parameters when left out."""
        self._hasher = hasher or PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        """Whoever has no account is to wait as long as whoever has one."""
        return self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """What is kept of it."""
        with _at_once:
            return self._hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether it is the one; with nothing ``kept`` it is none, after the same work."""
        nobodys = self._nobodys
        with _at_once:
            try:
                self._hasher.verify(kept or nobodys, password[:MOST])
            except (VerifyMismatchError, InvalidHashError):
                return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def refuse_password(password: str, *about: str) -> Refused | None:
    """Refuses one that is too short, too long, among the ones guessed first, or made of what is
    known ``about`` its owner: names, e-mail, id."""
    if len(password) < LEAST:
        facts = {"least": LEAST}
        return Refused("password_too_short", facts, ("use_a_sentence",), "invalid", "password")
    if len(password) > MOST:
        most = {"most": MOST}
        return Refused("password_too_long", most, ("use_a_sentence",), "invalid", "password")
    plain = password.casefold()
    parts = {part for text in about for part in re.split(r"[\W_]+", text.casefold())}
    if any(len(part) > 3 and part in plain for part in parts):
        return Refused("password_has_name", {}, ("use_a_sentence",), "invalid", "password")
    if _is_guessed(plain):
        return Refused("password_is_common", {}, ("use_a_sentence",), "invalid", "password")
    return None


def _is_guessed(plain: str) -> bool:
    """One word of the list with decoration, the same few characters again and again, or keys that
    lie side by side."""
    unit = re.fullmatch(r"(.{1,6}?)\1*(.{0,5})", plain)
    if unit and unit[1].startswith(unit[2]) and len(unit[1]) < len(plain) / 2:
        return True
    letters = re.sub(r"[\W\d_]+", "", plain)
    read = re.sub(r"[\W\d_]+", "", plain.strip("0123456789!?.*#-_ ").translate(_LOOKS_LIKE))
    if len(letters) < 4:  # a date, a number
        return True
    for word in (letters, read):
        if word in _GUESSED or any(word in row or word in row[::-1] for row in _ROWS):
            return True
        if any(word == one * (len(word) // len(one)) for one in _GUESSED):
            return True
        # Two such words are no better than one.
        if any(word.startswith(one) and word[len(one) :] in _GUESSED for one in _GUESSED):
            return True
    return False
