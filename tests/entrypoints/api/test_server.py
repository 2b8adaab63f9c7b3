"""What the server does around its handlers."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from amends.adapters.payments.stripe_settings import StripeSettings
from amends.bootstrap import Settings, build_service
from amends.entrypoints.api import orders
from tests.entrypoints.sandbox import BUYER, SHOP, Shop, order, sandbox


def test_a_fault_of_ours_is_told_without_its_secrets(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.placed()

    def broken(*_: object) -> None:
        secret = "olga@example.com"
        raise ZeroDivisionError(len(secret))

    monkeypatch.setattr(orders, "protection_view", broken)
    answer = shop.call("GET", "/orders/A-1001/protection", BUYER)
    assert (answer.status_code, answer.json()["rule"]) == (500, "internal_error")
    logged = capsys.readouterr().err
    assert "ZeroDivisionError" in logged
    assert "olga" not in logged
    assert "sandbox.buyer" not in logged


def test_a_sandbox_goes_on_where_it_stood(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with sandbox(database) as first:
        first.shipped()
    with sandbox(database) as second:
        assert second.get("/sandbox/clock") == {"now": "2026-03-02T12:00:00Z"}
        assert second.put("/orders/A-1001", order(), status=200)["status"] == "shipped"
        assert len(second.booked()["captures"]) == 1


def test_a_sandbox_takes_no_database_of_a_real_server(tmp_path: Path) -> None:
    database = tmp_path / "live.db"
    build_service(Settings.read(database, environment={})).close()
    with pytest.raises(ValueError, match="not made by a sandbox"):
        build_service(Settings.read(database, sandbox=True, environment={}))


def test_a_real_server_takes_no_database_of_a_sandbox(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    build_service(Settings.read(database, sandbox=True, environment={})).close()
    with pytest.raises(ValueError, match="made by a sandbox"):
        build_service(Settings.read(database, environment={}))


def test_a_real_server_has_no_tokens_and_no_controls_of_a_sandbox(tmp_path: Path) -> None:
    from litestar.testing import TestClient

    from amends.entrypoints.application import build_app

    service = build_service(Settings.read(tmp_path / "live.db", environment={}))
    try:
        with TestClient(build_app(service)) as client:
            live = Shop(client, service)
            assert live.call("GET", "/health", None).json()["sandbox"] is False
            assert live.call("GET", "/orders", SHOP).status_code == 401
            assert live.call("GET", "/sandbox/clock", SHOP).status_code == 404
            assert live.call("POST", "/sandbox/clock", SHOP, json={}).status_code == 404
    finally:
        service.close()


def test_a_database_of_a_pack_that_was_changed_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "live.db"
    build_service(Settings.read(database, environment={})).close()
    with sqlite3.connect(database) as connection:
        connection.execute(
            'UPDATE meta SET value = replace(value, \'"digest":"\', \'"digest":"0\')'
            " WHERE name = 'packs'"
        )
    connection.close()
    with pytest.raises(LookupError, match="the values of policy pack"):
        build_service(Settings.read(database, environment={}))


def test_a_body_that_is_too_large_is_heard_out(shop: Shop) -> None:
    answer = shop.call("PUT", "/orders/A-1001", SHOP, content=b"x" * 3_000_000)
    assert (answer.status_code, answer.json()["rule"]) == (413, "body_too_large")


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    env = {"AMENDS_SMTP_HOST": "mail.example", "AMENDS_SMTP_PASSWORD": "hush",
           "AMENDS_SMTP_USER": "u",
           "AMENDS_SENDER": "shop@example.com"}  # fmt: skip
    settings = Settings.read(tmp_path / "a.db", base_url="https://a.example/", environment=env)
    assert settings.base_url == "https://a.example"
    assert settings.smtp is not None
    assert (settings.smtp.host, settings.smtp.port) == ("mail.example", 587)
    assert "hush" not in repr(settings)
    stripe = {"AMENDS_STRIPE_KEY": "sk_hush", "AMENDS_STRIPE_WEBHOOK_SECRET": "whsec_hush"}
    settings = Settings.read(tmp_path / "a.db", environment={**env, **stripe})
    assert settings.stripe == StripeSettings("sk_hush", "whsec_hush")
    assert "hush" not in repr(settings)
    open_line = {**stripe, "AMENDS_STRIPE_API_BASE": "http://stripe.example"}
    with pytest.raises(ValueError, match="AMENDS_STRIPE_API_BASE"):
        Settings.read(tmp_path / "a.db", environment=open_line)
    for wrong in ({"AMENDS_SMTP_PORT": "x"}, {"AMENDS_SMTP_SECURITY": "maybe"}):
        with pytest.raises(ValueError, match="AMENDS_SMTP"):
            Settings.read(tmp_path / "a.db", environment={**env, **wrong})
