"""What every store must do with endpoints, feeds and deliveries."""

from __future__ import annotations

import threading
from datetime import timedelta

from msgspec.structs import replace

from amends.engine.store import Store, Write
from amends.engine.webhooks import ANNOUNCE, Attempt, Endpoint, Message
from tests.store.given import DAY, NOW, Reopen, event, state

_FIRST = Endpoint("we_1", "shop", "https://example.com/", (), NOW)
_PICKY = Endpoint("we_2", "shop", "https://example.com/", ("b",), NOW + DAY)
_OTHERS = Endpoint("we_3", "other", "https://example.com/", (), NOW)
_SOON = NOW + timedelta(minutes=1)


def _message(name: str, type_: str = "a", order: str = "A-1") -> Message:
    return Message(name, order, 1, type_, NOW, f'{{"type":"{type_}"}}')


def _write(order: str, after: int, upto: int) -> Write:
    events = tuple(event(n) for n in range(after + 1, upto + 1))
    return Write(order, after, events, state(upto))


class WebhooksContract:
    def test_endpoints_are_kept_and_changed(self, store: Store, reopen: Reopen) -> None:
        for endpoint in (_PICKY, _FIRST, _OTHERS):
            store.webhooks.add(endpoint, "whsec_1")
        again = reopen().webhooks
        assert again.endpoints("shop") == [_FIRST, _PICKY]
        assert {e.id for e in again.endpoints()} == {"we_1", "we_2", "we_3"}
        off = replace(_FIRST, off="failing", failing_since=NOW, types=("c",))
        again.change(off)
        again.remove("we_2")
        assert again.endpoints("shop") == [off]

    def test_loading_tells_whether_anybody_listens(self, store: Store) -> None:
        for orders in (["A-1"], [f"A-{n}" for n in range(20)]):
            assert not store.records.load(orders, (), NOW).listened_to
        store.webhooks.add(_FIRST, "whsec_1")
        for orders in (["A-1"], [f"A-{n}" for n in range(20)]):
            assert store.records.load(orders, (), NOW).listened_to

    def test_a_write_that_is_announced_asks_to_be_told(self, store: Store) -> None:
        store.records.write([_write("A-1", 0, 1)])
        announced = [_write("A-1", 1, 3), _write("A-2", 0, 1)]
        announced += [_write(f"B-{n}", 0, 1) for n in range(300)]
        store.records.write([replace(write, announced=True) for write in announced])
        told = {
            job.order: job.payload
            for job in store.jobs.take(NOW + DAY, 500, NOW + 2 * DAY)
            if job.kind == ANNOUNCE
        }
        feed = {f"B-{n}": {"after": 0, "upto": 1} for n in range(300)}
        assert told == {"A-1": {"after": 1, "upto": 3}, "A-2": {"after": 0, "upto": 1}} | feed

    def test_a_message_is_in_the_feed_once_and_goes_to_who_listens(self, store: Store) -> None:
        webhooks = store.webhooks
        webhooks.announce("shop", [_message("m0")])
        for endpoint in (_FIRST, _PICKY, _OTHERS):
            webhooks.add(endpoint, "whsec_1")
        both = [_message("m1"), _message("m2", "b", "A-2")]
        webhooks.announce("shop", both)
        webhooks.announce("shop", [*both, _message("m3")])
        told = webhooks.feed("shop", 0, 10)
        assert [t.message.id for t in told] == ["m1", "m2", "m3"]
        assert [t.message.id for t in webhooks.feed("shop", told[0].place, 1)] == ["m2"]
        assert [t.message for t in webhooks.feed("shop", 0, 10, "b")] == [both[1]]
        assert [t.message for t in webhooks.feed("shop", 0, 10, order="A-2")] == [both[1]]
        assert webhooks.feed("other", 0, 10) == []
        assert [d.message for d in webhooks.deliveries("we_1", None, 10)] == ["m3", "m2", "m1"]
        assert [d.message for d in webhooks.deliveries("we_2", None, 10)] == ["m2"]
        assert webhooks.waiting(NOW) == [_FIRST, _PICKY]

    def test_places_come_into_sight_in_their_order(self, store: Store) -> None:
        store.webhooks.add(_FIRST, "whsec_1")

        def tell(which: int) -> None:
            for n in range(10):
                store.webhooks.announce("shop", [_message(f"m{which}-{n}")])

        threads = [threading.Thread(target=tell, args=(which,)) for which in range(4)]
        for thread in threads:
            thread.start()
        seen: list[str] = []
        after, over = 0, False
        while not over:
            over = not any(thread.is_alive() for thread in threads)
            for told in store.webhooks.feed("shop", after, 100):
                seen.append(told.message.id)
                after = told.place
        for thread in threads:
            thread.join()
        assert seen == [t.message.id for t in store.webhooks.feed("shop", 0, 100)]
        assert len(seen) == 40

    def test_a_delivery_is_one_mans_for_a_while(self, store: Store) -> None:
        webhooks = store.webhooks
        webhooks.add(_FIRST, "whsec_1")
        webhooks.announce("shop", [_message("m1")])
        taken = webhooks.take(_FIRST, NOW, _SOON)
        assert taken is not None
        assert (taken.message, taken.number, taken.secrets) == (_message("m1"), 1, ("whsec_1",))
        assert webhooks.take(_FIRST, NOW, _SOON) is None
        assert webhooks.next_run() == _SOON
        later = webhooks.take(_FIRST, _SOON, _SOON + DAY)
        assert later is not None
        assert later.number == 2
        webhooks.tried(taken, Attempt(NOW, 500), "given_up", None)  # it took too long
        webhooks.tried(later, Attempt(_SOON, 204), "delivered", None)
        (delivery,) = webhooks.deliveries("we_1", None, 10)
        assert (delivery.state, delivery.attempts) == ("delivered", (Attempt(_SOON, 204),))
        assert webhooks.next_run() is None

    def test_one_that_is_off_or_erased_is_sent_nothing(self, store: Store) -> None:
        webhooks = store.webhooks
        webhooks.add(_FIRST, "whsec_1")
        webhooks.announce("shop", [_message("m1")])
        webhooks.change(replace(_FIRST, off="asked"))
        assert (webhooks.waiting(NOW), webhooks.next_run()) == ([], None)
        assert webhooks.take(_FIRST, NOW, _SOON) is None
        webhooks.change(_FIRST)
        assert webhooks.waiting(NOW) == [_FIRST]
        store.records.erase("shop")
        assert (webhooks.waiting(NOW), webhooks.next_run()) == ([], None)
        assert webhooks.take(_FIRST, NOW, _SOON) is None
        # With a new secret it is sent to again, without the one that nobody can open any more.
        webhooks.renew_secret("we_1", "whsec_2", NOW + DAY)
        taken = webhooks.take(_FIRST, NOW, _SOON)
        assert taken is not None
        assert taken.secrets == ("whsec_2",)

    def test_both_secrets_sign_until_the_old_one_is_over(self, store: Store) -> None:
        webhooks = store.webhooks
        webhooks.add(_FIRST, "whsec_1")
        webhooks.renew_secret("we_1", "whsec_2", NOW + DAY)
        webhooks.send_to(_FIRST, _message("m1", order=""), NOW)
        taken = webhooks.take(_FIRST, NOW, _SOON)
        assert taken is not None
        assert taken.secrets == ("whsec_2", "whsec_1")
        over = webhooks.take(_FIRST, NOW + DAY, NOW + 2 * DAY)
        assert over is not None
        assert over.secrets == ("whsec_2",)
        assert webhooks.feed("shop", 0, 10) == []

    def test_messages_are_sent_again(self, store: Store) -> None:
        webhooks = store.webhooks
        webhooks.add(_PICKY, "whsec_1")
        webhooks.announce("shop", [_message("m1"), _message("m2", "b")])
        assert webhooks.replay(_PICKY, NOW, since=NOW + DAY, message=None) == 0
        assert webhooks.replay(_PICKY, NOW, since=NOW, message=None) == 1
        assert webhooks.replay(_PICKY, NOW, since=None, message="m1") == 1
        assert webhooks.replay(_PICKY, NOW, since=None, message="m9") == 0
        assert {d.message for d in webhooks.deliveries("we_2", None, 10)} == {"m1", "m2"}
