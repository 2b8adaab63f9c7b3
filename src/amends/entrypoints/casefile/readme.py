"""How to check a case file, for somebody who has never seen one."""

from __future__ import annotations

import textwrap

from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words.languages import ENGLISH, speaking

_WIDTH = 88
_SIGNED = (
    "openssl pkeyutl -verify -pubin -inkey platform-key.pem -rawin -in proof.json"
    " -sigfile proof.json.sig"
)


def read_me(dispute: str, address: str, language: str) -> bytes:
    """In the language of whoever takes it, and in English for whoever is given it."""
    parts = []
    for spoken in dict.fromkeys((language, ENGLISH)):
        with speaking(spoken):
            parts.append("\n\n".join(_paragraphs(dispute, address)))
    return ("\n\n\n".join(parts) + "\n").encode()


def _paragraphs(dispute: str, address: str) -> list[str]:
    stated = _(
        "3. The key in platform-key.pem must be the one that the platform states at {address}."
        " Without this step anybody could have signed."
    ).format(address=address)
    paragraphs = [
        _("Case file of dispute {dispute}").format(dispute=dispute),
        _(
            "case.pdf is the case to read and to print. case.json is the same as data. The folder"
            " evidence holds the files of both sides as they are on record. events.ndjson is the"
            " order's record, one event a line."
        ),
        _("How to check that nothing was changed"),
        _(
            "1. Unpack the file, open a terminal in the folder and run the following. Every line"
            " must end in OK, and there must be no file that is not in the list."
        ),
        "   sha256sum --check SHA256SUMS",
        _(
            "2. That finds what was changed by accident. Whoever changes a file on purpose can"
            " change the list as well, but not the platform's signature on proof.json, which holds"
            " the digest of every file. This must say that it was verified:"
        ),
        f"   {_SIGNED}",
        stated,
        _("Or, where amends is installed, everything at once, without a network:"),
        "   amends casefile check FILE.zip",
        _("What is proven, and what is not"),
        _(
            "The signature proves that the platform gave out exactly these files. The chain in"
            " events.ndjson proves more: each event's hash is made from its content and from the"
            " hash before it, so that the platform itself cannot change an event later without"
            " changing every hash after it. Keep this file: a later case file of the same dispute"
            " must hold the same hashes, and amends casefile check LATER.zip --against FILE.zip"
            " says whether it does."
        ),
        _(
            "Events that whoever took this file may not read to the last field, such as those that"
            " name who decided, are there as a hash alone. Such a hash cannot be reckoned again"
            " from this file; that it belongs there is the platform's word. Nothing can be found"
            " out from it."
        ),
        _(
            "People's texts are kept encrypted, and the chain holds digests of what is encrypted,"
            " so that a person can be erased. That the words shown here are those texts is the"
            " platform's word, given by its signature. Evidence is different: its digest stands in"
            " the event that put it on record, and is compared with the file here."
        ),
    ]
    return [
        paragraph if paragraph.startswith("   ") else textwrap.fill(paragraph, _WIDTH)
        for paragraph in paragraphs
    ]
