"""No page shows a bare code: what the record calls something, instead of what people call it.

The sample marketplace is walked by its links, as everybody in it. What people wrote themselves, and
references that lead to something, stand in elements of their own.
"""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from amends.bootstrap import Settings, build_service
from amends.entrypoints.application import build_app
from amends.entrypoints.demo import live
from amends.entrypoints.demo.tries import TRIES
from amends.entrypoints.service import Service
from amends.entrypoints.web.router import web_router
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import languages
from amends.policy.wording import codes_of
from tests.entrypoints.web.conftest import serving

# Of pages whose addresses differ by ids alone, so many are looked at.
ALIKE = 2
NOT_WALKED = ("/static/", "/api/", "/language/", "/design")
# With letters of its own, a language has no word that happens to be a code, or a code made plain.
OTHER_LETTERS = "ru"
PLAIN = re.compile(r"(?<![\w-])[A-Za-z][a-z]+(?:[_-][a-z]+)*(?![\w-])")
UNDERSCORED = re.compile(r"\w*[A-Za-z]_\w+")
MARKS = re.compile(r"\b(?:aliexpress|guide-\d+)\b|\((?:00\d|ours|rates|sellers)\b")
# Names within a sentence, which run in their own direction as those in a bdi do.
_ISOLATED = re.compile("\u2068[^\u2069]*\u2069")
_APART = frozenset({"bdi", "time", "kbd", "textarea", "script", "style", "title", "mark", "q"})
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_READ = ("aria-label", "alt", "placeholder", "data-label", "title")


class Shown(HTMLParser):
    """The words a page itself says: ``texts``; and where it leads: ``links``."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element, and take what is read aloud of it."""
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        data = given.get("dir") == "auto" or "hreflang" in given
        apart = tag in _APART or data or "code" in classes or "mark" in classes
        if tag == "a":
            self.links.append(given.get("href", ""))
        if not (apart or self._is_apart()):
            self.texts += [given[name] for name in _READ if given.get(name)]
        if tag not in _VOID:
            self._open.append((tag, apart))

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Text, if the page itself says it."""
        if data.strip() and not self._is_apart():
            self.texts.append(data.strip())

    def _is_apart(self) -> bool:
        return any(apart for _tag, apart in self._open)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str]]:
    """The sample marketplace, a small one, and its address."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        folder: Path = tmp_path_factory.mktemp("sample")
        service = build_service(Settings(folder / "sample.db", sandbox=True, base_url=base))
        stack.callback(service.close)
        live(service, datetime(2026, 11, 20, 12, tzinfo=UTC), lambda _: None, orders=40)
        stack.enter_context(serving(build_app(service, [web_router(service)]), listening))
        yield service, base


@pytest.fixture(scope="module")
def codes(sample: tuple[Service, str]) -> frozenset[str]:
    """All that has a name of its own, by what the record calls it."""
    said = words()
    known: set[str] = set()
    for terms in sample[0].library.all():
        known.update(code for codes in codes_of(terms).values() for code in codes)
    for table in (
        said.codes, said.labels, said.goods, said.fields, said.commands, said.events, said.rules,
        said.roles, said.phases, said.statuses, said.refund_states,
    ):  # fmt: skip
        known.update(table)
    return frozenset((known | set(languages()) | {"de", "ja", "pt"}) - {"name"})


def walk(browser: httpx.Client, start: str) -> Iterator[tuple[str, Shown]]:
    """Every page that can be reached from there by links, a few of each kind."""
    kinds: Counter[str] = Counter()
    seen: set[str] = set()
    waiting = [start, "/account", "/notices"]
    while waiting:
        path = waiting.pop(0).partition("#")[0]
        kind = re.sub(r"=[^&]*|\d+", "", re.sub(r"/[A-Z]-[^/?]*", "/X", path))
        if path in seen or not path.startswith("/") or path.startswith(NOT_WALKED):
            continue
        seen.add(path)
        if kinds[kind] >= ALIKE:
            continue
        answer = browser.get(path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        assert answer.status_code == 200, (path, answer.status_code)
        kinds[kind] += 1
        shown = Shown(answer.text)
        waiting += shown.links
        yield path, shown


def bare(shown: Shown, codes: frozenset[str], language: str) -> Iterator[str]:
    """The codes among a page's words."""
    for text in (_ISOLATED.sub("", told) for told in shown.texts):
        yield from UNDERSCORED.findall(text)
        yield from MARKS.findall(text)
        if language == OTHER_LETTERS:
            yield from (word for word in PLAIN.findall(text) if word.lower() in codes)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_of_the_sample_shows_a_bare_code(
    sample: tuple[Service, str], codes: frozenset[str], language: str
) -> None:
    found: dict[str, str] = {}
    kinds: set[str] = set()
    for one in TRIES:
        headers = {"Accept-Language": language}
        with httpx.Client(base_url=sample[1], headers=headers, follow_redirects=True) as browser:
            who = {"role": one.actor.role.value, "person": one.actor.person, "at": one.at}
            browser.post("/sandbox/enter", data=who)
            for path, shown in walk(browser, one.at):
                kinds.add(f"{one.actor.role.value} {urlsplit(path).path.partition('/')[2]}")
                for code in bare(shown, codes, language):
                    found.setdefault(code, f"{one.actor.role.value} {path}")
    assert len(kinds) > 60, "the sample was not walked"
    assert not found, "\n".join(f"{code}: {where}" for code, where in sorted(found.items()))


def test_a_bare_code_is_found() -> None:
    page = Shown(
        '<p>A case (ours)<bdi>pay_1</bdi> <span class="chip">ru</span> Late</p>'
        '<img alt="not_received"><p dir="auto">my_word<br></p> (aliexpress, 1)'
    )
    codes, found = frozenset({"ru", "late"}), {"(ours", "ru", "Late", "not_received", "aliexpress"}
    assert set(bare(page, codes, "ru")) == found
