"""Our books and the provider's: what is the same says nothing, each way of parting is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest
from msgspec.structs import replace

from amends.engine.outside import PaymentProvider, ProviderRefund
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
    assert difference == Difference("A-1-X1", "not_recorded", "A-1", "re_1", None, dollars(30))
    assert world.case().order.open_differences == ("A-1-X1",), "seen twice, recorded once"


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
    less = ("captured_less", "pay_A-1", 200, 170)
    assert found(world) == [less, less], "each order of the payment is frozen"
    world.simulator.book_capture("pay_A-1", dollars(900), "A-2")
    assert found(world) == [], "what others have of a payment is not ours to count"
    assert not world.case("A-1").order.frozen
    assert not world.case("A-2").order.frozen


def test_a_provider_that_is_not_connected(world: World) -> None:
    world.place()
    seen: list[int] = []
    books = reconcile(world.engine, world.real_store, lambda _: None, world, seen.append)
    assert (books.orders, books.not_connected, books.differences) == (1, 1, ())
    assert seen == [1]


@pytest.mark.parametrize("names_itself", ["otherwise", "the same"])
def test_a_state_written_by_other_code_is_read_from_its_events(
    world: World, names_itself: str
) -> None:
    world.place()
    world.agree(60)
    world.run()
    domain = world.engine.domain

    class Other:
        state_code = "newer" if names_itself == "otherwise" else domain.state_code

        def decode_state(self, data: bytes) -> object:
            if names_itself == "otherwise":
                pytest.fail("a state of other code was read")
            raise msgspec.DecodeError

        def __getattr__(self, name: str) -> object:
            return getattr(domain, name)

    world.engine.domain = Other()  # type: ignore[assignment]
    assert found(world) == []
    assert world.reconcile().refunds == 1


def resolve(world: World, resolution: str, order: str = "A-1", **changes: str) -> None:
    body = {"type": "resolve_difference", "difference": f"{order}-X1", "reason": "Seen.",
            "resolution": resolution, **changes}  # fmt: skip
    world.do(order, body, FINANCE)


def test_an_open_difference_freezes_the_payment_until_it_is_decided(world: World) -> None:
    world.place(units=2)
    world.simulator.refund("", "pay_A-1", dollars(30), "by hand")
    assert len(found(world)) == 1
    world.agree(60)
    world.live(3 * DAY)
    assert world.asked == [], "nothing was sent"
    assert world.refunds() == [], "what was agreed is withheld"
    resolve(world, "count_as_refund")
    world.live(DAY)
    assert world.paid() == [("", 30), ("A-1-R2", 60)]
    assert found(world) == []
    assert world.case().disputes["A-1-D1"].phase == "closed"


def test_what_was_recorded_before_it_waits_and_is_looked_at_again(world: World) -> None:
    world.place(units=2)
    world.simulator.refund("", "pay_A-1", dollars(30), "by hand")
    world.agree(60)
    assert len(found(world)) == 1
    world.live(2 * DAY)
    assert [r.state for r in world.refunds()] == ["recorded"]
    resolve(world, "explained")
    world.live(timedelta(hours=1))
    assert [r.state for r in world.refunds()] == ["settled"]
    assert found(world) == [], "what was explained is not found again"
    assert list(world.case().order.differences) == ["A-1-X1"]


def test_the_sellers_share_is_not_paid_out_meanwhile(world: World) -> None:
    world.place()
    world.simulator.refund("", "pay_A-1", dollars(30), "by hand")
    assert len(found(world)) == 1
    world.live(40 * DAY)
    order = world.case().order
    assert order.protection_ended_at is not None
    assert order.released is None
    resolve(world, "explained")
    world.live(DAY)
    assert world.case().order.released == 100


def test_of_a_shared_payment_one_order_counts_it_and_the_others_are_free(world: World) -> None:
    payment = {"provider": "simulator", "reference": "pay_A-1", "captured": usd(100)}
    world.place("A-1", payment=payment)
    world.place("A-2", payment=payment)
    world.simulator.refund("", "pay_A-1", dollars(30), "by hand")
    assert len(found(world)) == 2
    resolve(world, "count_as_refund", "A-2")
    assert world.case("A-1").order.frozen
    assert found(world) == []
    assert world.case("A-1").order.differences["A-1-X1"].resolution == "books_agree"
    assert not world.case("A-1").order.frozen


def test_explained_on_one_order_it_is_explained_on_all(world: World) -> None:
    payment = {"provider": "simulator", "reference": "pay_A-1", "captured": usd(100)}
    world.place("A-1", payment=payment)
    world.place("A-2", payment=payment)
    world.simulator.book_capture("pay_A-1", dollars(70), "A-2")
    assert len(found(world)) == 2
    resolve(world, "explained")
    assert found(world) == []
    assert not world.case("A-2").order.frozen


@pytest.mark.parametrize("theirs", [50, 70])
def test_another_amount_is_counted_as_it_was_paid(world: World, theirs: int) -> None:
    world.place()
    world.agree(60)
    world.simulator.refund("A-1-R1", "pay_A-1", dollars(theirs), "k")
    assert found(world) == [("other_amount", "A-1-R1", 60, theirs)]
    resolve(world, "count_as_refund", reference="re_1")
    world.live(DAY)
    assert sum(amount for _, amount in world.paid()) == max(60, theirs)
    assert world.case().order.refunded == max(60, theirs)
    assert found(world) == []
    assert world.case().disputes["A-1-D1"].phase == "closed"


def test_booked_twice_the_second_is_counted_by_its_reference(world: World) -> None:
    world.place()
    world.agree(40)
    for day in (0, 2):
        world.to(world.now() + day * DAY)
        world.simulator.refund("A-1-R1", "pay_A-1", dollars(40), "A-1-R1")
    assert len(found(world)) == 1
    resolve(world, "count_as_refund", reference="re_2", paid_by="platform")
    assert found(world) == []
    assert world.case().order.refunded == 80
    world.callbacks(3)
    assert world.case().order.refunded == 80


def test_what_the_provider_does_not_have_is_sent_again(world: World) -> None:
    world.place()
    world.agree(60)
    reported = {"type": "refund_settled", "refund": "A-1-R1", "provider_ref": "re_77"}
    world.do("A-1", reported, PROVIDER)
    assert len(found(world)) == 1
    resolve(world, "send_again")
    world.live(DAY)
    assert world.paid() == [("A-1-R2", 60)]
    assert found(world) == []


def test_a_bank_reference_that_came_late_is_heard(world: World) -> None:
    world.place()
    world.agree(60)
    world.run()
    (booked,) = world.simulator.refunds()

    class Told:
        def refunds(self) -> list[ProviderRefund]:
            return [replace(booked, bank_ref="7488")]

        def __getattr__(self, name: str) -> object:
            return getattr(world.simulator, name)

    provider = cast(PaymentProvider, Told())
    books = reconcile(world.engine, world.real_store, lambda _: provider, world)
    assert (books.heard, books.differences) == (1, ())
    assert world.refunds()[0].bank_reference == "7488"


def test_an_order_that_cannot_be_written_does_not_hold_up_the_others(world: World) -> None:
    for order in ("A-1", "A-2"):
        world.place(order)
        world.simulator.refund("", f"pay_{order}", dollars(30), order)
    domain = world.engine.domain

    class Broken:
        def decide(self, state: Any, command: Any, *rest: Any) -> Any:
            if command.order == "A-1":
                raise RuntimeError("broken")
            return domain.decide(state, command, *rest)

        def __getattr__(self, name: str) -> object:
            return getattr(domain, name)

    world.engine.domain = Broken()  # type: ignore[assignment]
    with pytest.raises(RuntimeError, match="broken"):
        world.reconcile()
    world.engine.domain = domain
    assert not world.case("A-1").order.frozen
    assert world.case("A-2").order.frozen
