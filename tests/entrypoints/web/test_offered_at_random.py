"""No page keeps a rule of its own, at random: over the lives that the property tests draw, what a
page offers whoever looks, and says is not possible, is what the options say of the same case."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from litestar import Response

from amends.bootstrap import Settings, build_service
from amends.dispute.case import CaseEvent
from amends.dispute.visibility import sees_dispute, sees_order
from amends.engine.sessions import Session
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import dispute_view
from amends.entrypoints.views.order import order_view
from amends.entrypoints.views.structs import OptionView
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.web.commanding import DECISIONS
from amends.entrypoints.web.pages import dispute_page, order_page
from amends.entrypoints.web.saying import sentences
from amends.entrypoints.web.site import Site, site_for
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.words.catalogue import words
from amends.kernel.people import CLOCK, Actor
from amends.kernel.record import Recorded
from tests.entrypoints.web.conftest import Page
from tests.entrypoints.web.test_offered import BY_LOOKING, WHO, offered
from tests.properties.commands import ACTORS
from tests.properties.test_case_machine import CaseMachine

PEOPLE = [actor for actor in ACTORS if actor.role in WHO]
LIVES, STEPS = 25, 30


def compare(shown: Response[str], where: str, options: Sequence[OptionView]) -> int:
    """Holds a page to the options; how many it offers."""
    text = str(shown.content)
    allowed = {option.type for option in options if option.allowed} - BY_LOOKING
    assert offered(Page(200, text, where, {}), where) == allowed - DECISIONS, where
    assert not allowed & DECISIONS or f'action="{where}/workbench"' in text, where
    told = html.unescape(text)
    for option in options:
        if not option.allowed and option.type not in {*BY_LOOKING, "upload_evidence"}:
            assert sentences(str(option.because)) in told, f"{where} {option.type}"
    return len(allowed)


def machine(site: Site, seen: list[int], patch: pytest.MonkeyPatch) -> type[CaseMachine]:
    """Random lives, at which people look in between."""

    class Watched(CaseMachine):
        @rule(by=st.sampled_from(PEOPLE))
        def somebody_looks(self, by: Actor) -> None:
            if not sees_order(self.case, by):
                return
            looking = Looking(self.case, self.terms, self._stamp(), by, Texts({}), words())
            visitor = _signed_in(by, looking)
            patch.setattr(site.service.engine, "events", lambda _order: _recorded(self))
            order = order_view(looking)
            page = order_page(site, visitor, looking)
            seen.append(compare(page, f"/orders/{order.id}", order.options))
            for dispute in self.case.disputes.values():
                if sees_dispute(dispute, by):
                    page = dispute_page(site, visitor, looking, dispute)
                    options = dispute_view(looking, dispute).options
                    seen.append(compare(page, f"/disputes/{dispute.id}", options))

    return Watched


def _recorded(life: CaseMachine) -> list[Recorded[CaseEvent]]:
    """The life's record; who asked for each of its events is not kept there."""
    return [
        Recorded(life.case.order.id, n, event.at, CLOCK, f"c{n}", event)
        for n, event in enumerate(life.record, 1)
    ]


def _signed_in(by: Actor, looking: Looking) -> Visitor:
    at = looking.stamp.at
    return Visitor(by, "token", Session("1", by, "", at, at, at, None), None, sandbox=False)


def test_pages_offer_what_the_options_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = build_service(Settings(database=tmp_path / "pages.db", sandbox=True))
    seen: list[int] = []
    try:
        run_state_machine_as_test(
            machine(site_for(service), seen, monkeypatch),
            settings=settings(
                max_examples=LIVES, stateful_step_count=STEPS, deadline=None, database=None,
                derandomize=True, suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    finally:
        service.close()
    print(f"{len(seen)} pages looked at, {sum(seen)} steps offered")  # noqa: T201
    assert len(seen) > LIVES
    assert any(seen)
