"""Checking tracking numbers against the formats and check digits of their carriers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from tracking_numbers import DEFINITIONS
from tracking_numbers.definition import TrackingNumberDefinition

from amends.engine.outside import NumberCheck

LONGEST = 64


class Carrier(Struct, frozen=True):
    """A carrier by the name that is suggested, and how its numbers are told.

    ``family`` is the format library's code. Of postal numbers (``s10``, UPU standard S10) ``post``
    is the country whose post it is and ``service`` how the service's two letters begin.
    ``complete``: the formats known here are all it has, so a number in none of them is wrong.
    """

    name: str
    aliases: tuple[str, ...] = ()
    family: str | None = None
    post: str | None = None
    service: str = ""
    complete: bool = False


def _post(name: str, country: str, *aliases: str) -> Carrier:
    return Carrier(name, aliases, "s10", country)


# Where a name is a part of another carrier's numbers, the narrower one stands first, because the
# first that fits is suggested. Posts have domestic formats beside S10, so theirs are not complete.
CARRIERS = (
    Carrier("UPS", ("United Parcel Service",), "ups", complete=True),
    Carrier("FedEx", ("Federal Express", "FedEx Ground", "FedEx Express"), "fedex", complete=True),
    Carrier("DHL", ("DHL Express",), "dhl"),
    Carrier("TNT", ("TNT Express",)),
    Carrier("SF Express", ("SF", "SF International", "顺丰", "顺丰速运")),
    Carrier("Japan Post EMS", ("Japan EMS", "EMS Japan"), "s10", "JP", "E", complete=True),
    Carrier("EMS", ("Express Mail Service",), "s10", None, "E", complete=True),
    _post("Japan Post", "JP"),
    _post("China Post", "CN", "China Post Registered Air Mail", "ePacket", "中国邮政"),
    _post("Hong Kong Post", "HK", "Hongkong Post", "HK Post"),
    Carrier("USPS", ("United States Postal Service", "US Postal Service"), "usps", "US"),
    _post("Australia Post", "AU", "AusPost"),
    _post("Austrian Post", "AT", "Österreichische Post"),
    _post("Belpochta", "BY", "Belpost"),
    _post("bpost", "BE"),
    _post("Canada Post", "CA", "Postes Canada"),
    _post("Correios", "BR", "Correios Brasil"),
    _post("Correos", "ES", "Correos España"),
    _post("CTT", "PT", "CTT Correios"),
    _post("Czech Post", "CZ", "Česká pošta"),
    _post("Deutsche Post", "DE"),
    _post("Emirates Post", "AE"),
    _post("India Post", "IN"),
    _post("Israel Post", "IL"),
    _post("Kazpost", "KZ"),
    _post("Korea Post", "KR"),
    _post("La Poste", "FR", "Colissimo"),
    _post("Magyar Posta", "HU"),
    _post("Pos Malaysia", "MY", "Malaysia Post"),
    _post("An Post", "IE"),
    _post("Poczta Polska", "PL"),
    _post("Poste Italiane", "IT"),
    _post("Posten Norge", "NO", "Posten"),
    _post("Posti", "FI"),
    _post("PostNL", "NL"),
    _post("PostNord", "SE", "PostNord Sverige"),
    _post("PTT", "TR", "Turkish Post"),
    _post("Royal Mail", "GB", "Parcelforce"),
    _post("Russian Post", "RU", "Почта России", "Pochta Rossii"),
    _post("Saudi Post", "SA"),
    _post("Singapore Post", "SG", "SingPost"),
    _post("Swiss Post", "CH"),
    _post("Thailand Post", "TH"),
    _post("Ukrposhta", "UA"),
    _post("Vietnam Post", "VN", "VNPost"),
)

_S10 = re.compile(r"(?P<service>[A-Z]{2})\d{9}(?P<country>[A-Z]{2})", re.ASCII)
_UPS_LETTERED = re.compile(r"1Z[A-Z0-9]{15}[A-Z]")
_LIKE_S10 = re.compile(r"[A-Z]{2}\d{6,12}[A-Z]{2}", re.ASCII)  # a digit too few or too many
_FORGIVEN = {"s10": {"Courier"}}
_SEPARATORS = re.compile(r"[\s\-.]+")


def check_number(carrier: str, number: str) -> NumberCheck:
    """Whether ``number`` can be one of ``carrier``'s, whose name is read without case and blanks.

    ``normalised`` is the number in capitals without blanks, hyphens and dots. A carrier nobody here
    knows, or one whose formats are not known, makes it ``unchecked``; a wrong check digit, or a
    format that is not among a carrier's complete list, makes it ``invalid``. Whatever is not
    ``valid`` comes with the carriers whose check digit it passes.
    """
    plain = _SEPARATORS.sub("", number).upper()
    known = _by_name().get(_plain(carrier))
    fits = tuple(_fitting(plain))
    if known is not None and known in fits:
        return NumberCheck("valid", True, plain)
    suggests = tuple(dict.fromkeys(c.name for c in fits))
    wrong = known is not None and (known.complete or _looks_like(known, plain))
    return NumberCheck("invalid" if wrong else "unchecked", known is not None, plain, suggests)


def _plain(name: str) -> str:
    return "".join(name.casefold().split())


@cache
def _by_name() -> dict[str, Carrier]:
    return {_plain(name): c for c in CARRIERS for name in (c.name, *c.aliases)}


def _fitting(number: str) -> Iterator[Carrier]:
    """The carriers one of whose formats ``number`` has, its check digit included."""
    if len(number) > LONGEST:
        return
    families = {d.courier.code for d in DEFINITIONS if d.checksum_validator and _passes(d, number)}
    for carrier in CARRIERS:
        if carrier.family in families - {"s10"} or (
            "s10" in families and _is_postal_item_of(carrier, number)
        ):
            yield carrier


def _passes(definition: TrackingNumberDefinition, number: str) -> bool:
    # The library reads a UPS check digit with int() though the format lets a letter stand there.
    if definition.courier.code == "ups" and _UPS_LETTERED.fullmatch(number):
        return False
    found = definition.test(number)
    if found is None:
        return False
    # Its list of postal countries lacks some that have posts (Taiwan, Macao, Bermuda).
    return {name for name, _ in found.validation_errors} <= _FORGIVEN.get(found.courier.code, set())


def _is_postal_item_of(carrier: Carrier, number: str) -> bool:
    item = _S10.fullmatch(number)
    return (
        item is not None
        and (carrier.family == "s10" or carrier.post is not None)
        and carrier.post in (None, item["country"])
        and item["service"].startswith(carrier.service)
    )


def _looks_like(carrier: Carrier, number: str) -> bool:
    """Whether ``number`` has a format of ``carrier`` in all but what is checked."""
    if carrier.post is not None and _LIKE_S10.fullmatch(number):
        return True
    return len(number) <= LONGEST and any(
        d.courier.code == carrier.family and d.number_regex.fullmatch(number)
        for d in DEFINITIONS
        if d.checksum_validator and d.courier.code != "s10"
    )
