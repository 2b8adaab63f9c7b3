"""Where else people can turn, by their country: the entries of ``places.toml``, read once."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from amends.kernel.people import Side

EVERYWHERE = "all"
_Url = Annotated[str, Meta(pattern=r"^https://[a-z0-9.-]+/")]
_Country = Annotated[str, Meta(pattern=r"^([A-Z]{2}|all)$")]


class Place(Struct, frozen=True, forbid_unknown_fields=True, rename={"sides": "for"}):
    """A body outside: whom it helps, and with what. ``checked`` is the day on which somebody last
    opened its address, None where nobody has since it was put down; ``own`` what it calls itself,
    where that is not its English name."""

    countries: Annotated[tuple[_Country, ...], Meta(min_length=1)]
    name: Annotated[str, Meta(min_length=1)]
    kind: Literal["consumer", "advice", "mediation", "court", "report"]
    can: Literal[
        "advises", "complaint", "cross_border", "mediates", "claims", "collects", "finds", "card"
    ]
    sides: Annotated[tuple[Side, ...], Meta(min_length=1)]
    url: _Url
    source: _Url
    checked: date | None = None
    own: str = ""


class _Places(Struct, frozen=True, forbid_unknown_fields=True):
    place: tuple[Place, ...]


def read_places(text: str) -> tuple[Place, ...]:
    """The entries of a file. Raises msgspec.ValidationError for a key that is not known or missing,
    for what is no https address, and for a ``checked`` that is no day."""
    return msgspec.toml.decode(text, type=_Places).place


@cache
def places() -> tuple[Place, ...]:
    """All there are."""
    return read_places((files(__package__) / "places.toml").read_text("utf-8"))


def places_for(side: Side, country: str) -> tuple[Place, ...]:
    """Those for ``side`` in ``country`` (ISO 3166-1), those of everywhere last."""
    mine = [place for place in places() if side in place.sides]
    near = [place for place in mine if country in place.countries]
    return (*near, *(place for place in mine if EVERYWHERE in place.countries))


def countries() -> tuple[str, ...]:
    """Every country with a place of its own."""
    named = {country for place in places() for country in place.countries}
    return tuple(sorted(named - {EVERYWHERE}))
