"""The bigger part of the sample marketplace: who bought what, how it was sent, and how it went.

Drawn by chance from one seed, so that it is the same marketplace each time; only its dates move.
"""

from __future__ import annotations

import random
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from typing import Any

from msgspec import Struct

from amends.kernel.instants import Instant

ORDERS = 1960
SPAN = timedelta(days=48)
_SEED = 20
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PICTURES = 30
_SAME_PICTURE = 12
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FEDEX_WEIGHTS = (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
_MEDIATORS = ("mikhail", "nadia", "chen", "amina")
_QUESTIONS = (
    "Hello, can you say when it will be sent?",
    "Is there a way to change the colour before it is sent?",
    "The tracking has not moved for three days. Do you know more?",
    "It came, thank you. How is it best cleaned?",
)
_REPLIES = (
    "Hello! It leaves our house tomorrow.",
    "We asked the carrier and will write again as soon as we know.",
    "With pleasure. The leaflet in the box says it on its second page.",
)


class Step(Struct, frozen=True):
    """Something that happens: a line of the feed, or what somebody does (``certain``: it fits the
    rules whatever the day; what does not is passed over, as people do who are told why not)."""

    at: Instant
    feed: dict[str, Any] | None = None
    story: dict[str, Any] | None = None
    certain: bool = True


class _Bought(Struct, frozen=True):
    id: str
    seller: str
    title: str
    captured: int
    currency: str


def steps(end: Instant, orders: int = ORDERS) -> Iterator[Step]:
    """Everything that happened to so many orders before ``end``, order by order."""
    about = tomllib.loads((files("amends.entrypoints.demo") / "market.toml").read_text("utf-8"))
    # Only to make a marketplace that looks like one.
    chance = random.Random(_SEED)  # noqa: S311
    pictures = 0
    for number in range(orders):
        # Denser towards the end, as a marketplace that grows.
        age = SPAN * (1 - chance.random() ** 0.7)
        placed = _whole(end - max(age, _HOUR))
        made = list(_order(about, chance, f"B-{2001 + number}", placed, pictures < _PICTURES))
        pictures += any(step.story and "picture" in step.story for step in made)
        yield from (step for step in made if step.at < end)


def _order(
    about: dict[str, Any], chance: random.Random, key: str, placed: Instant, pictured: bool
) -> Iterator[Step]:
    buyers, seller = chance.choice(about["buyer"]), chance.choice(about["seller"])
    goods, name = chance.choice(seller["goods"]), chance.choice(buyers["names"])
    quantity = chance.choice((1, 1, 1, 2, 3))
    price = max(1, round(goods["cents"] * about["rates"][buyers["currency"]]))
    bought = _Bought(key, seller["id"], goods["title"], price * quantity, buyers["currency"])
    yield Step(placed, feed=_placed(bought, buyers, name, seller, goods, price, quantity, placed))
    if chance.random() < 0.12:
        asked = placed + chance.uniform(4, 60) * _HOUR
        yield _does(asked, key, "buyer", send_message={"text": chance.choice(_QUESTIONS)})
        if chance.random() < 0.8:
            later = asked + chance.uniform(1, 30) * _HOUR
            yield _does(later, key, "seller", send_message={"text": chance.choice(_REPLIES)})
    if chance.random() < 0.03:
        return  # never sent
    shipped = _whole(placed + chance.uniform(10, 80) * _HOUR)
    carrier = chance.choice(about["carriers"][seller["country"]])
    parcel = _number(chance, carrier, seller["country"])
    yield Step(shipped, feed={"type": "shipment", "order": key, "carrier": carrier, "insist": True,
                              "tracking_number": parcel, "at": shipped.isoformat()})  # fmt: skip

    def tracked(status: str, at: Instant, place: str) -> Step:
        return Step(at, feed={"type": "tracking", "order": key, "tracking_number": parcel,
                              "status": status, "at": at.isoformat(), "place": place})  # fmt: skip

    yield tracked("accepted", shipped + 5 * _HOUR, seller["country"])
    yield tracked("in_transit", shipped + 3 * _DAY, buyers["country"])
    trouble = chance.random()
    if trouble < 0.04:
        opened = shipped + chance.uniform(9, 14) * _DAY
        yield from _not_received(chance, bought, opened)
        return
    delivered = _whole(shipped + chance.uniform(5, 13) * _DAY)
    yield tracked("delivered", delivered, buyers["country"])
    if trouble < 0.20:
        opened = delivered + chance.uniform(0.3, 5) * _DAY
        yield from _dispute(about, chance, bought, opened, pictured)
    elif trouble < 0.55:
        confirmed = delivered + chance.uniform(2, 60) * _HOUR
        yield _does(confirmed, key, "buyer", confirm_receipt={})
        # By its number, so that the rest of the market stays as it was drawn.
        review = about["review"][_number_of(key) % len(about["review"])]
        yield _does(confirmed + _DAY / 2, key, "buyer", leave_feedback=review)


def _placed(
    bought: _Bought, buyers: dict[str, Any], name: str, seller: dict[str, Any],
    goods: dict[str, Any], price: int, quantity: int, placed: Instant,
) -> dict[str, Any]:  # fmt: skip
    first = name.split(maxsplit=1)[0].casefold()
    person = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode()

    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": bought.currency}

    return {
        "type": "order", "id": bought.id, "placed_at": placed.isoformat(),
        "currency": bought.currency, "policy": "aliexpress",
        "buyer": {"id": person, "name": name, "email": f"{person}@example.com",
                  "locale": buyers["locale"], "country": buyers["country"]},
        "seller": {"id": seller["id"], "name": seller["name"],
                   "email": f"{seller['id']}@example.com", "locale": seller["locale"],
                   "country": seller["country"], "return_policy": seller["returns"]},
        "lines": [{"id": "1", "sku": goods["sku"], "title": goods["title"], "quantity": quantity,
                   "unit_price": money(price), "discount": money(0), "tax": money(0),
                   "weight_grams": goods["grams"], "category": goods["category"],
                   "listing": {"text": goods["text"], "attributes": goods["attributes"]}}],
        "shipping": {"price": money(0), "ship_by": (placed + 4 * _DAY).isoformat(),
                     "promised_by": (placed + 20 * _DAY).isoformat()},
        "payment": {"provider": "simulator", "reference": f"pay_{bought.id}", "method": "card",
                    "captured": money(bought.captured)},
    }  # fmt: skip


def _not_received(chance: random.Random, bought: _Bought, opened: Instant) -> Iterator[Step]:
    claim = {
        "received": False, "reason": "not_received", "remedy": "refund",
        "description": "It never came. Nobody rang, and the post office knows nothing.",
    }  # fmt: skip
    yield _does(opened, bought.id, "buyer", open_dispute=claim)
    if chance.random() < 0.5:
        answered = opened + chance.uniform(8, 100) * _HOUR
        if chance.random() < 0.6:
            whole = _money(bought, 1.0)
            yield _does(
                answered, bought.id, "seller", accept_offer={"offer": "O1", "amount": whole}
            )
        else:
            yield _does(answered, bought.id, "seller", request_more_time={})


def _dispute(
    about: dict[str, Any], chance: random.Random, bought: _Bought, opened: Instant, pictured: bool
) -> Iterator[Step]:
    """One of the courses a dispute takes, as far as it comes."""
    trouble = chance.choice(about["trouble"])
    key = bought.id
    if pictured:
        # Some file a picture that was already used for another order.
        name = f"{trouble['picture']}-{_number_of(key) // _SAME_PICTURE}.jpg"
        picture = {"kind": trouble["picture"], "name": name}
        yield _does(opened - _HOUR / 2, key, "buyer", picture=picture)
    goods_back = chance.random() < 0.3
    claim: dict[str, Any] = {
        "received": True, "reason": trouble["reason"],
        "remedy": "return_and_refund" if goods_back else "refund",
        "evidence": ["E1"] if pictured else [],
        "description": trouble["text"].format(thing=bought.title),
    }  # fmt: skip
    share = 1.0 if goods_back else chance.choice((0.3, 0.5, 0.8, 1.0))
    claim["amount"] = _money(bought, share)
    yield _does(opened, key, "buyer", open_dispute=claim)
    course = chance.random()
    answered = opened + chance.uniform(6, 110) * _HOUR
    if course < 0.15:
        return  # the seller says nothing
    if course < 0.25:
        yield _does(opened + 3 * _HOUR, key, "buyer", cancel_dispute={})
        return
    if course < 0.45:
        accepted = {"offer": "O1", "amount": claim["amount"]}
        yield _does(answered, key, "seller", accept_offer=accepted)
        return
    offer = {"remedy": "refund", "amount": _money(bought, share * chance.choice((0.0, 0.2, 0.5))),
             "note": trouble["answer"]}  # fmt: skip
    yield _does(answered, key, "seller", make_offer=offer)
    replied = answered + chance.uniform(5, 90) * _HOUR
    if course < 0.60:
        taken = {"offer": "O2", "amount": offer["amount"]}
        yield _does(replied, key, "buyer", accept_offer=taken)
        return
    if course < 0.70:
        mine = {"remedy": "refund", "amount": _money(bought, share * 0.7),
                "note": "I can live with a little less, but not with that."}  # fmt: skip
        yield _does(replied, key, "buyer", make_offer=mine)
        return
    yield _does(replied, key, "buyer", escalate={"note": "We do not agree. Please look at it."})
    mediator = chance.choice(_MEDIATORS)
    if course < 0.78:
        return
    assigned = replied + chance.uniform(1, 30) * _HOUR
    yield _does(assigned, key, "supervisor:vera", assign_mediator={"mediator": mediator})
    if pictured:
        ruling = {
            "remedy": "refund", "amount": _money(bought, share * 0.6), "finding": "for_buyer",
            "reasons": ["item_differs_from_listing"], "clauses": ["not_as_described", "proportion"],
            "evidence": ["E1"],
            "text": "The picture shows what the claim says; the thing can be used, so a part of its"
            " price is given back.",
        }  # fmt: skip
        ruled = max(assigned, opened + 6 * _DAY) + chance.uniform(10, 60) * _HOUR
        yield _does(ruled, key, f"mediator:{mediator}", issue_ruling=ruling)


def _number_of(order: str) -> int:
    return int(order.partition("-")[2])


def _whole(at: Instant) -> Instant:
    return at.replace(second=0, microsecond=0)


def _does(at: Instant, order: str, by: str, **what: Any) -> Step:
    return Step(at, story={"order": order, "by": by, **what}, certain=False)


def _money(bought: _Bought, share: float) -> dict[str, Any]:
    return {"amount": round(bought.captured * share), "currency": bought.currency}


def _number(chance: random.Random, carrier: str, country: str) -> str:
    """A number whose check digit is right: DHL's ten digits with a remainder by seven, FedEx's
    twelve with a weighted sum, a post's after the postal union's S10."""
    if carrier == "DHL":
        digits = chance.randint(100_000_000, 999_999_999)
        return f"{digits}{digits % 7}"
    if carrier == "FedEx":
        serial = f"79{chance.randint(100_000_000, 999_999_999)}"
        return f"{serial}{_weighed(serial, _FEDEX_WEIGHTS) % 11 % 10}"
    digits = chance.randint(10_000_000, 99_999_999)
    check = 11 - _weighed(f"{digits}", _S10_WEIGHTS) % 11
    service = "EE" if carrier == "Japan Post EMS" else "RB"
    return f"{service}{digits}{ {10: 0, 11: 5}.get(check, check) }{country}"


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
