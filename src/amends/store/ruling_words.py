"""Rulings found by keyed digests of words, on either database; by meanings, see the module beside.

A plain table leads from a digest to the rulings that have it, by their numbers; who wrote which of
a ruling's words lies beside it, so that a person's can be taken away. Only a table whose rows come
in the order of its key can be left after so many of them: an inverted index of either database
reads all rulings of a common word, and the two rank in ways of their own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from amends.engine.ruling_meanings import Meant, Near, Sentence
from amends.engine.ruling_words import Alike
from amends.kernel.people import PersonId
from amends.store.plain import Execute, Plain
from amends.store.ruling_meanings import forget_meant, meant_of, near, others, put_meant
from amends.store.tables import TABLES

_BYTES = 6  # of a digest
# Of one word, so many rulings are looked at, those indexed last; and so many of all words. What is
# more alike than others shares rare words, which have fewer.
_OF_A_WORD = 2_000
_OF_ALL = 20_000
_MOST_WORDS = 40
_MOST_FOUND = 300
_PRECISION = 100  # of weights, which are whole numbers

# Setting a key's id to itself holds the key until the words are in: who erases it waits, and then
# finds them.
_HOLD_KEYS = """UPDATE person_keys SET key_id = key_id WHERE person IN
    (SELECT owner FROM contents WHERE order_id = ? AND ref IN ({marks}))"""
_WRITERS = """SELECT c.ref, c.owner FROM contents AS c
    JOIN person_keys AS p ON p.person = c.owner AND p.key_id = c.key_id
    WHERE c.order_id = ? AND c.ref IN ({marks})"""
_GIVE_NUMBER = """INSERT INTO ruling_numbers (order_id, dispute_id) VALUES (?, ?)
    ON CONFLICT (order_id, dispute_id) DO UPDATE SET dispute_id = excluded.dispute_id
    RETURNING n"""
_NUMBER_OF = "SELECT n FROM ruling_numbers WHERE order_id = ? AND dispute_id = ?"
_OF_RULING = "SELECT person, words FROM ruling_writers WHERE n = ?"
_OF_PERSON = """SELECT n, person, words FROM ruling_writers
    WHERE n IN (SELECT n FROM ruling_writers WHERE person = ?)"""
_LEADING = "SELECT digest FROM ruling_words WHERE n = ? AND digest IN ({marks})"
_PUT_WRITER = "INSERT INTO ruling_writers VALUES (?, ?, ?)"
_PUT_WORDS = "INSERT INTO ruling_words VALUES {rows}"
_DROP_WORDS = "DELETE FROM ruling_words WHERE n = ? AND digest IN ({marks})"
_DROP_WRITERS = "DELETE FROM ruling_writers WHERE n = ?"
_DROP_PERSON = "DELETE FROM ruling_writers WHERE person = ?"

_COUNTS = """WITH asked (digest) AS (VALUES {rows})
    SELECT digest, (SELECT COUNT(*) FROM (SELECT 1 FROM ruling_words AS w
        WHERE w.digest = asked.digest AND w.n <> ? LIMIT ?) AS looked_at) FROM asked"""
_TOTAL = "SELECT COALESCE(MAX(n), 0) FROM ruling_numbers"
_OF_DIGEST = """SELECT * FROM (SELECT n, CAST(? AS BIGINT) AS weight, CAST(? AS BIGINT) AS bit
    FROM ruling_words WHERE digest = ? AND n <> ? ORDER BY n DESC LIMIT ?) AS a{i}"""
_COLUMNS = TABLES["rulings"].columns
_FOUND = """SELECT best.weight, best.bits, {columns} FROM (
        SELECT n, CAST(SUM(weight) AS BIGINT) AS weight, CAST(SUM(bit) AS BIGINT) AS bits
        FROM ({arms}) AS arms GROUP BY n HAVING COUNT(*) >= ? ORDER BY 2 DESC, n DESC LIMIT ?
    ) AS best JOIN ruling_numbers AS k ON k.n = best.n
    JOIN rulings AS r ON r.order_id = k.order_id AND r.dispute_id = k.dispute_id
    ORDER BY best.weight DESC, r.at DESC, r.order_id, r.dispute_id"""


class SqlRulingWords:
    """See ``amends.engine.ruling_words.RulingWords``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def put(
        self,
        order: str,
        dispute: str,
        texts: Mapping[str, Collection[int]],
        meant: Meant = Meant(),  # noqa: B008 - it cannot be changed
    ) -> None:
        """In one transaction, in which the keys of those who wrote stay."""
        refs = [ref for ref in texts if texts[ref]]
        if meant.sentences and meant.ref not in refs:
            refs.append(meant.ref)
        marks = ", ".join("?" * len(refs))
        with self._plain.writing() as execute:
            written: dict[PersonId, set[int]] = defaultdict(set)
            writers: dict[str, PersonId] = {}
            if refs:
                execute(_HOLD_KEYS.format(marks=marks), (order, *refs))
                writers = dict(execute(_WRITERS.format(marks=marks), (order, *refs)).fetchall())
                for ref, owner in writers.items():
                    written[owner].update(texts.get(ref, ()))
            n = execute(_GIVE_NUMBER, (order, dispute)).fetchone()[0]
            before = execute(_OF_RULING, (n,)).fetchall()
            _drop_words(execute, n, _together(words for _, words in before))
            execute(_DROP_WRITERS, (n,))
            for person in sorted(written):
                execute(_PUT_WRITER, (n, person, _packed(written[person])))
            if digests := sorted(set[int]().union(*written.values())):
                rows = ", ".join(["(?, ?)"] * len(digests))
                values = [value for digest in digests for value in (digest, n)]
                execute(_PUT_WORDS.format(rows=rows), values)
            put_meant(execute, n, writers.get(meant.ref), meant)

    def held(self, order: str, dispute: str) -> dict[PersonId, frozenset[int]]:
        """Of the words that lie beside the ruling, those that lead to it."""
        held = dict[PersonId, frozenset[int]]()
        for (n,) in self._plain.ask(_NUMBER_OF, (order, dispute)):
            for person, packed in self._plain.ask(_OF_RULING, (n,)):
                words = tuple(_unpacked(packed))
                leading = _LEADING.format(marks=", ".join("?" * len(words)))
                held[person] = frozenset(d for (d,) in self._plain.ask(leading, (n, *words)))
        return held

    def alike(
        self, words: Collection[int], besides: tuple[str, str] | None = None, at_least: int = 1
    ) -> list[Alike]:
        """Counts how rare each word is, then looks for those that have several of the rarest."""
        if not words:
            return []
        ((total,),) = self._plain.ask(_TOTAL)
        number = self._number(besides)
        rare = self._rarest(tuple(words), number)
        if not rare:
            return []
        arms, values = [], list[int]()
        for i, (digest, count) in enumerate(rare):
            weight = round(_PRECISION * math.log2(1 + total / count))
            arms.append(_OF_DIGEST.format(i=i))
            values += (weight, 1 << i, digest, number, _OF_A_WORD)
        columns = ", ".join(f"r.{column}" for column in _COLUMNS)
        statement = _FOUND.format(columns=columns, arms=" UNION ALL ".join(arms))
        found = self._plain.ask(statement, (*values, at_least, _MOST_FOUND))
        return [
            Alike(
                dict(zip(_COLUMNS, row, strict=True)),
                tuple(digest for i, (digest, _) in enumerate(rare) if bits & 1 << i),
                weight,
            )
            for weight, bits, *row in found
        ]

    def meant(self, order: str, dispute: str) -> Meant:
        """As it is noted of the ruling."""
        return meant_of(self._plain, order, dispute)

    def near(
        self, sentences: Sequence[Sentence], besides: tuple[str, str] | None, at_least: int
    ) -> list[Near]:
        """Reads what lies at the sentences' places, and ranks it."""
        return near(self._plain, sentences, self._number(besides), at_least)

    def of_other_models(self, model: str) -> int:
        """Reads all rulings' numbers."""
        return others(self._plain, model)

    def _number(self, of: tuple[str, str] | None) -> int:
        """What a ruling is called in the index; 0, as none is, when it is not there."""
        found = self._plain.ask(_NUMBER_OF, of) if of else []
        return int(found[0][0]) if found else 0

    def _rarest(self, words: Sequence[int], besides: int) -> list[tuple[int, int]]:
        """Digests that anything else has, rarest first, as many as there is room for; with how
        many rulings have each. Equally rare ones stay as they were given."""
        rows = ", ".join(["(CAST(? AS BIGINT))"] * len(words))
        counted = self._plain.ask(_COUNTS.format(rows=rows), (*words, besides, _OF_A_WORD))
        counts: dict[int, int] = dict(counted)
        room, kept = _OF_ALL, list[tuple[int, int]]()
        for digest in sorted(words, key=lambda digest: counts[digest]):
            count = counts[digest]
            room -= count
            if room < 0 or len(kept) == _MOST_WORDS:
                break
            if count:
                kept.append((digest, count))
        return kept


def forget_words(execute: Execute, person: PersonId) -> None:
    """Take a person's words out of the index; those that another writer has as well stay theirs.
    What their claims say goes with them."""
    written: dict[int, dict[PersonId, frozenset[int]]] = defaultdict(dict)
    for n, writer, words in execute(_OF_PERSON, (person,)).fetchall():
        written[n][writer] = frozenset(_unpacked(words))
    for n, by in written.items():
        gone = by.pop(person)
        _drop_words(execute, n, gone.difference(*by.values()))
    execute(_DROP_PERSON, (person,))
    forget_meant(execute, person)


def _drop_words(execute: Execute, n: int, digests: Collection[int]) -> None:
    if digests:
        marks = ", ".join("?" * len(digests))
        execute(_DROP_WORDS.format(marks=marks), (n, *sorted(digests)))


def _together(packed: Iterable[bytes]) -> set[int]:
    return {digest for words in packed for digest in _unpacked(words)}


def _packed(words: Iterable[int]) -> bytes:
    return b"".join(digest.to_bytes(_BYTES) for digest in sorted(words))


def _unpacked(words: bytes) -> Iterable[int]:
    return (int.from_bytes(words[at : at + _BYTES]) for at in range(0, len(words), _BYTES))
