"""Templates, those of mails among them, and what each of them can use."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from amends.engine.outside import MOST_MEGABYTES
from amends.entrypoints.web.language import translate, translate_plural, words_now
from amends.entrypoints.web.saying import sentences
from amends.entrypoints.web.windows import sourced
from amends.entrypoints.words import formatting
from amends.entrypoints.words.languages import called, direction, languages
from amends.kernel.instants import Instant
from amends.kernel.money import Money

PACKAGE = "amends.entrypoints.web"


@cache
def static_file(name: str) -> bytes:
    """One of the pages' own files."""
    return (files(PACKAGE) / "static" / name).read_bytes()


@cache
def static_url(name: str) -> str:
    """Where a file is, named after its content, so that it can be kept for ever."""
    return f"/static/{hashlib.sha256(static_file(name)).hexdigest()[:12]}/{name}"


@cache
def environment() -> Environment:
    """Everything is escaped, and a name a page does not have is an error."""
    made = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.tests["in_rows"] = lambda name, rows: str(name).startswith(f"{rows}.")
    made.filters.update(
        money=formatting.money,
        code=lambda code: words_now().label(code),
        goods=lambda code: words_now().category(code),
        language=formatting.language,
    )
    made.globals.update(
        {
            "_": translate,
            "ngettext": translate_plural,
            "money": formatting.money,
            "moment": formatting.moment,
            "day": formatting.day,
            "left": left,
            "age": age,
            "minor": minor,
            "most_megabytes": MOST_MEGABYTES,
            "goods": lambda code: words_now().category(code),
            "language": formatting.language,
            "sourced": sourced,
            "sentences": sentences,
            "code": lambda code: words_now().label(code),
            "status_words": lambda code: words_now().status(code),
            "phase_words": lambda code: words_now().phase(code),
            "outcome_words": lambda code: words_now().outcome(code),
            "refund_words": lambda code: words_now().refund_state(code),
            "role_words": lambda code: words_now().role(code),
            "step_words": lambda code: words_now().step(code),
            "helping": lambda key, **facts: words_now().helping(key, **facts),
            "person_words": lambda code: words_now().person(code),
            "turn_words": lambda code: words_now().turn(code),
            "stylesheet": static_url("style.css"),
            "icon": static_url("icon.svg"),
            "looking_script": static_url("looking.js"),
            "languages": languages,
            "called": called,
            "direction_of": direction,
        }
    )
    return made


def left(until: Instant, now: Instant) -> str:
    """How long until then, in days and hours, or hours and minutes on the last day."""
    span = until - now
    if span <= timedelta(0):
        return translate("time is up")
    if span >= timedelta(days=1):
        return translate("{span} left").format(span=formatting.span(span))
    hours, seconds = divmod(int(span.total_seconds()), 3600)
    parts = [formatting.hours(hours)] if hours else []
    parts.append(formatting.minutes(seconds // 60))
    return translate("{span} left").format(span=formatting.together(parts))


def age(since: Instant, now: Instant) -> str:
    """How long since then: in days and hours, or in minutes within the first hour."""
    span = max(now - since, timedelta(0))
    if span >= timedelta(hours=1):
        return formatting.span(span)
    return formatting.minutes(int(span.total_seconds()) // 60)


def minor(amount: int, currency: str) -> str:
    """Minor units with their currency."""
    return formatting.money(Money(amount, currency))
