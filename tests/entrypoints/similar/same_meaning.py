"""How many of the claims that mean the same are found, by words alone and by what they say too.

    python -m tests.entrypoints.similar.same_meaning

Claims are in ``same_meaning.toml``, each put among sentences that people say in any claim.
"""

from __future__ import annotations

import random
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from amends.adapters.meanings import sentence_meanings
from amends.adapters.word_key import kept_key, word_digests
from amends.engine.ruling_meanings import Meant
from amends.engine.store import Store
from amends.entrypoints.precedents import Sought, precedents
from amends.entrypoints.similar.index import RulingIndex
from amends.kernel.decision import Content
from amends.store import migrate, open_store
from tests.store.contract_ruling_words import rule

_TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
KINDS: list[dict[str, str]] = _TOLD["kind"]

FIRST = 8
"""So many of those found are looked at, as on the workbench."""

_AROUND = 3


class Claim(Struct, frozen=True):
    """``kind`` is the same for those that mean the same; each other one has its own."""

    order: str
    kind: str
    text: str


class Measured(Struct, frozen=True):
    """Parts of one: of the claims alike, how many are among the first found; of the first found,
    how many are alike; for how many anything is found."""

    recall: float
    precision: float
    any: float


def claims() -> Iterator[Claim]:
    """All of them, always the same."""
    chance = random.Random(6)  # noqa: S311

    def among(language: str, text: str) -> str:
        said = [*chance.sample(_TOLD["around"][language], _AROUND), text]
        chance.shuffle(said)
        return ("" if language == "zh" else " ").join(said)

    for n, kind in enumerate(KINDS):
        for name, text in kind.items():
            language = "en" if name == "other" else name
            yield Claim(f"{name}-{n}", f"kind {n}", among(language, text))
    for language, texts in _TOLD["unlike"].items():
        for n, text in enumerate(texts):
            yield Claim(f"un-{language}-{n}", f"{language} {n}", among(language, text))


def measure(store: Store, folder: Path) -> tuple[Measured, Measured]:
    """By words alone, and by what is said too; the claims are put into the store."""
    key = kept_key(folder / "words.key")
    digest = word_digests(key)
    meanings = sentence_meanings(key, digest)
    assert meanings is not None
    index = RulingIndex(store, digest)
    worded, sought = [], []
    for n, claim in enumerate(claims()):
        dispute = rule(store, claim.order, n, Content("r", f"buyer-{n}", claim.text))
        words, said = index.words_of(claim.text), meanings.sentences(claim.text)
        store.ruling_words.put(
            claim.order, dispute, {"r": words.keys()}, Meant(meanings.model, "r", said)
        )
        worded.append(Sought(claim.order, dispute, "no reason", "", words))
        telling = index.words_of("\n".join(one.said for one in said)) if said else words
        sought.append(Sought(claim.order, dispute, "no reason", "", telling, said))
    return _measured(store, worded), _measured(store, sought)


def _measured(store: Store, sought: list[Sought]) -> Measured:
    kinds = {f"{claim.order}-D1": claim.kind for claim in claims()}
    recalls, precisions = [], []
    for one in sought:
        kind = kinds[one.dispute]
        alike = sum(other == kind for other in kinds.values()) - 1
        found = [kinds[like.dispute] for like in precedents(store, one).found[:FIRST]]
        if alike:
            recalls.append(found.count(kind) / alike)
            precisions += [found.count(kind) / len(found)] if found else []
    return Measured(_mean(recalls), _mean(precisions), len(precisions) / len(recalls))


def _mean(parts: list[float]) -> float:
    return sum(parts) / len(parts) if parts else 0.0


def main() -> None:
    """Measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "claims.db")
        migrate(path)
        store = open_store(path, synced=False)
        measured = measure(store, Path(folder))
        store.close()
    for by, found in zip(("words", "words and meaning"), measured, strict=True):
        print(  # noqa: T201
            f"by {by}: {found.recall:.0%} of the claims alike are among the first {FIRST};"
            f" {found.precision:.0%} of these are alike; for {found.any:.0%} any are found"
        )


if __name__ == "__main__":
    main()
