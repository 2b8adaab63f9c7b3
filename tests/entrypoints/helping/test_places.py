"""The places outside: data that a person keeps, checked before it is shown. Nobody is asked."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from babel import Locale

from amends.entrypoints.helping.places import countries, places, places_for, read_places
from amends.entrypoints.words.catalogue import words

GOOD = {
    "countries": '["DE"]', "name": '"A body"', "kind": '"advice"', "can": '"advises"',
    "for": '["buyer"]', "url": '"https://example.org/"', "source": '"https://example.org/a"',
    "checked": "2026-11-22",
}  # fmt: skip


def entry(**changes: str) -> str:
    told = {**GOOD, **changes}
    return "[[place]]\n" + "\n".join(f"{key} = {value}" for key, value in told.items() if value)


def test_a_whole_entry_is_read() -> None:
    place = read_places(entry())[0]
    assert (place.sides, place.checked) == (("buyer",), date(2026, 11, 22))
    assert read_places(entry(checked=""))[0].checked is None


@pytest.mark.parametrize(
    "changes",
    [
        {"url": '"http://example.org/"'},
        {"source": ""},
        {"checked": '"soon"'},
        {"kind": '"friend"'},
        {"countries": '["Germany"]'},
        {"countries": "[]"},
        {"phone": '"123"'},
    ],
    ids=str,
)
def test_what_is_wrong_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises((msgspec.ValidationError, ValueError)):
        read_places(entry(**changes))


def test_countries_are_countries() -> None:
    assert set(countries()) <= set(Locale("en").territories)


def test_no_place_stands_twice_and_each_has_words() -> None:
    known = words("en").help
    seen = [(p.url, country) for p in places() for country in p.countries]
    assert len(seen) == len(set(seen))
    assert all(f"kind_{p.kind}" in known and f"can_{p.can}" in known for p in places())


def test_each_side_sees_what_helps_it() -> None:
    german = [p.own or p.name for p in places_for("buyer", "DE")]
    assert "Universalschlichtungsstelle des Bundes" in german
    assert german[-1].startswith("econsumer.gov")
    assert {p.kind for p in places_for("seller", "DE")} == {"court"}
    assert places_for("seller", "KW") == ()
