"""Refusals as ``application/problem+json``: what is wrong, by which rule, and what would help."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from amends.engine.groups import TooBusy
from amends.engine.store import Unavailable
from amends.entrypoints.api.calls import Problem, Reply
from amends.entrypoints.words.catalogue import Words
from amends.kernel.decision import Refused

MEDIA_TYPE = "application/problem+json"
_STATUS = {"unknown": 404, "forbidden": 403, "invalid": 422, "conflict": 409}
_BY_RULE = {"changed_meanwhile": 412, "too_busy": 503}


class ProblemView(Struct, frozen=True):
    """The body of every answer that is not a success."""

    title: str
    status: int
    detail: str
    rule: str
    facts: dict[str, Any]
    next: tuple[str, ...]
    field: str | UnsetType = UNSET


def status_of(refused: Refused) -> int:
    """The HTTP status a refusal answers with."""
    return _BY_RULE.get(refused.rule, _STATUS[refused.kind])


def problem_reply(problem: Problem, words: Words) -> Reply:
    """The answer to a call that met ``problem``."""
    refused = problem.refused
    view = ProblemView(
        title=words.title(refused.rule),
        status=problem.status,
        detail=words.detail(refused.rule, refused.facts),
        rule=refused.rule,
        facts=dict(refused.facts),
        next=words.steps_to_take(refused.next),
        field=refused.field or UNSET,
    )
    return Reply(problem.status, msgspec.json.encode(view), MEDIA_TYPE, problem.headers)


def not_now(error: TooBusy | Unavailable) -> Problem:
    """503: what was asked may be asked again, under the same key, in as many seconds as it says.

    The line was left without anything done; a database that went away may have recorded it.
    """
    if isinstance(error, TooBusy):
        refused, seconds = Refused("server_busy", {}, ("send_again_later",)), 1
    else:
        refused, seconds = Refused("database_away", {}, ("send_again_later",)), 5
    return Problem(refused, 503, {"Retry-After": str(seconds)})


def refusal(refused: Refused, *, replayed: bool = False) -> Problem:
    """The problem that a refusal of the domain or the engine is."""
    status = status_of(refused)
    headers = {"Retry-After": "1"} if status == 503 else {}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Problem(refused, status, headers)
