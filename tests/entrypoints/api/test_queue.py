"""The queue over HTTP."""

from __future__ import annotations

from tests.entrypoints.judging.test_dealing import hire, in_mediation
from tests.entrypoints.sandbox import ADMIN, APPEALS, BUYER, MEDIATOR, SUPERVISOR, SUPPORT, Shop


def test_each_sees_what_they_work_with(shop: Shop) -> None:
    dispute = in_mediation(shop)
    (item,) = shop.get("/queue", SUPERVISOR)["items"]
    assert {name: item[name] for name in ("dispute", "phase", "has", "language", "amount")} == {
        "dispute": dispute, "phase": "mediation", "has": None, "language": "ru",
        "amount": {"amount": 72_000, "currency": "RUB"},
    }  # fmt: skip
    assert shop.get("/queue", MEDIATOR)["items"] == []
    shop.on(dispute, "assign_mediator", SUPERVISOR, mediator="m1")
    assert [i["has"] for i in shop.get("/queue", MEDIATOR)["items"]] == ["m1"]
    assert shop.get("/queue", "mediator.m2")["items"] == []
    assert shop.get("/queue", APPEALS)["items"] == []
    for filters, found in (
        ({"who": "nobody"}, 0), ({"who": "m1", "category": "clothing"}, 1),
        ({"category": "toys", "language": "ru"}, 0), ({"find": "s1"}, 1),
    ):  # fmt: skip
        answer = shop.call("GET", "/queue", ADMIN, params=filters).json()
        assert len(answer["items"]) == found, filters


def test_others_have_no_queue_and_no_filter_is_made_up(shop: Shop) -> None:
    for who in (BUYER, SUPPORT):
        assert shop.call("GET", "/queue", who).status_code == 403
    assert shop.call("GET", "/queue/load", MEDIATOR).status_code == 403
    assert shop.call("GET", "/queue", SUPERVISOR, params={"buyer": "b1"}).status_code == 422
    assert shop.call("GET", "/queue", SUPERVISOR, params={"cursor": "x"}).status_code == 422
    assert shop.call("GET", "/queue", SUPERVISOR, params={"limit": "0"}).status_code == 422


def test_loads_and_what_is_nobodys(shop: Shop) -> None:
    in_mediation(shop)
    hire(shop, "full", capacity=0)
    found = shop.get("/queue/load", SUPERVISOR)
    assert found["loads"] == [{"person": "full", "role": "mediator", "cases": 0, "capacity": 0}]
    assert found["waiting"] == 1
    assert sum(age["count"] for age in found["ages"]) == 1


def test_own_words_and_reminders(shop: Shop) -> None:
    dispute = in_mediation(shop, description="The coat is torn.")
    nothing = {"words": [], "reminders": [], "looked": 0, "whole": True}
    assert shop.get("/queue/own", SUPERVISOR) == nothing
    kept = shop.put("/queue/own/words", {"words": ["Coat", " hat "]}, SUPERVISOR, 200)
    assert kept == {**nothing, "words": ["coat", "hat"], "whole": False}
    shop.advance("PT1S")
    assert shop.get("/queue/own", SUPERVISOR) == {**kept, "looked": 1, "whole": True}
    (item,) = shop.get("/queue", SUPERVISOR, words="1")["items"]
    assert (item["dispute"], item["words"]) == (dispute, ["coat"])
    assert shop.get("/queue", ADMIN, words="1")["items"] == []
    at = f"/queue/own/reminders/{dispute}"
    kept = shop.put(at, {"day": "2026-12-31", "note": "Call them"}, SUPERVISOR, 200)
    reminder = {"dispute": dispute, "day": "2026-12-31", "note": "Call them"}
    assert kept["reminders"] == [reminder]
    assert shop.get("/queue", SUPERVISOR)["items"][0]["reminder"] == reminder
    assert shop.get("/queue/own", ADMIN) == nothing
    assert shop.put(at, {"day": "soon"}, SUPERVISOR, 422)["rule"] == "day_unreadable"
    gone = shop.put(at, {"day": "2025-12-31"}, SUPERVISOR, 422)
    assert (gone["rule"], gone["field"]) == ("day_has_passed", "day")
    assert "2025-12-31 has passed" in gone["detail"]
    assert shop.get("/queue/own", SUPERVISOR)["reminders"] == [reminder]
    assert shop.put(at, {}, SUPERVISOR, 422)
    long = {"words": ["x" * 61]}
    assert shop.put("/queue/own/words", long, SUPERVISOR, 422)["rule"] == "too_many_words"
    assert shop.put(at, {"day": None}, SUPERVISOR, 200)["reminders"] == []
    unknown = shop.put("/queue/own/reminders/X-1-D1", {"day": None}, SUPERVISOR, 404)
    assert unknown["rule"] == "unknown_dispute"
    assert shop.put(at, {"day": None}, MEDIATOR, 404)["rule"] == "unknown_dispute"
    assert shop.call("GET", "/queue/own", SUPPORT).status_code == 403
