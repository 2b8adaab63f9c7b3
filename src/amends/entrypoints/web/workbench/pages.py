"""The workbench: all that a ruling is made from, its draft, and what would come of it."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.facts import facts_of
from amends.dispute.state import Dispute
from amends.engine.store import Views
from amends.entrypoints.looking import texts_of_events
from amends.entrypoints.precedents import precedents, sought_by
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import dispute_view
from amends.entrypoints.views.order import order_view
from amends.entrypoints.views.record import concerns, event_views
from amends.entrypoints.views.structs import DisputeView, EvidenceView, OrderView
from amends.entrypoints.web.carrying_out import after_appeal
from amends.entrypoints.web.commanding import DISPUTE_COMMANDS, empty_form, forms_of
from amends.entrypoints.web.forms.contexts import dispute_context
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.naming import names_of
from amends.entrypoints.web.pages import (
    Acts,
    acts_of,
    clause_numbers,
    done_words,
    is_mine,
    messages_of,
    next_clock,
    story_of,
)
from amends.entrypoints.web.rendering import SECURITY_HEADERS, page
from amends.entrypoints.web.site import Site, wording_of
from amends.entrypoints.web.templating import static_url
from amends.entrypoints.web.tracking import ways_of
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.web.workbench.arguments import arguments_of
from amends.entrypoints.web.workbench.draft import Written, opened_by, written_by
from amends.entrypoints.web.workbench.listing import Compared, compare
from amends.entrypoints.web.workbench.preview import Preview
from amends.entrypoints.web.workbench.signals import signals_of
from amends.entrypoints.web.workbench.stake import stake_of
from amends.kernel.instants import Instant

_PRECEDENTS_SHOWN = 10
_HAS_ITS_PLACE = ("dispute_opened", "offer_made", "appeal_filed")
# The page's own script saves the draft and moves two pictures in step; it asks nobody else.
_POLICY = f"{SECURITY_HEADERS['Content-Security-Policy']}; script-src 'self'; connect-src 'self'"


class Said(Struct, frozen=True):
    """What a side wrote at a step other than its claim and its offers, which have their place."""

    at: Instant
    text: str


class Earlier(Struct, frozen=True):
    """How a person's other disputes, as one side of them, ended: how many per outcome."""

    open: int
    outcomes: Mapping[str, int]

    @property
    def count(self) -> int:
        """All of them."""
        return self.open + sum(self.outcomes.values())


def where(dispute: str, step: str = "") -> str:
    """The address of a dispute's workbench."""
    return f"/disputes/{dispute}/workbench" + (f"/{step}" if step else "")


def ruling_type(dispute: Dispute) -> str:
    """The command by which a dispute at this stage is decided."""
    return "decide_appeal" if dispute.phase == "appeal" else "issue_ruling"


def ruling_form(
    site: Site, looking: Looking, dispute: Dispute, written: Written, type_: str = ""
) -> Form:
    """The decision's form as it was last written."""
    context = dispute_context(looking, order_view(looking), dispute, wording_of(site, looking))
    command = DISPUTE_COMMANDS[type_ or ruling_type(dispute)]
    form = empty_form(site, command, context, where(dispute.id, "draft"), dispute.version)
    return replace(form, posted=written.posted)


def workbench_page(
    site: Site,
    visitor: Visitor,
    looking: Looking,
    dispute: Dispute,
    *,
    chosen: tuple[str, str] = ("", ""),
    failed: Form | None = None,
    status: int = 200,
    flash: str = "",
    done: str = "",
) -> Response[str]:
    """The whole case for whoever decides it; ``chosen`` are the two pictures to be compared."""
    shown, order = dispute_view(looking, dispute), order_view(looking)
    wording, written = wording_of(site, looking), written_by(site, visitor, looking, dispute)
    type_ = ruling_type(dispute)
    option = next((o for o in shown.options if o.type == type_), None)
    form = ruling_form(site, looking, dispute, written)
    if failed is not None and failed.type == type_:
        form = replace(form, posted=failed.posted, errors=failed.errors)
    views, events = site.service.store.views, site.service.engine.events(order.id)
    return _secured(
        page(
            "workbench.html",
            visitor,
            now=looking.stamp.at,
            status=status,
            flash=flash or done_words(site, done),
            errors=failed is not None,
            failed=failed,
            dispute=shown,
            order=order,
            wording=wording,
            words=site.api.words,
            yours=is_mine(shown.turn, visitor),
            clock=next_clock(shown.deadlines, shown.turn),
            facts=facts_of(looking.case, dispute, (e.event for e in events)),
            ways=ways_of(order.shipments, events, texts_of_events(site.service, order.id, events)),
            stake=stake_of(looking, dispute, order, visitor.member),
            sides=_sides(views, shown, order),
            said={role: _said(site, looking, dispute, role) for role in ("buyer", "seller")},
            pair=_pair(shown, chosen),
            pictures=_pictures(shown),
            compared=_compared(shown, order),
            clauses=_bearing(looking, dispute),
            steps=after_appeal(shown, looking.terms),
            clause_numbers=clause_numbers(looking.terms),
            names=names_of(site, (shown.proposed and shown.proposed.by,)),
            like=precedents(
                site.service.store, sought_by(site.service.rulings, looking.case, dispute)
            ),
            most_shown=_PRECEDENTS_SHOWN,
            signals=signals_of(site, looking, dispute),
            form=form if option and dispute.phase in ("mediation", "appeal") else None,
            option=option,
            arguments=appealed(looking, dispute),
            saved_at=written.saved_at,
            acts=_acts(site, looking, dispute, shown, order, failed),
            messages=messages_of(site, order.id),
            story=story_of(site, visitor, looking, dispute, order, wording),
            titles={line.id: line.title or line.id for line in order.lines},
            style=static_url("workbench.css"),
            script=static_url("workbench.js"),
            here_url=where(dispute.id),
        )
    )


def appealed(looking: Looking, dispute: Dispute) -> tuple[str, ...]:
    """The arguments of the appeal that is to be decided; none where there is no appeal."""
    if dispute.phase != "appeal" or dispute.appeal is None:
        return ()
    return arguments_of(looking.texts.get(dispute.appeal.text_ref) or "")


def preview_page(
    site: Site, visitor: Visitor, looking: Looking, dispute: Dispute, form: Form, found: Preview
) -> Response[str]:
    """What would come of it, before it is issued."""
    order = order_view(looking)
    carried = [
        item for item in form.posted.items() if item[0] not in ("csrf", "key", "version", "then")
    ]
    fields = form.posted.texts.items()
    named = {key for name, given in fields if name.endswith("evidence") for key in given}
    opened = opened_by(site, visitor, looking)
    return _secured(
        page(
            "workbench_preview.html",
            visitor,
            now=looking.stamp.at,
            dispute=dispute,
            order=order,
            form=replace(form, action=where(dispute.id, f"commands/{form.type}")),
            carried=carried,
            found=found,
            wording=wording_of(site, looking),
            steps=after_appeal(found.staff, looking.terms),
            clause_numbers=clause_numbers(looking.terms),
            words=site.api.words,
            titles={line.id: line.title or line.id for line in order.lines},
            proposing=form.type == "propose_ruling",
            unseen=[key for key in looking.case.order.evidence if key in named - opened],
            style=static_url("workbench.css"),
            back=where(dispute.id),
        )
    )


def _secured(response: Response[str]) -> Response[str]:
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _acts(
    site: Site, looking: Looking, dispute: Dispute, shown: DisputeView, order: OrderView,
    failed: Form | None,
) -> Acts:  # fmt: skip
    """What else can be done here; the decision itself has its own place."""
    own = {ruling_type(dispute), "propose_ruling"}
    options = tuple(o for o in shown.options if o.type in DISPUTE_COMMANDS and o.type not in own)
    context = dispute_context(looking, order, dispute, wording_of(site, looking))
    commands = [DISPUTE_COMMANDS[o.type] for o in options]
    forms = forms_of(
        site, commands, context, where(dispute.id, "commands"), dispute.version, failed
    )
    other = failed if failed is not None and failed.type not in own else None
    return acts_of(site, options, forms, mine=False, failed=other)


def _sides(
    views: Views, shown: DisputeView, order: OrderView
) -> tuple[tuple[str, str, str, Earlier], ...]:
    """Each side's role, id, name, and earlier cases; the buyer's first."""
    people = (("buyer", order.buyer), ("seller", order.seller))
    return tuple(
        (role, person.id, person.name or person.id, _earlier(views, role, person.id, shown.phase))
        for role, person in people
    )


def _earlier(views: Views, role: str, person: str, phase: str) -> Earlier:
    found = views.totals("disputes", None, ("outcome",), {role: person})
    counts = {outcome: count for (outcome,), count in found.items()}
    under_way = counts.pop(None, 0)
    # This one is among those that are open, unless it has ended.
    return Earlier(
        max(0, under_way - (phase != "closed")), {str(name): n for name, n in counts.items()}
    )


def _said(site: Site, looking: Looking, dispute: Dispute, role: str) -> tuple[Said, ...]:
    """What one side wrote when it went to a mediator, added evidence, answered a question."""
    order = looking.case.order.id
    events = [
        one
        for one in site.service.engine.events(order)
        if concerns(one.event, dispute.id, looking.case) and one.by.role.value == role
    ]
    views = event_views(events, looking.by, texts_of_events(site.service, order, events))
    return tuple(
        Said(view.at, text)
        for view in views
        for name in site.api.words.event(view.type).quotes
        if view.type not in _HAS_ITS_PLACE and isinstance(text := view.data.get(name), str)
    )


def _pictures(shown: DisputeView) -> tuple[EvidenceView, ...]:
    return tuple(e for e in shown.evidence if e.media_type.startswith("image/") and not e.withdrawn)


def _pair(shown: DisputeView, chosen: tuple[str, str]) -> tuple[EvidenceView | None, ...]:
    """Two pictures to be seen side by side: those chosen, else one of each side where there is."""
    pictures = {e.id: e for e in _pictures(shown)}
    by_side = sorted(pictures.values(), key=lambda e: (e.by == "seller", e.at))
    left = pictures.get(chosen[0]) or (by_side[0] if by_side else None)
    rest = [e for e in reversed(by_side) if e is not left]
    return left, pictures.get(chosen[1]) or (rest[0] if rest else None)


def _compared(shown: DisputeView, order: OrderView) -> tuple[Compared, ...]:
    """The listing of each line claimed beside what the buyer says."""
    claimed = {entry.line for entry in shown.claim.lines}
    return tuple(
        compare(line, shown.claim.description or "") for line in order.lines if line.id in claimed
    )


def _bearing(looking: Looking, dispute: Dispute) -> tuple[str, ...]:
    """The clauses that bear on the case: its reason's own, and those for all reasons."""
    own = dispute.claim.reason
    general = (code for code in looking.terms.clauses if code not in looking.terms.reasons)
    return (*((own,) if own in looking.terms.clauses else ()), *general)
