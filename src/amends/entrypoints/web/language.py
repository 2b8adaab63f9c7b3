"""The pages' language: every string goes through here, English as it stands in the source.

Templates and modules mark their own strings with ``_()``; a catalogue of another language is a
``gettext`` translation put in ``TRANSLATIONS``. What a command, field, code or event is called
stands in the catalogue of words, which mails and the API read as well.
"""

from __future__ import annotations

from gettext import NullTranslations

from amends.entrypoints.words.catalogue import Words, words

ENGLISH = "en"
TRANSLATIONS: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}


def translate(text: str, language: str = ENGLISH) -> str:
    """``text`` in ``language``, or as it is where there is no translation."""
    return TRANSLATIONS[language].gettext(text)


def translate_plural(one: str, many: str, count: int, language: str = ENGLISH) -> str:
    """The form of a text that goes with ``count`` things."""
    return TRANSLATIONS[language].ngettext(one, many, count)


def words_in(language: str = ENGLISH) -> Words:
    """What commands, fields, codes and events are called."""
    return words(language)


def mark(text: str) -> str:
    """``text`` itself, marked to be found by whoever gathers strings for translation."""
    return text
