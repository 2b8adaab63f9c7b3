"""Our books and the provider's: what is the same says nothing, each way of parting is found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.entrypoints.reconciliation import Difference, reconcile
from amends.kernel.money import Money
from tests.given import PROVIDER
from tests.money.world import FINANCE, World, usd

DAY = timedelta(days=1)


def dollars(amount: int) -> Money:
    return Money(amount, "USD")


def found(world: World) -> list[tuple[str, str, int | None, int | None]]:
    world.to(world.now() + timedelta(hours=1))
    return [
        (d.kind, d.about, d.ours.amount if d.ours else None, d.theirs.amount if d.theirs else None)
        for d in world.reconcile().differences
    ]


@pytest.mark.parametrize(
    "behaviour", ["ok", "pending", "decline", "timeout", "timeout_but_done", "unavailable"]
)
def test_what_is_under_way_or_settled_is_no_difference(world: World, behaviour: str) -> None:
    world.place()
    world.agree(60)
    assert found(world) == []
    world.simulator.set_next([behaviour])  # type: ignore[list-item]
    world.run()
    assert found(world) == []
    world.live(5 * DAY)
    assert found(world) == []
    books = world.reconcile()
    assert (books.orders, books.heard, books.not_connected) == (1, 0, 0)


def test_a_report_that_was_lost_is_heard(world: World) -> None:
    world.place(units=2)
    world.agree(60)
    world.agree(70)
    world.simulator.set_next(["pending", "fail_later"])
    world.run()
    world.to(world.now() + 3 * DAY)
    world.callbacks(0)
    books = world.reconcile()
    assert (books.refunds, books.heard, books.differences) == (2, 2, ())
    assert sorted(r.state for r in world.refunds()) == ["reversed", "settled"]
    assert world.reconcile().heard == 0


def test_a_refund_made_by_hand_at_the_provider(world: World) -> None:
    world.place()
    world.simulator.refund("", "pay_A-1", dollars(30), "by hand")
    assert found(world) == [("not_recorded", "re_1", None, 30)]
    (difference,) = world.reconcile().differences
    assert difference == Difference("not_recorded", "A-1", "re_1", None, dollars(30))


def test_refunds_of_payments_that_are_not_ours_are_nobodys_business(world: World) -> None:
    world.place()
    world.simulator.book_capture("pay_elsewhere", dollars(100))
    world.simulator.refund("theirs", "pay_elsewhere", dollars(30), "k")
    assert found(world) == []


def test_what_we_believe_settled_and_the_provider_does_not_know(world: World) -> None:
    world.place()
    world.agree(60)
    reported = {"type": "refund_settled", "refund": "A-1-R1", "provider_ref": "re_77"}
    world.do("A-1", reported, PROVIDER)
    assert found(world) == [("not_at_provider", "A-1-R1", 60, None)]


def test_another_amount(world: World) -> None:
    world.place()
    world.agree(60)
    world.simulator.refund("A-1-R1", "pay_A-1", dollars(50), "k")
    assert found(world) == [("other_amount", "A-1-R1", 60, 50)]


def test_one_intent_booked_twice(world: World) -> None:
    """What a provider does that forgot the key of somebody who did not read first."""
    world.place()
    world.agree(40)
    world.simulator.refund("A-1-R1", "pay_A-1", dollars(40), "A-1-R1")
    world.to(world.now() + 2 * DAY)
    world.simulator.refund("A-1-R1", "pay_A-1", dollars(40), "A-1-R1")
    assert found(world) == [("booked_twice", "A-1-R1", 40, 80)]


def test_paid_after_all_though_it_was_sent_again(world: World) -> None:
    """It failed, its successor was paid, and now it stands as well."""
    world.place()
    world.agree(40)
    world.simulator.set_next(["decline"])
    world.live(2 * DAY)
    assert world.paid() == [("A-1-R2", 40)]
    world.simulator.refund("A-1-R1", "pay_A-1", dollars(40), "late")
    assert found(world) == [("not_settled_here", "A-1-R1", 40, 40)]


def test_what_a_person_has_found_is_no_difference_any_more(world: World) -> None:
    world.place()
    world.agree(60)
    world.simulator.set_next(["decline"] * 9)
    world.live(10 * DAY)
    last = world.refunds()[-1].id
    trace = {"type": "record_trace", "refund": last, "outcome": "paid_another_way", "note": "Bank."}
    world.do("A-1", trace, FINANCE)
    assert found(world) == []


def test_less_captured_than_orders_count_on(world: World) -> None:
    payment = {"provider": "simulator", "reference": "pay_A-1", "captured": usd(100)}
    world.place("A-1", payment=payment)
    world.place("A-2", payment=payment)
    assert found(world) == []
    world.simulator.book_capture("pay_A-1", dollars(70), "A-2")
    assert found(world) == [("captured_less", "pay_A-1", 200, 170)]
    world.simulator.book_capture("pay_A-1", dollars(900), "A-2")
    assert found(world) == [], "what others have of a payment is not ours to count"


def test_a_provider_that_is_not_connected(world: World) -> None:
    world.place()
    seen: list[int] = []
    books = reconcile(world.engine, world.real_store, lambda _: None, world, seen.append)
    assert (books.orders, books.not_connected, books.differences) == (1, 1, ())
    assert seen == [1]


def test_a_state_written_by_other_code_is_read_from_its_events(world: World) -> None:
    world.place()
    world.agree(60)
    world.run()
    domain = world.engine.domain

    class Other:
        def decode_state(self, data: bytes) -> object:
            import msgspec

            raise msgspec.DecodeError

        def __getattr__(self, name: str) -> object:
            return getattr(domain, name)

    world.engine.domain = Other()  # type: ignore[assignment]
    assert found(world) == []
    assert world.reconcile().refunds == 1
