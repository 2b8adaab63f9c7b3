"""Money as integers in a currency's minor unit, and splitting it without losing a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

# Whole numbers up to here survive every JSON reader, JavaScript's included.
MOST = 9_007_199_254_740_991

Minor = Annotated[int, Meta(ge=0, le=MOST, description="whole number in the currency's minor unit")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217 code")]

# ISO 4217, active codes; those whose minor unit is not a hundredth are named below.
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD
    BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN
    ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR
    ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
    PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND
    VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()
)
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_DECIMALS = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
    "CLF": 4,
}


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one sum."""


class Money(Struct, frozen=True):
    """An amount of one currency: ``Money(80000, "RUB")`` is 800 roubles."""

    amount: Minor
    currency: Currency

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{other.currency} met {self.currency}")
        return other


def decimals(currency: str) -> int:
    """How many decimals the currency's minor unit stands for: JPY 0, USD 2, KWD 3 (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` minor units in proportion to ``weights``, by largest remainder.

    The parts sum to ``total`` exactly; units left over go to the largest remainders, and among
    equals to the first. Equal weights are used when all are zero. ``total`` is zero or more.

    Raises ValueError when there is nothing to split over or a number is negative.
    """
    if not weights or total < 0 or min(weights) < 0:
        raise ValueError("allocate needs weights, none of them negative, and a total of 0 or more")
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def percent_of(amount: int, percent: int) -> int:
    """``percent`` of ``amount``, rounded down to a whole minor unit."""
    return amount * percent // 100
