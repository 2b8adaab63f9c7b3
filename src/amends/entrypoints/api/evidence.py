"""Evidence: taken in as a form, looked into, kept; and shown without letting it act."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute
from amends.dispute.decide import add_evidence
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.judge import OnDispute, OnOrder
from amends.dispute.state import order_of
from amends.engine.outside import FileUnknown, Inspected, Rejected
from amends.engine.requests import caller_of
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.api.calls import Call, Problem, Reply, invalid, json_reply, unknown
from amends.entrypoints.api.commands import digest_of, key_of, request_of, send
from amends.entrypoints.api.context import Api, seen_order
from amends.entrypoints.api.problems import refusal
from amends.entrypoints.looking import look_at_dispute, texts_of
from amends.kernel.decision import Accepted, Refused
from amends.kernel.refusals import refuse_role
from amends.kernel.texts import Code, Prose
from amends.order.decide.open_evidence import JUDGES, OpenEvidence
from amends.order.decide.upload_evidence import UploadEvidence
from amends.order.events.proof import EvidenceUploaded
from amends.order.proof import sees_evidence
from amends.order.state import Evidence, Order

_LONGEST_NAME = 200
# Shown in place: what a browser draws without running anything. All else is saved.
_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif")
_STILL = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class UploadFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The fields beside the file. ``kind``: as recognised when left out. ``dispute``: to which the
    file is put at once, with ``note`` on what it shows."""

    kind: Code | None = None
    note: Prose = ""
    dispute: str = ""


class UploadedView(Struct, frozen=True):
    """What became of an upload: ``found`` in it, and ``removed`` from it."""

    id: str
    digest: str
    kind: str
    media_type: str
    found: tuple[str, ...]
    removed: tuple[str, ...]


def post_evidence(api: Api, call: Call) -> Reply:
    """201 with the proof's id. With ``dispute`` it is put to that dispute at once."""
    key = key_of(call)
    order, upload = call.path["order_id"], call.upload
    if upload is None:
        raise invalid("file_missing", {}, "send_file", field="file")
    fields = struct_in({k: v for k, v in call.form.items() if v}, UploadFields)
    if any("\x00" in value for value in (upload.name, *call.form.values())):
        raise invalid("nul_character", {"field": "form"}, "remove_nul")
    seen_order(api, call)
    dispute = fields.dispute
    if dispute and order_of(dispute) != order:
        raise unknown("dispute", dispute)
    if dispute:
        _refuse_frozen(api, call, dispute)
    with api.in_flight.hold(caller_of(call.by), key):
        sent = hashlib.sha256(upload.data).digest()
        named = tuple(f"{name}={call.form[name]}".encode() for name in sorted(call.form))
        digest = digest_of(call, sent, upload.name.encode(), *named)
        looked_into = api.service.inspector.inspect(upload.data, upload.name, upload.media_type)
        if isinstance(looked_into, Rejected):
            refused = Refused(
                looked_into.rule, looked_into.facts, looked_into.next, "invalid", "file"
            )
            raise Problem(refused, 422)
        answer_view, replayed = _kept(api, call, looked_into, fields, key, digest)
        if dispute:
            adding = AddEvidence((answer_view.id,), fields.note)
            asked = OnDispute(order, dispute, adding)
            send(api.service, request_of(call, order, asked, key=f"{key}.add", digest=digest))
    location = f"/api/v1/orders/{order}/evidence/{answer_view.id}"
    return json_reply(answer_view, 201, headers={"Location": location}, replayed=replayed)


def _refuse_frozen(api: Api, call: Call, dispute_id: str) -> None:
    """Raises Problem before anything is kept when the dispute takes no evidence now."""
    found = look_at_dispute(api.service, dispute_id, call.by)
    if found is None:
        raise unknown("dispute", dispute_id)
    looking, dispute = found
    asked = AskedOfDispute(looking.case, dispute, call.by, looking.terms, looking.stamp)
    refused = refuse_role(call.by, add_evidence.BY) or add_evidence.may(asked)
    if refused:
        raise refusal(refused)


def _kept(
    api: Api, call: Call, file: Inspected, fields: UploadFields, key: str | None, digest: str
) -> tuple[UploadedView, bool]:
    """Keep the file, then record it: a record never points to a file that is not there."""
    service, order = api.service, call.path["order_id"]
    file_key = service.new_token()
    service.files.put(file_key, file.data)
    upload = call.upload
    name = upload.name[-_LONGEST_NAME:] if upload else ""
    command = UploadEvidence(
        kind=fields.kind or file.kind,
        media_type=file.media_type,
        digest=file.digest,
        file_key=file_key,
        name="".join(c for c in name if c.isprintable()),
        found=file.found,
        removed=file.removed,
        likeness=file.likeness,
    )
    request = request_of(call, order, OnOrder(order, command), key=key, digest=digest)
    try:
        answer = send(service, request)
    except Problem as problem:
        # What a database that went away was told may be on record, and the file is then needed.
        if problem.status != 503:
            service.files.delete(file_key)
        raise
    if answer.replayed:
        service.files.delete(file_key)
    events = answer.outcome.events if isinstance(answer.outcome, Accepted) else ()
    proof = next(e for e in events if isinstance(e, EvidenceUploaded)).evidence
    texts = texts_of(service, order, proof)
    view = UploadedView(
        id=proof.id,
        digest=proof.digest,
        kind=proof.kind,
        media_type=proof.media_type,
        found=tuple(texts.entry(proof.ref, "found") or ()),
        removed=tuple(texts.entry(proof.ref, "removed") or ()),
    )
    return view, answer.replayed


def get_evidence(api: Api, call: Call) -> Reply:
    """The file. The first look by anybody but its owner goes on record, and that of each who
    judges, before it is shown."""
    looking = seen_order(api, call)
    order, proof_id = looking.case.order, call.path["evidence_id"]
    proof = order.evidence.get(proof_id)
    if proof is None or not sees_evidence(proof, call.by):
        raise unknown("evidence", proof_id)
    record_opening(api, call, order, proof)
    file: Any = looking.texts.json(proof.ref)
    if not isinstance(file, dict):
        raise unknown("evidence", proof_id)
    try:
        with api.service.files.open(str(file["file_key"])) as content:
            data = content.read()
    except FileUnknown:
        raise unknown("evidence", proof_id) from None
    shown = "inline" if proof.media_type in _INLINE else "attachment"
    name = quote(str(file.get("name") or proof_id), safe="")
    headers = {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{name}",
        "Content-Security-Policy": _STILL,
        "ETag": f'"{proof.digest}"',
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Reply(200, data, proof.media_type, headers)


def record_opening(api: Api, call: Call, order: Order, proof: Evidence) -> None:
    """Put on record that the asker is about to see a proof, if it is the first look by anybody but
    its owner, or by one who judges. Raises Problem."""
    judges = call.by.role in JUDGES
    if proof.by == call.by.person or (proof.opened and not judges):
        return
    opening = OnOrder(order.id, OpenEvidence(proof.id))
    # Whichever way they come to it, it is the same look.
    key = f"open-{proof.id}" if judges else None
    try:
        send(api.service, request_of(call, order.id, opening, key=key, digest=proof.digest))
    except Problem as problem:
        # Who may read everything without taking part leaves no mark by looking.
        if problem.refused.rule != "not_for_this_role":
            raise
