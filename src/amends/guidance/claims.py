"""What would make a claim stronger, as far as that can be told by rules that hold in every
language. Nobody has to follow any of it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.policy.terms import Reason

MOST_HINTS = 3
Hint = Literal[
    "missing_proof", "write_first", "stay_polite", "all_of_it", "name_the_item", "say_when",
    "number_points", "shorter",
]  # fmt: skip
ProofState = Literal["record", "added", "missing"]
# The one proof on record that an order may be without: nobody has to have written.
_MESSAGES = "chat_with_seller"
_END = re.compile(r"(?<=[.!?…\u061f])\s+|(?<=[\u3002！？])|\n+")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}\s?[.):、]|[-*•·–])", re.M)
_UNBROKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_SHOUTED = re.compile(r"[!！]{2,}")
_LETTERS_OF_A_SHOUT = 20
_WORDS_OF_A_LONG_SENTENCE = 40
_MANY_SENTENCES = 5
_LETTERS_OF_A_NAME = 4


class Proof(Struct, frozen=True):
    """A proof that helps, by its code: on record, added to the claim, or missing."""

    code: str
    state: ProofState
    needed: bool


class Claim(Struct, frozen=True):
    """A claim as far as it is written. ``amount`` and ``most`` in minor units, ``most`` what could
    be claimed; ``items``: what is claimed is called so, of several things in the order;
    ``in_part``: goods with a fault are kept."""

    text: str
    amount: int
    most: int
    in_part: bool
    items: tuple[str, ...] = ()
    written: bool = False


class Seller(Struct, frozen=True):
    """How a seller answers: the middle one of their times, None with too few on record."""

    answers_within: timedelta | None


def checklist(reason: Reason, added: frozenset[str], *, written: bool) -> tuple[Proof, ...]:
    """What helps for the reason, needed things first and those on record last; ``added``: the kinds
    of files that go with the claim. Messages are left out where nobody has ``written``."""
    found = [
        Proof(
            proof.code,
            "record" if proof.on_record else "added" if proof.code in added else "missing",
            proof.essential,
        )
        for proof in reason.evidence_from_buyer
        if written or proof.code != _MESSAGES
    ]
    return tuple(sorted(found, key=lambda proof: (proof.state == "record", not proof.needed)))


def hints(
    claim: Claim,
    proofs: tuple[Proof, ...],
    rude: frozenset[str],
    now: Instant,
    until: Instant | None,
    seller: Seller,
) -> tuple[Hint, ...]:
    """What would help most, at most three. ``rude``: words as ``plain_words`` gives them;
    ``until``: up to when there is time to claim."""
    text = claim.text
    found: list[tuple[Hint, bool]] = [
        ("missing_proof", any(p.needed and p.state == "missing" for p in proofs)),
        ("stay_polite", _shouts(text) or _rude(text, rude)),
        ("write_first", not claim.written and _time_to_write(seller, now, until)),
        ("all_of_it", claim.in_part and 0 < claim.most == claim.amount),
        ("name_the_item", bool(text) and _unnamed(claim)),
        ("say_when", bool(text) and not any(c.isdecimal() for c in text)),
        ("number_points", _unordered(text)),
        ("shorter", any(_long(sentence) for sentence in _END.split(text))),
    ]
    return tuple(hint for hint, holds in found if holds)[:MOST_HINTS]


def plain_words(text: str) -> frozenset[str]:
    """A text's words without case and accents; a script without blanks comes in whole runs."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in parts if unicodedata.category(c) not in ("Mn", "Cf"))
    return frozenset(re.findall(r"\w+", bare))


def _time_to_write(seller: Seller, now: Instant, until: Instant | None) -> bool:
    """Whether an answer would come with as much time left again."""
    within = seller.answers_within
    return within is not None and (until is None or now + 2 * within < until)


def _unnamed(claim: Claim) -> bool:
    said = plain_words(claim.text)
    names = [word for item in claim.items for word in plain_words(item)]
    told = [word for word in names if len(word) >= _LETTERS_OF_A_NAME]
    return bool(told) and not any(word in run for word in told for run in said)


def _rude(text: str, rude: frozenset[str]) -> bool:
    said = plain_words(text)
    return any(
        any(word in run for run in said) if _UNBROKEN.search(word) else word in said
        for word in rude
    )


def _shouts(text: str) -> bool:
    cased = [c for c in text if c.isupper() or c.islower()]
    loud = sum(c.isupper() for c in cased)
    return bool(_SHOUTED.search(text)) or (
        len(cased) >= _LETTERS_OF_A_SHOUT and 2 * loud > len(cased)
    )


def _unordered(text: str) -> bool:
    sentences = [part for part in _END.split(text) if part.strip()]
    return len(sentences) >= _MANY_SENTENCES and not _NUMBERED.search(text)


def _long(sentence: str) -> bool:
    # Two characters without blanks between them make about one word.
    words = len(sentence.split()) + len(_UNBROKEN.findall(sentence)) // 2
    return words > _WORDS_OF_A_LONG_SENTENCE
