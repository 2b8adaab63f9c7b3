"""A sample marketplace: the feed that comes with the product, and what people did with its orders.

Everything goes through the engine, on a clock of the past that ends now.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from amends.dispute.judge import OnDispute, OnOrder
from amends.engine.jobs import Done
from amends.entrypoints.api.calls import Call, Upload
from amends.entrypoints.api.commands import with_number_checked
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.evidence import post_evidence
from amends.entrypoints.cli.do import dispute_types, order_types
from amends.entrypoints.cli.fields import read_money
from amends.entrypoints.clock import RECONCILED_AT, drain
from amends.entrypoints.demo import market
from amends.entrypoints.demo.market import Step
from amends.entrypoints.demo.people import add_people
from amends.entrypoints.demo.pictures import draw
from amends.entrypoints.demo.tries import SAMPLE
from amends.entrypoints.feeds import Feed
from amends.entrypoints.reconciliation import reconcile
from amends.entrypoints.service import CaseRequest, Service
from amends.entrypoints.words.catalogue import words
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant, to_micros
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role

SHOP = Actor("shop", Role.MARKETPLACE)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# What happens within such a span is lived in one go.
_TOGETHER = timedelta(hours=2)
_ABOUT_A_STEP = ("days", "order", "by", "provider")
_STORIES = ("stories.toml", "judging.toml", "desks.toml")
_INSTANTS = ("placed_at", "ship_by", "promised_by", "at")


class SampleBroken(RuntimeError):
    """A step of the sample was refused: the sample no longer fits the rules."""


def sample_feed() -> Path:
    """The feed that comes with the product, installed or in a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "examples"
    folder = installed if installed.is_dir() else package.parents[1] / "examples"
    return folder / "feed.ndjson"


def live(
    service: Service,
    end: Instant,
    advance: Callable[[int], object],
    *,
    orders: int = market.ORDERS,
) -> None:
    """Live the sample up to ``end``; ``advance`` is told of a hundred parts in all. ``orders``: how
    many there are beside those of the feed that comes with the product.

    The service is a sandbox's. Mail of the past is not written: whoever it was for has read it.
    Raises SampleBroken when a step is refused that is sure to fit.
    """
    if (sandbox := service.sandbox) is None:
        raise ValueError("a sample is lived on a clock that can be moved: a sandbox's")
    end = end.replace(second=0, microsecond=0)
    service = replace(service, handlers={**service.handlers, "mail": lambda _: Done()})
    feed = Feed(
        service.engine.handle,
        lambda _: None,
        lambda command: with_number_checked(service, command),
        SHOP,
        words(),
    )
    steps = _steps(end, orders)
    told = done = 0
    for _, some in groupby(steps, key=lambda step: (step.at - _EPOCH) // _TOGETHER):
        together = list(some)
        sandbox.clock.move_to(_to_the_minute(together[-1].at))
        drain(service)
        lines = [json.dumps(step.feed).encode() for step in together if step.feed is not None]
        for _ in feed.take(lines):
            pass
        if feed.imported.bad:
            raise SampleBroken(f"{feed.imported.bad[0].why}")
        for step in together:
            if step.story is not None:
                _act(service, step.story, certain=step.certain)
        done += len(together)
        advance(100 * done // len(steps) - told)
        told = 100 * done // len(steps)
    sandbox.clock.move_to(end)
    # Last, since from then on the queue deals cases out, which the stories do by hand.
    add_people(service)
    drain(service)
    # As the clock does once a day, without a word in the log of what the sample has on purpose.
    reconcile(service.engine, service.store, service.provider_for, service.clock)
    service.store.meta.put(RECONCILED_AT, str(to_micros(end)))
    service.store.meta.put(SAMPLE, "1")


def _steps(end: Instant, orders: int) -> list[Step]:
    """The feeds and the stories, moved so that the last day of what comes with the product is
    ``end``'s, and the market around them, by time."""
    here = files("amends.entrypoints.demo")
    feeds = (sample_feed(), here / "cases.ndjson")
    lines = [json.loads(line) for feed in feeds for line in feed.read_text("utf-8").splitlines()]
    told = [
        step
        for name in _STORIES
        for step in tomllib.loads((here / name).read_text("utf-8"))["step"]
    ]
    last = max(_instant_of(line) for line in lines)
    later = end.replace(second=0, microsecond=0) - last
    steps = [Step(_instant_of(line) + later, feed=_moved(line, later)) for line in lines]
    steps += [Step(last + later - timedelta(days=s["days"]), story=s) for s in told]
    steps += market.steps(end, orders)
    return sorted(steps, key=lambda step: step.at)


def _to_the_minute(at: Instant) -> Instant:
    """The minute that holds ``at``, or begins with it: pages are read better without seconds."""
    return at.replace(second=0, microsecond=0) + timedelta(
        minutes=bool(at.second or at.microsecond)
    )


def _instant_of(line: dict[str, Any]) -> Instant:
    return datetime.fromisoformat(line.get("placed_at") or line["at"])


def _moved(value: Any, later: timedelta) -> Any:
    """``value`` with every instant in it moved on."""
    if isinstance(value, list):
        return [_moved(part, later) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: (datetime.fromisoformat(part) + later).isoformat()
        if name in _INSTANTS
        else _moved(part, later)
        for name, part in value.items()
    }


def _act(service: Service, story: dict[str, Any], *, certain: bool) -> None:
    order = str(story["order"])
    by = _actor(service, order, str(story["by"]))
    provider = story.get("provider")
    if provider:
        drain(service)  # what was asked for before is not to meet it
        service.simulator.set_next(provider)
    for name, fields in story.items():
        if name in _ABOUT_A_STEP:
            continue
        if name == "picture":
            _upload(service, order, by, fields)
        elif name == "by_hand":
            _refund_by_hand(service, order, read_money(name, fields))
        else:
            _give(service, order, by, name, fields, certain=certain)
    if provider:
        drain(service)


def _refund_by_hand(service: Service, order: str, amount: Money) -> None:
    """Somebody at the shop gives money back on the provider's own pages, past us."""
    view = service.engine.view(order)
    assert view is not None  # noqa: S101 - its actor was found in it
    service.simulator.refund("", view.state.order.payment.reference, amount, service.new_token())


def _actor(service: Service, order: str, text: str) -> Actor:
    role, _, person = text.partition(":")
    if not person:
        view = service.engine.view(order)
        if view is None:
            raise SampleBroken(f"there is no order {order}")
        person = getattr(view.state.order, role)
    return Actor(person, Role(role))


def _give(
    service: Service, order: str, by: Actor, name: str, fields: dict[str, Any], *, certain: bool
) -> None:
    of_order, of_dispute = order_types(), dispute_types()
    value = dict(fields)
    for field in ("amount", "budget"):
        if isinstance(value.get(field), str):
            value[field] = msgspec.to_builtins(read_money(field, value[field]))
    if days := value.pop("follow_up_days", None):
        value["follow_up"] = (service.clock.now() + timedelta(days=days)).isoformat()
    command: Any = msgspec.convert(value, of_order.get(name) or of_dispute[name])
    command = with_number_checked(service, command)
    asked = (
        OnOrder(order, command) if name in of_order else OnDispute(order, f"{order}-D1", command)
    )
    outcome = service.engine.handle_one(CaseRequest(order, asked, by)).outcome
    if certain and isinstance(outcome, Refused):
        raise SampleBroken(f"{name} on {order} by {by.role}: {outcome.rule} {outcome.facts}")


def _upload(service: Service, order: str, by: Actor, picture: dict[str, str]) -> None:
    form = {"note": picture["note"]} if "note" in picture else {}
    if "dispute" in picture:
        form["dispute"] = f"{order}-{picture['dispute']}"
    name = picture["name"]
    kind: Any = picture["kind"]
    media_type = "image/png" if name.endswith(".png") else "image/jpeg"
    call = Call(
        by,
        "POST",
        "/orders/{order_id}/evidence",
        {"order_id": order},
        headers={"idempotency-key": service.new_token()},
        form=form,
        upload=Upload(draw(kind, name), name, media_type),
    )
    post_evidence(Api(service), call)
