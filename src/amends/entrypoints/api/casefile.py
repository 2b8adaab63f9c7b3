"""The case file of a dispute, and the key by which it can be checked."""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from typing import BinaryIO, cast

import structlog

from amends.engine.documents import NotTypeset
from amends.engine.groups import TooBusy
from amends.engine.outside import FileUnknown
from amends.entrypoints.api.calls import Call, Problem, Reply, not_one_of, unknown
from amends.entrypoints.api.context import Api, seen_dispute
from amends.entrypoints.api.evidence import record_opening
from amends.entrypoints.casefile.contents import Contents, contents_of
from amends.entrypoints.casefile.document import document_of
from amends.entrypoints.casefile.packing import pack
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.words.languages import languages, nearest, speaking, spoken
from amends.kernel.decision import Refused
from amends.kernel.people import Role

PDF, ZIP = "application/pdf", "application/zip"
_FORMATS = {"pdf": PDF, "zip": ZIP}
_IN_MEMORY = 4 * 1024 * 1024
# Of all photos that are shown small; those beyond it are in the ZIP alone.
_PICTURE_BYTES = 48 * 1024 * 1024
_log = structlog.get_logger(__name__)


def get_casefile(api: Api, call: Call) -> Reply:
    """PDF, or a ZIP with data, evidence and proofs: by ``format``, else by what is accepted. All
    evidence in it counts as looked at. Raises TooBusy while several are being made."""
    looking, dispute = seen_dispute(api, call)
    media_type, language = _media_type(call), _language(call, looking)
    if not api.case_files.acquire(blocking=False):
        raise TooBusy
    try:
        with speaking(language):
            return _reply(api, _looked_at(api, call, dispute.id, language), media_type)
    finally:
        api.case_files.release()


def get_casefile_key(api: Api, _call: Call) -> Reply:
    """The key that case files are signed with."""
    return Reply(200, api.service.signer.public_key, "application/x-pem-file")


def address_of_key(api: Api) -> str:
    """Where that key is stated."""
    return f"{api.service.base_url.rstrip('/')}/api/v1/casefile-key"


def _looked_at(api: Api, call: Call, dispute: str, language: str) -> Contents:
    """The case once it is on record that all evidence in it was looked at, also what is added while
    that is written. Raises Problem."""
    seen: set[str] = set()
    while True:
        contents = contents_of(api.service, dispute, call.by, language)
        if contents is None:
            raise unknown("dispute", dispute)
        unseen = [
            proof
            for proof in contents.proofs
            if not (proof.opened or proof.by == call.by.person or proof.id in seen)
        ]
        if not unseen:
            return contents
        for proof in unseen:
            record_opening(api, call, contents.looking.case.order, proof)
            seen.add(proof.id)


def _reply(api: Api, contents: Contents, media_type: str) -> Reply:
    service, address = api.service, address_of_key(api)
    try:
        pdf = service.typesetter.typeset(document_of(contents, address), _pictures(api, contents))
    except NotTypeset as error:
        _log.error("case_file_not_set", error=str(error))
        refused = Refused("case_file_not_made", {}, ("send_again_later",))
        raise Problem(refused, 503, {"Retry-After": "60"}) from None
    name = re.sub(r"[^A-Za-z0-9._-]", "-", contents.view.dispute.id)
    ending = "pdf" if media_type == PDF else "zip"
    headers = {"Content-Disposition": f'attachment; filename="case-{name}.{ending}"'}
    if media_type == PDF:
        return Reply(200, pdf, PDF, headers)
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - closed when sent
    try:
        pack(file, contents, pdf, service.files, service.signer, address)
    except BaseException:
        file.close()
        raise
    headers["Content-Length"] = str(file.tell())
    file.seek(0)
    return Reply(200, b"", ZIP, headers, file=file)


def _pictures(api: Api, contents: Contents) -> dict[str, bytes]:
    """The photos that are shown small; one that is not there is left out."""
    found: dict[str, bytes] = {}
    left = _PICTURE_BYTES
    for proof in contents.proofs:
        file_key = contents.looking.texts.entry(proof.ref, "file_key")
        if not proof.media_type.startswith("image/") or not file_key:
            continue
        with suppress(FileUnknown), api.service.files.open(str(file_key)) as file:
            picture = file.read(left + 1)
            if len(picture) > left:
                break
            found[proof.id] = picture
            left -= len(picture)
    return found


def _media_type(call: Call) -> str:
    asked = call.query.get("format")
    if asked is not None:
        if asked not in _FORMATS:
            raise not_one_of("format", asked, tuple(_FORMATS))
        return _FORMATS[asked]
    accepted = call.headers.get("accept", "")
    return ZIP if ZIP in accepted and PDF not in accepted else PDF


def _language(call: Call, looking: Looking) -> str:
    """The one that is asked for; a party's own; else the one that is spoken."""
    asked = call.query.get("language")
    if asked is not None:
        if asked not in languages():
            raise not_one_of("language", asked, languages())
        return asked
    order = looking.case.order
    own = {Role.BUYER: order.buyer_ref, Role.SELLER: order.seller_ref}.get(call.by.role)
    locale = looking.texts.entry(own, "locale") if own else None
    return nearest(locale) if isinstance(locale, str) else spoken()
