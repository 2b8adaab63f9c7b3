"""The listing as bought beside the buyer's words: what is said of on one side only stands out.

Nothing is understood here: measures (96 cm, 70 %) and values of attributes are looked for, so that
the eye finds them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from amends.entrypoints.views.structs import LineView
from amends.entrypoints.views.texts import Json

_MEASURE = re.compile(r"\d+(?:[.,]\d+)?\s*(?:%|°C|[^\W\d_]{1,4}\b)?")


class Piece(Struct, frozen=True):
    """A piece of a text; ``differs``: a measure that the other text does not hold."""

    text: str
    differs: bool


class Attribute(Struct, frozen=True):
    """A named property of the listing; ``spoken_of``: its name or its value is in the claim."""

    name: str
    value: str
    spoken_of: bool


class Compared(Struct, frozen=True):
    """One line's listing and the claim, side by side. ``sizes``: the listing's size chart."""

    title: str
    listing: tuple[Piece, ...]
    sizes: tuple[Piece, ...]
    claim: tuple[Piece, ...]
    attributes: tuple[Attribute, ...]
    category: str
    weight_grams: int | None


def compare(line: LineView, claim: str) -> Compared:
    """``line`` with its listing as it was put in: a text, or a mapping with ``text``,
    ``size_chart`` and ``attributes``."""
    listing: Json = line.listing
    known = listing if isinstance(listing, Mapping) else {"text": listing}
    text, sizes = str(known.get("text") or ""), str(known.get("size_chart") or "")
    attributes = known.get("attributes")
    found = attributes if isinstance(attributes, Mapping) else {}
    listed = " ".join([text, sizes, *(str(value) for value in found.values())])
    said = claim.casefold()
    return Compared(
        title=line.title or line.id,
        listing=_pieces(text, claim),
        sizes=_pieces(sizes, claim),
        claim=_pieces(claim, listed),
        attributes=tuple(
            Attribute(str(name), str(value), _in(str(value), said) or _in(str(name), said))
            for name, value in found.items()
        ),
        category=line.category or "",
        weight_grams=line.weight_grams,
    )


def _pieces(text: str, other: str) -> tuple[Piece, ...]:
    known = {_plain(measure) for measure in _MEASURE.findall(other)}
    pieces, at = [], 0
    for found in _MEASURE.finditer(text):
        pieces.append(Piece(text[at : found.start()], differs=False))
        pieces.append(Piece(found[0], differs=_plain(found[0]) not in known))
        at = found.end()
    pieces.append(Piece(text[at:], differs=False))
    return tuple(piece for piece in pieces if piece.text)


def _plain(measure: str) -> str:
    return "".join(measure.split()).replace(",", ".").casefold()


def _in(words: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(words.casefold())}\b", text) is not None
