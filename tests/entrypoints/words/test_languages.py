from __future__ import annotations

import pytest

from amends.entrypoints.words.languages import (
    accepted,
    called,
    direction,
    languages,
    nearest,
    speaking,
    spoken,
)


def test_english_comes_first_and_is_spoken_unless_somebody_says_otherwise() -> None:
    assert languages()[0] == "en"
    assert spoken() == "en"
    with speaking("es"):
        assert spoken() == "es"
    assert spoken() == "en"


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", []),
        ("es", ["es"]),
        ("en;q=0.5, ru-RU, zh;q=0.9", ["ru-RU", "zh", "en"]),
        ("es;q=0, *;q=0.1, ar;q=loud", []),
    ],
)
def test_what_a_browser_asks_for_is_read_by_its_weights(header: str, wanted: list[str]) -> None:
    assert accepted(header) == wanted


def test_the_nearest_language_that_is_there_is_spoken() -> None:
    assert nearest(None, "tlh", "en-GB", "es") == "en"
    assert nearest("tlh") == "en"
    assert nearest() == "en"
    assert nearest("../en") == "en"


def test_languages_are_called_by_their_own_names() -> None:
    assert called("es") == "español"
    assert direction("ar") == "rtl"
    assert direction("en") == "ltr"
