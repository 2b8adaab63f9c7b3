"""The OpenAPI text and its page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from amends.entrypoints.api.disputes import COMMANDS as DISPUTE_COMMANDS
from amends.entrypoints.api.orders import COMMANDS as ORDER_COMMANDS
from amends.entrypoints.api.routes import ROUTES
from tests.entrypoints.sandbox import Json, Shop


@pytest.fixture
def kind() -> str:
    """The documents hold nothing from a database."""
    return "sqlite"


def document(shop: Shop) -> Json:
    answer = shop.call("GET", "/openapi.json", None)
    assert answer.headers["content-type"] == "application/json"
    body: Json = answer.json()
    return body


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    if isinstance(value, list):
        return set().union(*map(references, value))
    return set()


def test_every_address_is_in_the_document(shop: Shop) -> None:
    told = document(shop)
    assert told["openapi"].startswith("3.1")
    operations = {
        (method.upper(), path) for path, found in told["paths"].items() for method in found
    }
    assert operations == {(route.method, f"/api/v1{route.path}") for route in ROUTES}
    ids = [op["operationId"] for found in told["paths"].values() for op in found.values()]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(shop: Shop) -> None:
    told = document(shop)
    for reference in references(told):
        part: Any = told
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]


def test_commands_are_told_apart_by_their_type(shop: Shop) -> None:
    schemas = document(shop)["components"]["schemas"]
    for name, commands in (("OrderCommand", ORDER_COMMANDS), ("DisputeCommand", DISPUTE_COMMANDS)):
        union = schemas[name]
        assert union["discriminator"]["propertyName"] == "type"
        mapping = union["discriminator"]["mapping"]
        assert set(mapping) == set(commands)
        for tag, reference in mapping.items():
            schema = schemas[reference.rpartition("/")[2]]
            assert schema["properties"]["type"]["enum"] == [tag]
            assert "type" in schema["required"]
    placing = schemas["PlaceOrderBody"]
    assert "type" not in placing["required"]
    assert {"placed_at", "buyer", "lines"} <= set(placing["required"])


def test_the_page_needs_no_network(shop: Shop) -> None:
    answer = shop.call("GET", "/docs", None)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text
    links = re.findall(r'(?:href|src)="([^"]*)"', answer.text)
    assert all(link.startswith("#") or link == "openapi.json" for link in links)
    targets = set(re.findall(r'id="([^"]*)"', answer.text))
    assert {link[1:] for link in links if link.startswith("#")} <= targets
    for command in ("make_offer", "issue_ruling", "ship_order"):
        assert command in answer.text
