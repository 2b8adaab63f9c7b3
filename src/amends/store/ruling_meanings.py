"""Rulings found by what sentences of their claims say, on either database.

Signatures lie in the order of the places by which they are found, so that those near to a sentence
are read in a row. A count of equal bits ranks them here: of so few, that is quicker than any
extension of a database.
"""

from __future__ import annotations

from collections.abc import Sequence

from amends.engine.ruling_meanings import Meant, Near, Sentence
from amends.kernel.people import PersonId
from amends.store.plain import Execute, Plain
from amends.store.tables import TABLES

# So many signatures are looked at; of a place, its share of them, those indexed last. The share is
# halved with every so many places, as the nearer ones hold more of what is alike.
_OF_ALL = 12_000
_HALVED = 8
_MOST_FOUND = 300

_NOTE_MODEL = "UPDATE ruling_numbers SET model = ? WHERE n = ?"
_DROP = "DELETE FROM ruling_meanings WHERE n = ?"
_DROP_PERSON = "DELETE FROM ruling_meanings WHERE person = ?"
_PUT = "INSERT INTO ruling_meanings VALUES (?, ?, ?, ?, ?)"
_MODEL_OF = "SELECT n, model FROM ruling_numbers WHERE order_id = ? AND dispute_id = ?"
_OF_RULING = "SELECT place, signature FROM ruling_meanings WHERE n = ? ORDER BY part"
_OTHERS = "SELECT COUNT(*) FROM ruling_numbers WHERE model <> ?"

_OF_PLACE = """SELECT * FROM (SELECT {sentence} AS sentence, n, signature FROM ruling_meanings
    WHERE place = ? AND n <> ? ORDER BY n DESC LIMIT ?) AS a{i}"""
_COLUMNS = TABLES["rulings"].columns
_ROWS = """SELECT k.n, {columns} FROM ruling_numbers AS k
    JOIN rulings AS r ON r.order_id = k.order_id AND r.dispute_id = k.dispute_id
    WHERE k.n IN ({marks})"""


def put_meant(execute: Execute, n: int, person: PersonId | None, meant: Meant) -> None:
    """In place of what was; without a person, whose key would have opened the text, nothing."""
    execute(_NOTE_MODEL, (meant.model, n))
    execute(_DROP, (n,))
    for part, sentence in enumerate(meant.sentences if person else ()):
        execute(_PUT, (sentence.places[0], n, part, person, sentence.signature))


def forget_meant(execute: Execute, person: PersonId) -> None:
    """What they claimed is found by nothing any more."""
    execute(_DROP_PERSON, (person,))


def meant_of(plain: Plain, order: str, dispute: str) -> Meant:
    """See ``RulingWords.meant``."""
    for n, model in plain.ask(_MODEL_OF, (order, dispute)):
        held = plain.ask(_OF_RULING, (n,))
        return Meant(model, "", tuple(Sentence("", (place,), bytes(of)) for place, of in held))
    return Meant()


def others(plain: Plain, model: str) -> int:
    """See ``RulingWords.of_other_models``."""
    ((count,),) = plain.ask(_OTHERS, (model,))
    return int(count)


def near(plain: Plain, sentences: Sequence[Sentence], besides: int, at_least: int) -> list[Near]:
    """See ``RulingWords.near``; ``besides`` is a ruling's number."""
    asked = [
        (s, place, 0.5 ** (rank // _HALVED))
        for s, sentence in enumerate(sentences)
        for rank, place in enumerate(sentence.places)
    ]
    if not asked:
        return []
    arms = (_OF_PLACE.format(sentence=s, i=i) for i, (s, *_) in enumerate(asked))
    whole = sum(share for *_, share in asked)
    values = [
        value
        for _, place, share in asked
        for value in (place, besides, int(_OF_ALL * share / whole))
    ]
    signatures = [int.from_bytes(sentence.signature) for sentence in sentences]
    bits = 8 * len(sentences[0].signature)
    best: dict[int, tuple[int, int]] = {}
    for s, n, signature in plain.ask(" UNION ALL ".join(arms), values):
        equal = bits - (int.from_bytes(signature) ^ signatures[s]).bit_count()
        if equal >= at_least and equal > best.get(n, (0, 0))[0]:
            best[n] = equal, s
    found = sorted(best, key=lambda n: (-best[n][0], -n))[:_MOST_FOUND]
    if not found:
        return []
    columns = ", ".join(f"r.{column}" for column in _COLUMNS)
    statement = _ROWS.format(columns=columns, marks=", ".join("?" * len(found)))
    rows = {n: dict(zip(_COLUMNS, row, strict=True)) for n, *row in plain.ask(statement, found)}
    return [Near(rows[n], best[n][1], best[n][0]) for n in found if n in rows]
