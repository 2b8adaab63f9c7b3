"""Languages, goods and people by name, on pages that hold them by code or id: shown, and typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from amends.entrypoints.web.language import words_now
from amends.entrypoints.web.site import Site
from amends.entrypoints.words import formatting
from amends.kernel.people import PersonId

_BETWEEN = re.compile(r"[,;،，；\n]+")


def goods(code: str) -> str:
    """A category of goods as people call it; what a marketplace wrote in words stays as it is."""
    return words_now().category(code)


def goods_typed(text: str) -> str:
    """The category somebody means; their own words where none is called so."""
    known = {name.casefold(): code for code, name in words_now().goods.items()}
    return known.get(text.strip().casefold(), text.strip())


def language_typed(text: str) -> str:
    """The code of the language somebody means; their own words where none is called so."""
    return formatting.language_code(text.strip())


def written(codes: Iterable[str], name: Callable[[str], str], typed: Callable[[str], str]) -> str:
    """Codes as ``each_typed`` takes them back: by name, where the name leads to the code again."""
    names = ((code, name(code)) for code in codes)
    return ", ".join(said if typed(said) == code else code for code, said in names)


def each_typed(text: str, typed: Callable[[str], str]) -> tuple[str, ...]:
    """The codes of several names with commas between them; codes may have blanks between them."""
    found: list[str] = []
    for part in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        code = typed(part)
        found += part.split() if code == part else [code]
    return tuple(dict.fromkeys(found))


def names_of(site: Site, people: Iterable[object]) -> dict[PersonId, str]:
    """What some of the platform's people are called, by the id the record has for them; what is no
    id among ``people`` is passed over. For pages that are asked for often: each is looked up."""
    ids = {person for person in people if isinstance(person, str) and person}
    accounts = (site.service.store.staff.account(person) for person in sorted(ids))
    return {a.member.person: a.name for a in accounts if a and a.name}


def names_of_staff(site: Site) -> dict[PersonId, str]:
    """The same for everybody."""
    accounts = site.service.store.staff.accounts()
    return {a.member.person: a.name for a in accounts if a.name}
