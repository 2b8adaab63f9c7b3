"""The listing as bought beside the buyer's words: what is said of on one side only stands out.

Nothing is understood here: measures (96 cm, 70 %) and values of attributes are looked for, so that
the eye finds them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

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
    """One line's listing and the claim, side by side."""

    title: str
    listing: tuple[Piece, ...]
    claim: tuple[Piece, ...]
    attributes: tuple[Attribute, ...]


def compare(title: str, listing: Json, claim: str) -> Compared:
    """``listing`` as it was put in: a text, or a mapping with ``text`` and ``attributes``."""
    known = listing if isinstance(listing, Mapping) else {"text": listing}
    text, attributes = str(known.get("text") or ""), known.get("attributes")
    found = attributes if isinstance(attributes, Mapping) else {}
    listed = " ".join([text, *(str(value) for value in found.values())])
    said = claim.casefold()
    return Compared(
        title=title,
        listing=_pieces(text, claim),
        claim=_pieces(claim, listed),
        attributes=tuple(
            Attribute(str(name), str(value), _in(str(value), said) or _in(str(name), said))
            for name, value in found.items()
        ),
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
