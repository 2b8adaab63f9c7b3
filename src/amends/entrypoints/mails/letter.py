"""A letter: the parts every mail of ours has, written once as text and once as HTML."""

from __future__ import annotations

from msgspec import Struct

from amends.engine.outside import Mail
from amends.entrypoints.views.advice import WarningView
from amends.entrypoints.web.templating import environment
from amends.entrypoints.words.languages import direction, spoken
from amends.kernel.instants import Instant


class Until(Struct, frozen=True):
    """A deadline: ``says`` whose it is and when, ``why`` how it was reckoned, ``then`` what happens
    if nobody acts ("" where there is nothing to say)."""

    says: str
    why: str
    then: str
    yours: bool


class Item(Struct, frozen=True):
    """One of several things a letter tells of, with the page it is on."""

    heading: str
    text: str
    url: str
    at: Instant


class Letter(Struct, frozen=True):
    """One mail before it is addressed, each text a whole sentence or a few.

    ``preview`` is what an inbox shows beside the subject, ``also`` are lines about what else
    happened, ``warnings`` what they are asked that would harm them, ``facts`` are names with their
    values, ``button`` and ``url`` the one thing to press; ``closing`` says why it came, ``off`` is
    where such mail is ordered off, "" for what is always sent.
    """

    subject: str
    preview: str
    paragraphs: tuple[str, ...]
    button: str
    url: str
    closing: str
    also: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    until: Until | None = None
    warnings: tuple[WarningView, ...] = ()
    items: tuple[Item, ...] = ()
    off: str = ""


def mail_of(letter: Letter, to: str, message_id: str) -> Mail:
    """The letter, in the language that is spoken, as a mail to ``to``; both forms say the same."""
    templates, lang = environment(), spoken()
    return Mail(
        to=to,
        subject=letter.subject,
        text=templates.get_template("mail/letter.txt").render(letter=letter),
        html=templates.get_template("mail/letter.html").render(
            letter=letter, lang=lang, direction=direction(lang)
        ),
        message_id=message_id,
    )
