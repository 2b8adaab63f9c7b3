"""Watch words are found in every open case, however many there are, and only there."""

from __future__ import annotations

import pytest

from amends.engine.watching import Search
from amends.entrypoints.clock import drain
from amends.entrypoints.judging import queue, watching
from amends.entrypoints.judging.own import Own, keep_words, own_of
from amends.kernel.decision import Refused
from amends.kernel.people import Actor, Role
from tests.entrypoints.api.test_rulings import RULING
from tests.entrypoints.judging.test_dealing import in_mediation
from tests.entrypoints.sandbox import BUYER, MEDIATOR, SELLER, SUPERVISOR, Shop, claim, order

VERA, ADA = Actor("vera", Role.SUPERVISOR), Actor("ada", Role.ADMIN)
WATCHED = queue.Filters(words="1")


def watch(shop: Shop, by: Actor, *words: str) -> Refused | None:
    return watching.watch(shop.service.store, by.person, words, shop.service.clock.now())


def found(shop: Shop, by: Actor = VERA, filters: queue.Filters = WATCHED) -> list[str]:
    return [item.dispute for item in queue.queue(shop.service, by, filters).items]


def search(shop: Shop) -> Search | None:
    return shop.service.store.watching.search("vera")


@pytest.fixture
def three(shop: Shop) -> Shop:
    """Three cases in mediation; the claim about A-2 is of a hat."""
    said = {"A-1": "The coat <is> torn.", "A-2": "A HAT.", "A-3": "The coat."}
    for name in said:
        shop.placed(name, payment={**order()["payment"], "reference": f"pay_{name}"})
    shop.move_to("2026-03-02T12:00:00Z")
    for name in said:
        shop.on_order(name, "ship_order", carrier="DHL", tracking_number="1234567890", insist=True)
    shop.move_to("2026-03-09T12:00:00Z")
    for name, text in said.items():
        shop.post(f"/orders/{name}/disputes", claim(description=text), BUYER, 201)
        shop.on(f"{name}-D1", "decline_offer", SELLER, offer="O1", note="No.")
        shop.on(f"{name}-D1", "escalate", BUYER)
    return shop


def test_a_new_list_is_looked_for_in_all_open_cases(
    three: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_AT_ONCE", 1)
    assert watch(three, VERA, " Coat ", "glove", "") is None
    assert own_of(three.service.store.drafts, "vera").words == ("coat", "glove")
    assert search(three) == Search(three.service.clock.now(), 0, whole=False)
    assert found(three) == []
    drain(three.service)
    assert search(three) == Search(three.service.clock.now(), 3, whole=True)
    assert found(three) == ["A-1-D1", "A-3-D1"]
    assert found(three, ADA) == []
    (item, _) = queue.queue(three.service, VERA, WATCHED).items
    assert (item.words, item.claim) == (("coat",), "The coat <is> torn.")


def test_a_list_that_is_changed_leaves_nothing_of_the_one_before(three: Shop) -> None:
    watch(three, VERA, "coat")
    drain(three.service)
    three.advance("P1D")
    watch(three, VERA, "hat")
    assert found(three) == []
    drain(three.service)
    assert found(three) == ["A-2-D1"]
    three.advance("P1D")
    watch(three, VERA)
    drain(three.service)
    assert found(three) == []
    assert search(three) == Search(three.service.clock.now(), 0, whole=True)


def test_what_was_found_is_shown_only_while_it_is_true(three: Shop) -> None:
    watch(three, VERA, "coat")
    drain(three.service)
    # As when a job found something for a list that was replaced at that moment.
    keep_words(three.service.store.drafts, "vera", ("hat",), three.service.clock.now())
    assert found(three) == []


def test_a_case_is_looked_through_when_it_comes_and_let_go_when_it_goes(shop: Shop) -> None:
    watch(shop, VERA, "torn")
    watch(shop, ADA, "torn", "hat")
    drain(shop.service)
    dispute = in_mediation(shop, "A-1", description="The coat is torn.")
    drain(shop.service)
    assert found(shop) == found(shop, ADA) == [dispute]
    shop.on(dispute, "assign_mediator", SUPERVISOR, mediator="m1")
    drain(shop.service)
    assert found(shop) == [dispute]
    shop.advance("P6D")
    shop.on(dispute, "issue_ruling", MEDIATOR, **RULING)
    drain(shop.service)
    page = shop.service.store.watching.page("vera", {"phase": "ruled"}, order_by="due_at", also={})
    assert page.rows == ()
    shop.on(dispute, "appeal", BUYER, grounds="named_error", text="Look again.")
    drain(shop.service)
    assert found(shop, filters=queue.Filters(phase="appeal", words="1")) == [dispute]


def test_it_goes_with_the_other_filters_and_page_by_page(three: Shop) -> None:
    watch(three, VERA, "a")
    drain(three.service)
    three.on("A-2-D1", "assign_mediator", SUPERVISOR, mediator="m1")
    for filters, disputes in (
        (queue.Filters(who="m1"), ["A-2-D1"]), (queue.Filters(who="nobody"), ["A-1-D1", "A-3-D1"]),
        (queue.Filters(find="A-3-D1"), ["A-3-D1"]), (queue.Filters(find="s9"), []),
        (queue.Filters(find="s1", language="ru"), ["A-1-D1", "A-2-D1", "A-3-D1"]),
        (queue.Filters(language="fr"), []), (queue.Filters(turn="supervisor"), []),
    ):  # fmt: skip
        narrowed = queue.Filters(**{**_fields(filters), "words": "1"})
        assert found(three, filters=narrowed) == disputes, filters
    first = queue.queue(three.service, VERA, WATCHED, limit=2)
    assert first.next
    second = queue.queue(three.service, VERA, WATCHED, after=first.next, limit=2)
    told = [item.dispute for item in (*first.items, *second.items)]
    assert told == ["A-1-D1", "A-2-D1", "A-3-D1"]


def _fields(filters: queue.Filters) -> dict[str, str]:
    return {name: getattr(filters, name) for name in filters.__struct_fields__}


def test_an_erased_claim_holds_nothing(three: Shop) -> None:
    watch(three, VERA, "coat")
    drain(three.service)
    assert three.service.store.records.erase("b1")
    assert found(three) == []


def test_everybodys_lists_are_looked_for_at_once(
    three: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_AT_ONCE", 2)
    now, drafts = three.service.clock.now(), three.service.store.drafts
    keep_words(drafts, "vera", ("coat",), now)
    keep_words(drafts, "ada", ("hat",), now)
    keep_words(drafts, "m1", (), now)
    assert search(three) is None
    assert sum(watching.look_for_everybody(three.service.engine, now)) == 3
    assert (found(three), found(three, ADA)) == (["A-1-D1", "A-3-D1"], ["A-2-D1"])
    assert search(three) == Search(now, 3, whole=True)


def test_words_are_held_against_a_text_without_regard_to_capitals() -> None:
    assert watching.words_in(("straße", "x"), "Die STRASSE.") == ()
    assert watching.words_in(("strasse", "x"), "Die Straße.") == ("strasse",)


def test_too_much_is_refused_and_what_was_kept_stays(shop: Shop) -> None:
    assert watch(shop, VERA, "coat") is None
    refused = watch(shop, VERA, "x" * 61)
    assert refused is not None
    assert (refused.rule, refused.field) == ("too_many_words", "words")
    assert own_of(shop.service.store.drafts, "vera") == Own(("coat",))
