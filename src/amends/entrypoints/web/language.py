"""The pages' language: every string goes through here, English as it stands in the source.

Templates and modules mark their own strings with ``_()``; what they are in another language stands
in its ``pages.po``, which ``make words`` brings up to date. What a command, field, code or event is
called stands in the catalogue of words, which mails and the API read as well.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from amends.entrypoints.words.catalogue import Words, words
from amends.entrypoints.words.languages import spoken


def translate(text: str) -> str:
    """``text`` as it is read now, as it is where there is no translation."""
    return translations(spoken()).gettext(text)


def translate_plural(one: str, many: str, count: int) -> str:
    """The form of a text that goes with ``count`` things."""
    return translations(spoken()).ngettext(one, many, count)


def words_now() -> Words:
    """What commands, fields, codes and events are called as they are read now."""
    return words(spoken())


def mark(text: str) -> str:
    """``text`` itself, marked to be found by whoever gathers strings for translation."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """The strings of the pages in a language, read once."""
    file = files("amends.entrypoints.words") / language / "pages.po"
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as po:
        catalog = read_po(po, locale=language.replace("-", "_"))
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
