"""Addresses with a secret behind a plus sign: ``reply+SECRET@market.example``."""

from __future__ import annotations

from collections.abc import Iterable


def with_secret(address: str, secret: str) -> str:
    """``address`` as one that only whoever was sent it knows."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{secret}@{domain}"


def secrets_in(addresses: Iterable[str], address: str) -> list[str]:
    """The secrets of those that are ``address`` with one, whatever their case, each once."""
    local, _, domain = address.casefold().rpartition("@")
    found = []
    for one in addresses:
        theirs, _, where = one.casefold().rpartition("@")
        base, _, secret = theirs.partition("+")
        if (base, where) == (local, domain) and secret:
            found.append(secret)
    return list(dict.fromkeys(found))
