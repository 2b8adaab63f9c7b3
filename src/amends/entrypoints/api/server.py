"""The table of addresses on Litestar: reading requests, running handlers in threads, answering."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO, cast

import structlog
from anyio import to_thread
from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from amends.engine.groups import TooBusy
from amends.engine.store import Unavailable
from amends.entrypoints.api.auth import Asker
from amends.entrypoints.api.bodies import LARGEST
from amends.entrypoints.api.calls import Asked, Call, Problem, Reply, Upload, invalid
from amends.entrypoints.api.codings import TAKEN, codings_of
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.desk import Arrived, Desk
from amends.entrypoints.api.docs import docs_page
from amends.entrypoints.api.forms import form_in
from amends.entrypoints.api.openapi import openapi_text
from amends.entrypoints.api.problems import not_now, problem_reply
from amends.entrypoints.api.routes import ROUTES, Route
from amends.entrypoints.api.sending import sent
from amends.entrypoints.clock import drain
from amends.kernel.decision import Refused
from amends.kernel.people import Actor

PREFIX = "/api/v1"
_LARGEST_FORM = 101 * 1024 * 1024
_LARGEST_STREAM = 4 * 1024 * 1024 * 1024
# How much of a body that is not taken is read and thrown away, so that the answer is heard.
_HEARD_OUT = 64 * 1024 * 1024
_IN_MEMORY = 4 * 1024 * 1024
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_log = structlog.get_logger(__name__)

AnyRequest = Request[Any, Any, Any]
_NOBODY = cast(Actor, None)


@dataclass(frozen=True)
class _Doors:
    """The ways in: ``desk`` for calls that come down to a command, a thread for each other one."""

    api: Api
    asker: Asker
    desk: Desk


def api_handlers(api: Api) -> list[HTTPRouteHandler]:
    """A handler for each address that is there, the OpenAPI text and its page among them."""
    sandbox = api.service.sandbox is not None
    asker = Asker(api.service.store, sandbox=sandbox)
    doors = _Doors(api, asker, Desk(api, asker))
    routes = [route for route in ROUTES if sandbox or not route.sandbox]
    return [
        *(_handler(doors, route) for route in routes),
        _fixed("/openapi.json", lambda: Reply(200, openapi_text(routes))),
        _fixed("/docs", lambda: docs_page(routes)),
    ]


def _handler(doors: _Doors, route: Route) -> HTTPRouteHandler:
    async def handle(request: AnyRequest) -> Response[bytes]:
        return _response(await _answer(doors, route, request))

    return HTTPRouteHandler(
        PREFIX + _typed(route.path),
        http_method=route.method,
        status_code=route.status,
        request_max_body_size=_LARGEST_FORM if route.body == "form" else None,
        name=f"{route.method} {route.path}",
    )(handle)


def _fixed(path: str, make: Callable[[], Reply]) -> HTTPRouteHandler:
    # Made when somebody first asks: it takes a tenth of a start that few servers' visitors need.
    made = cache(make)

    def handle() -> Response[bytes]:
        return _response(made())

    return HTTPRouteHandler(
        PREFIX + path, http_method="GET", name=f"GET {path}", sync_to_thread=True
    )(handle)


def _typed(path: str) -> str:
    return path.replace("}", ":str}")


async def _answer(doors: _Doors, route: Route, request: AnyRequest) -> Reply:
    try:
        if route.command:
            return await doors.desk.reply(await _arrived(route, request))
        return await _alone(doors, route, request)
    except Problem as problem:
        return problem_reply(problem, doors.api.words)
    except (TooBusy, Unavailable) as error:
        return problem_reply(not_now(error), doors.api.words)
    except HTTPException as error:
        return problem_reply(http_problem(error, route.path), doors.api.words)
    except Exception as error:
        _log.error("call_failed", route=route.path, error=type(error).__name__, exc_info=error)
        return problem_reply(internal_error(), doors.api.words)


async def _arrived(route: Route, request: AnyRequest) -> Arrived:
    await _refuse_coded(request)
    asked = _as_asked(route, request)
    asked["body"] = await _read(request.stream())
    headers = asked["headers"]
    return Arrived(
        route,
        headers.get("authorization"),
        headers.get("idempotency-key"),
        lambda by, scopes: Call(by=by, scopes=scopes, **asked),
    )


async def _alone(doors: _Doors, route: Route, request: AnyRequest) -> Reply:
    by, scopes = await to_thread.run_sync(_who, doors.asker, route, request)
    call = await _call(route, request, by, scopes)
    try:
        return await to_thread.run_sync(_handled, doors.api, route, call)
    finally:
        if call.stream is not None:
            call.stream.close()


def _who(asker: Asker, route: Route, request: AnyRequest) -> tuple[Actor, tuple[str, ...]]:
    if not route.roles:
        return _NOBODY, ()
    authorization = request.headers.get("authorization")
    return asker.admitted(route, authorization, asker.keys([authorization]))


def _handled(api: Api, route: Route, call: Call) -> Reply:
    reply = route.handler(api, call)
    if isinstance(reply, Asked):
        raise TypeError(f"{route.path} is not known to come down to a command")
    if api.service.sandbox is not None and route.method != "GET":
        # The answer is made from what the command left; its jobs are done before it is sent, so
        # that whoever asks next finds everything at rest.
        drain(api.service)
    return reply


def _as_asked(route: Route, request: AnyRequest) -> dict[str, Any]:
    """What a call is made of beside who makes it and what is in its body."""
    scope = request.scope
    return {
        "method": route.method,
        "route": route.path,
        "path": {name: str(value) for name, value in scope["path_params"].items()},
        "query": dict(request.query_params.items()) if scope["query_string"] else {},
        # A server gives headers' names in lower case.
        "headers": {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]},
    }


async def _call(route: Route, request: AnyRequest, by: Actor, scopes: tuple[str, ...]) -> Call:
    call = _as_asked(route, request)
    if route.body != "none":
        await _refuse_coded(request)
    match route.body:
        case "json":
            call["body"] = await _read(request.stream())
        case "stream":
            call["stream"] = await _spooled(request.stream())
        case "form":
            call["form"], call["upload"] = await _form(request)
    return Call(by=by, scopes=scopes, **call)


async def _refuse_coded(request: AnyRequest) -> None:
    """Raises Problem for a body in a content coding: 415 with those that are taken."""
    coded = codings_of(request.scope["headers"])
    if not coded:
        return
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _HEARD_OUT:
            break
    refused = Refused("body_encoded", {"coding": ", ".join(coded)[:64]}, ("send_plain",), "invalid")
    raise Problem(refused, 415, TAKEN)


def _too_large(most: int) -> Problem:
    refused = Refused("body_too_large", {"most": most}, ("send_less",), "invalid")
    return Problem(refused, 413)


async def _read(stream: AsyncIterator[bytes]) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size <= LARGEST:
            parts.append(chunk)
        elif size > _HEARD_OUT:
            break
    if size > LARGEST:
        raise _too_large(LARGEST)
    return b"".join(parts)


async def _spooled(stream: AsyncIterator[bytes]) -> BinaryIO:
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the call
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > _LARGEST_STREAM:
            file.close()
            raise _too_large(_LARGEST_STREAM)
        await to_thread.run_sync(file.write, chunk)
    file.seek(0)
    return cast(BinaryIO, file)


async def _form(request: AnyRequest) -> tuple[dict[str, str], Upload | None]:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise invalid("form_wanted", {}, "send_form")
    fields: dict[str, str] = {}
    upload: Upload | None = None
    form = await form_in(request)
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name != "file" or upload is not None:
                raise invalid("unknown_field", {"fields": (name,)}, "leave_out_field", field=name)
            upload = Upload(await value.read(), value.filename, value.content_type)
        else:
            fields[name] = str(value)
    return fields, upload


def _response(reply: Reply) -> Response[bytes]:
    headers = {**SECURITY_HEADERS, **reply.headers}
    if reply.replayed:
        headers["Idempotency-Replayed"] = "true"
    return sent(reply, headers)


def http_problem(error: HTTPException, address: str) -> Problem:
    """What the framework itself refused, in our words."""
    status = error.status_code
    rules = {404: "no_such_address", 405: "method_not_allowed", 413: "body_too_large"}
    rule = rules.get(status, "request_malformed" if status < 500 else "internal_error")
    facts: dict[str, Any] = {"address": address}
    if status == 413:
        facts = {"most": _LARGEST_FORM}
    headers = (
        {"Allow": error.headers["Allow"]} if error.headers and "Allow" in error.headers else {}
    )
    return Problem(Refused(rule, facts, ("see_docs",), "invalid"), status, headers)


def internal_error() -> Problem:
    """We failed; what was asked may be asked again under the same key."""
    return Problem(Refused("internal_error", {}, ("send_again_later",)), 500)


def api_exception(api: Api, request: AnyRequest, error: Exception) -> Response[bytes]:
    """The answer to what was refused before any handler was found."""
    if isinstance(error, HTTPException):
        return _response(problem_reply(http_problem(error, request.url.path), api.words))
    _log.error("request_failed", error=type(error).__name__, exc_info=error)
    return _response(problem_reply(internal_error(), api.words))
