"""The OpenAPI 3.1 text, made from the table of addresses and the command structs themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from amends import __version__
from amends.entrypoints.api.problems import ProblemView
from amends.entrypoints.api.routes import Route

_PATH_PARAMETER = re.compile(r"{(\w+)}")
_REF = "#/components/schemas/{name}"
_DESCRIPTION = """Order protection: orders go in, disputes are lived, refunds come out.

Money is an integer in the currency's minor unit. Instants are RFC 3339 in UTC. Every refusal names
the rule, the facts it was held against, and what would help. A thing one may not see answers as one
that does not exist."""
_PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key", "in": "header", "required": True,
        "description": "The caller's own name for this request: sent again with the same body it "
        "answers what it answered first, with another body 422.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
    "IfMatch": {
        "name": "If-Match", "in": "header", "required": False,
        "description": "The version last seen; 412 when it no longer is.",
        "schema": {"type": "string"},
    },
    "Limit": {
        "name": "limit", "in": "query", "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    },
    "Cursor": {
        "name": "cursor", "in": "query", "required": False,
        "description": "The `next` of the page before.", "schema": {"type": "string"},
    },
}  # fmt: skip


def openapi_text(routes: Sequence[Route]) -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(openapi(routes))


def openapi(routes: Sequence[Route]) -> dict[str, Any]:
    """The document."""
    types = _types(routes)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    known = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(f"/api/v1{route.path}", {})[route.method.lower()] = _operation(
            route, known, components
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "amends", "version": __version__, "description": _DESCRIPTION},
        "paths": paths,
        "components": {
            "schemas": components,
            "parameters": _PARAMETERS,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _types(routes: Iterable[Route]) -> list[Any]:
    found: dict[str, Any] = {repr(ProblemView): ProblemView}
    for route in routes:
        taken = route.takes.values() if isinstance(route.takes, Mapping) else (route.takes,)
        for type_ in (*taken, route.answers):
            if type_ is not None:
                found.setdefault(repr(type_), type_)
    return list(found.values())


def _operation(
    route: Route, known: Mapping[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": operation_id(route),
        "tags": [route.path.split("/")[1]],
        "parameters": _parameters(route),
        "responses": {
            str(route.status): _success(route, known),
            "default": {
                "description": "Refused, with the rule and what would help",
                "content": {"application/problem+json": {"schema": known[repr(ProblemView)]}},
            },
        },
    }
    if route.roles:
        roles = ", ".join(sorted(role.value for role in route.roles))
        operation["description"] = f"For: {roles}."
    else:
        operation["security"] = []
    if body := _body(route, known, components):
        operation["requestBody"] = {"required": True, "content": body}
    if route.method == "PUT":
        operation["responses"]["200"] = _success(route, known)
    return operation


def operation_id(route: Route) -> str:
    """A name for clients made from the document: ``post_order_command``."""
    return route.handler.__name__ + "_" + route.handler.__module__.rpartition(".")[2]


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_PARAMETER.findall(route.path)
    ]
    named = {
        "IdempotencyKey": route.keyed,
        "IfMatch": route.versioned,
        "Limit": route.paged,
        "Cursor": route.paged,
    }
    found += [{"$ref": f"#/components/parameters/{name}"} for name, has in named.items() if has]
    found += [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in route.query
    ]
    return found


def _success(route: Route, known: Mapping[str, Any]) -> dict[str, Any]:
    if route.answers is None:
        return {
            "description": "The file",
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
    schema = known[repr(route.answers)]
    if route.paged:
        schema = {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": schema},
                "next": {"type": ["string", "null"]},
            },
        }
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def _body(
    route: Route, known: Mapping[str, Any], components: dict[str, Any]
) -> dict[str, Any] | None:
    match route.body:
        case "none":
            return None
        case "form":
            fields = {name: {"type": "string"} for name in ("kind", "note", "dispute")}
            form = {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}, **fields},
            }
            return {"multipart/form-data": {"schema": form}}
        case "stream":
            lines = {"schema": {"type": "string"}}
            return {"application/x-ndjson": lines, "text/csv": lines}
        case "json" if isinstance(route.takes, Mapping):
            name = "OrderCommand" if "orders" in route.path else "DisputeCommand"
            components[name] = _one_of(route.takes, known)
            return {"application/json": {"schema": {"$ref": _REF.format(name=name)}}}
        case "json":
            return {"application/json": {"schema": _untagged(route.takes, known, components)}}


def _one_of(commands: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    schemas = {tag: known[repr(command)] for tag, command in commands.items()}
    return {
        "oneOf": list(schemas.values()),
        "discriminator": {
            "propertyName": "type",
            "mapping": {tag: schema["$ref"] for tag, schema in schemas.items()},
        },
    }


def _untagged(takes: Any, known: Mapping[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The schema of a command whose address says what it is: its ``type`` may be left out."""
    schema: dict[str, Any] = known[repr(takes)]
    name = schema["$ref"].rpartition("/")[2]
    named = components[name]
    if "type" not in named.get("required", ()):
        return schema
    bare = f"{name}Body"
    components[bare] = {**named, "title": bare, "required": [
        field for field in named["required"] if field != "type"
    ]}  # fmt: skip
    return {"$ref": _REF.format(name=bare)}
