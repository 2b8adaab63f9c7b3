"""Callbacks in: let in by their signature, kept before they are understood, harmless however they
come."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from httpx import Response

from amends.engine.callbacks import KeptCallback
from amends.engine.simulated import SignedReport
from amends.engine.store import Unavailable
from amends.kernel.money import Money
from tests.entrypoints.sandbox import BUYER, FINANCE, SELLER, SUPPORT, Json, Shop, rub

D1, R1 = "A-1001-D1", "A-1001-R1"


def behave(shop: Shop, *behaviours: str, **callbacks: Any) -> None:
    body: Json = {"next": list(behaviours)}
    if callbacks:
        body["callbacks"] = callbacks
    shop.post("/sandbox/payments/behaviour", body, key=None)


def settle(shop: Shop, *behaviours: str, **callbacks: Any) -> Json:
    shop.disputed()
    behave(shop, *behaviours, **callbacks)
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    return shop.dispute(D1)


def reports(shop: Shop) -> list[SignedReport]:
    """What the provider has in store to report, however late it is meant to."""
    far = shop.service.clock.now().replace(year=2030)
    return list(shop.service.simulator.due_reports(far))


def send(shop: Shop, report: SignedReport, provider: str = "simulator") -> Response:
    headers = {**report.headers, "Content-Type": "application/json"}
    return shop.client.post(f"/callbacks/{provider}", content=report.body, headers=headers)


def kept(shop: Shop) -> list[KeptCallback]:
    return shop.service.store.callbacks.page()


def test_a_report_is_kept_and_answered_and_understood_afterwards(shop: Shop) -> None:
    assert settle(shop, "pending", late="P30D")["phase"] == "settling"
    shop.advance("P1D")
    pending, succeeded = reports(shop)
    answer = send(shop, succeeded)
    assert (answer.status_code, answer.content) == (204, b"")
    assert shop.dispute(D1)["outcome"] == "refunded"
    (found,) = kept(shop)
    assert (found.provider, found.id, found.state, found.note) == (
        "simulator", "re_1:succeeded", "understood", "A-1001",
    )  # fmt: skip
    for _ in range(50):
        assert send(shop, succeeded).status_code == 204
    assert send(shop, pending).status_code == 204
    assert [callback.id for callback in kept(shop)] == ["re_1:succeeded", "re_1:pending"]
    assert shop.dispute(D1)["refunds"][0]["state"] == "settled"
    assert len(shop.booked()["refunds"]) == 1


def test_what_is_not_the_providers_is_not_kept(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    settle(shop, "ok", late="P30D")
    (report,) = reports(shop)
    forged = SignedReport(report.id, report.at, report.headers, report.body + b" ")
    unsigned = SignedReport(report.id, report.at, {}, b"secret words")
    large = SignedReport(report.id, report.at, report.headers, b"x" * 1_000_001)
    assert [send(shop, one).status_code for one in (forged, unsigned, large)] == [400, 400, 413]
    assert send(shop, report, "nobody").status_code == 404
    assert send(shop, report, "stripe").status_code == 404, "it is not connected"
    assert shop.client.get("/callbacks/simulator").status_code == 405
    assert kept(shop) == []
    said = capfd.readouterr().err
    assert said.count("callback_not_genuine") == 2
    assert "secret words" not in said
    assert next(iter(report.headers.values())) not in said


def test_a_packed_report_is_asked_for_plain(shop: Shop) -> None:
    settle(shop, "ok", late="P30D")
    (report,) = reports(shop)
    packed = {**report.headers, "Content-Encoding": "gzip"}
    body = gzip.compress(report.body)
    answer = send(shop, SignedReport(report.id, report.at, packed, body))
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")
    assert kept(shop) == []
    plain = {**report.headers, "Content-Encoding": "identity"}
    assert send(shop, SignedReport(report.id, report.at, plain, report.body)).status_code == 204


def test_while_the_record_is_out_of_reach_the_provider_is_told_to_come_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(shop, "ok", late="P30D")
    (report,) = reports(shop)
    callbacks = shop.service.store.callbacks

    def gone(*_: object) -> bool:
        raise Unavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(callbacks, "keep", gone)
        assert send(shop, report).status_code == 503
    assert send(shop, report).status_code == 204
    assert len(kept(shop)) == 1


@pytest.mark.parametrize(
    ("times", "newest_first", "before_answer"),
    [(0, False, False), (1, False, True), (2, True, False), (50, True, True)],
)
@pytest.mark.parametrize(
    ("behaviour", "ends"),
    [("ok", ["settled"]), ("pending", ["settled"]), ("requires_action", ["settled"]),
     ("timeout_but_done", ["settled"]), ("canceled", ["failed", "settled"]),
     ("closed_account", ["failed", "settled"])],
)  # fmt: skip
def test_however_reports_come_the_money_moves_once(
    shop: Shop, behaviour: str, ends: list[str], times: int, newest_first: bool, before_answer: bool
) -> None:
    settle(shop, behaviour, times=times, newest_first=newest_first, before_answer=before_answer)
    shop.advance("P10D")
    assert [refund["state"] for refund in shop.dispute(D1)["refunds"]] == ends
    assert shop.dispute(D1)["outcome"] == "refunded"
    standing = [r for r in shop.booked()["refunds"] if r["state"] == "succeeded"]
    assert [refund["amount"] for refund in standing] == [rub(72_000)]
    if times:
        ids = {f"re_{i}" for i in range(1, len(ends) + 1)}
        assert {callback.id.partition(":")[0] for callback in kept(shop)} == ids
        assert {callback.state for callback in kept(shop)} == {"understood"}


def test_a_report_that_comes_before_the_answer_is_taken_first(shop: Shop) -> None:
    settle(shop, "ok", before_answer=True, late="P1D")
    assert shop.dispute(D1)["outcome"] == "refunded"
    (first,) = kept(shop)
    assert (first.id, first.state) == ("re_1:succeeded", "understood")
    events = shop.get(f"/disputes/{D1}/events", BUYER)["items"]
    assert [event["type"] for event in events].count("refund_settled") == 1


def test_an_old_report_does_not_undo_a_newer_one(shop: Shop) -> None:
    """It succeeded, and failed two days later; the first of the two reports comes last."""
    settle(shop, "fail_later", late="P30D")
    shop.advance("P2D")
    succeeded, failed = reports(shop)
    send(shop, failed)
    assert shop.dispute(D1)["refunds"][0]["state"] == "reversed"
    send(shop, succeeded)
    assert shop.dispute(D1)["refunds"][0]["state"] == "reversed"
    shop.advance("P1D")
    assert [r["state"] for r in shop.dispute(D1)["refunds"]] == ["reversed", "settled"]


def test_what_is_not_about_us_is_kept_and_changes_nothing(shop: Shop) -> None:
    shop.disputed()
    provider = shop.service.simulator
    behave(shop, late="P30D")
    before = shop.get("/orders/A-1001")["version"]
    for intent in ("", "theirs", "A-1001-R9", "A-77-R1", "-R1"):
        provider.refund(intent, "pay_1", Money(1, "RUB"), f"k{intent}")
    for report in reports(shop):
        assert send(shop, report).status_code == 204
    assert {(c.state, c.note) for c in kept(shop)} == {("irrelevant", "no_refund_of_ours")}
    assert shop.get("/orders/A-1001")["version"] == before


def test_what_is_unknown_is_kept_and_shown(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(shop, "ok", late="P30D")
    (report,) = reports(shop)
    with monkeypatch.context() as patched:
        patched.setattr(shop.service.simulator, "about", lambda kind, body: None)
        send(shop, report)
    shown = shop.get("/callbacks", FINANCE, state="unknown")
    (item,) = shown["items"]
    assert (item["id"], item["kind"], item["note"]) == (
        "re_1:succeeded", "refund.succeeded", "refund.succeeded",
    )  # fmt: skip
    assert item["body"]["refund"]["intent"] == R1
    assert shown["next"] is None


def test_the_list_is_for_bookkeepers_and_comes_in_pages(shop: Shop) -> None:
    settle(shop, "pending", late="P30D")
    shop.advance("P1D")
    for report in reports(shop):
        send(shop, report)
    for who in (BUYER, SELLER, SUPPORT):
        shop.get("/callbacks", who, 403)
    first = shop.get("/callbacks", FINANCE, limit="1")
    then = shop.get("/callbacks", FINANCE, limit="1", cursor=first["next"])
    assert [one["items"][0]["id"] for one in (first, then)] == ["re_1:succeeded", "re_1:pending"]
    assert then["next"] is None
    assert shop.get("/callbacks", FINANCE, state="waiting")["items"] == []
    for wrong in ({"state": "lost"}, {"cursor": "x"}, {"cursor": "1.x"}, {"colour": "red"}):
        shop.get("/callbacks", FINANCE, 422, **wrong)


@pytest.mark.parametrize(
    "body",
    [{"next": [], "callbacks": {"times": 51}}, {"next": [], "callbacks": {"late": "P61D"}},
     {"next": [], "callbacks": {"often": 2}}, {"next": ["explode"]}],
)  # fmt: skip
def test_a_behaviour_that_cannot_be_is_refused(shop: Shop, body: Json) -> None:
    shop.post("/sandbox/payments/behaviour", body, status=422)
