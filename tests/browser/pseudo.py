"""A language for tests: English from right to left, with every string between brackets.

Whatever a page shows outside of them was not marked for translation, or is data; what the tests
place is in capitals, so that the two can be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any

import msgspec
import pytest

from amends.entrypoints.web import language
from amends.entrypoints.words import catalogue, loading
from amends.policy.wording import Wording

# It stands in for a language that runs from right to left.
NAME = "ar"
OPEN, CLOSE = "⟦", "⟧"

# Names, times and codes stand in elements of their own; other languages by their own names.
UNMARKED = """() => {
  const found = [];
  let depth = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of ["aria-label", "alt", "placeholder", "data-label", "title"]) {
        const said = node.getAttribute(name);
        if (said && /[a-z]{2}/.test(said) && !said.includes("⟦")) found.push(name + "=" + said);
      }
      continue;
    }
    const within = node.parentElement;
    if (node.nodeType !== Node.TEXT_NODE || within.closest("script, style, textarea")) continue;
    let outside = "";
    for (const sign of node.data) {
      if (sign === "⟦") depth += 1;
      else if (sign === "⟧") depth -= 1;
      else if (depth === 0) outside += sign;
    }
    if (/[a-z]{2}/.test(outside) && !within.closest("bdi, time, .code, .mark, [hreflang]"))
      found.push(outside.trim());
  }
  return found;
}"""


class _Strings(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def spoken_by_servers() -> Iterator[None]:
    """While the block lasts, servers of this process say it to who reads ``NAME``."""
    patch = pytest.MonkeyPatch()
    strings, read, over = language.translations, loading.read_language, Wording.over

    def translations(name: str) -> NullTranslations:
        return _Strings() if name == NAME else strings(name)

    def read_language(name: str, type_: type[catalogue.Words]) -> catalogue.Words | None:
        if name != NAME:
            return read(name, type_)
        return msgspec.convert(_marked(msgspec.to_builtins(read("en", type_))), type_)

    def worded(own: Wording, english: Wording) -> Wording:
        if own.locale != NAME:
            return over(own, english)
        return msgspec.convert(_marked(msgspec.to_builtins(english)), Wording)

    patch.setattr(language, "translations", translations)
    patch.setattr(catalogue, "read_language", read_language)
    patch.setattr(Wording, "over", worded)
    catalogue.words.cache_clear()
    try:
        yield
    finally:
        patch.undo()
        catalogue.words.cache_clear()


def _marked(value: Any) -> Any:
    """Every text of a catalogue; lists hold names of fields."""
    if isinstance(value, dict):
        return {k: v if k == "locale" else _marked(v) for k, v in value.items()}
    return f"{OPEN}{value}{CLOSE}" if isinstance(value, str) and value else value
