"""The interface as a page that needs no network: made from the same document as the clients'."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from amends.entrypoints.api.calls import Reply
from amends.entrypoints.api.openapi import openapi
from amends.entrypoints.api.routes import Route

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6676; --line: #d9dee6;
  --paper: #fff; --panel: #f5f7fa; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b6; --line: #333c49;
  --paper: #12161c; --panel: #1a2029; --accent: #7db7f2; } }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .3rem; }
code { font: .92em ui-monospace, monospace; } p { margin: .3rem 0; white-space: pre-line; }
.method { color: var(--accent); font-weight: 600; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; background: var(--panel); }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
  border-top: 1px solid var(--line); }
details { margin: .5rem 0; } a { color: var(--accent); }
"""


def docs_page(routes: Sequence[Route]) -> Reply:
    """The page, with a policy that lets nothing but its own style in."""
    environment = Environment(
        loader=PackageLoader("amends.entrypoints.api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    document = openapi(routes)
    html = environment.get_template("docs.html").render(
        document=document,
        style=_STYLE,
        fields=_fields,
        schemas=document["components"]["schemas"],
    )
    allowed = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; frame-ancestors 'none'"
    return Reply(200, html.encode(), "text/html", {"Content-Security-Policy": policy})


def _fields(schema: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    """Each field of an object: its name, its type in short, whether it must be there, its words."""
    needed = schema.get("required", ())
    return [
        (name, _short(part), name in needed, part.get("description", ""))
        for name, part in schema.get("properties", {}).items()
    ]


def _short(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for joined in ("anyOf", "oneOf"):
        if joined in schema:
            return " or ".join(dict.fromkeys(_short(part) for part in schema[joined]))
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        items = schema.get("items") or {}
        return f"list of {_short(items)}"
    return str(schema.get("format", kind))
