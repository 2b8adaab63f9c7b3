"""The addresses of a claim: where it begins or goes on, its questions, and sending it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events.negotiation import DisputeOpened
from amends.dispute.judge import OnOrder
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.service import CaseAnswer
from amends.entrypoints.views.order import order_view
from amends.entrypoints.web.claims.begun import begun_by, drop, keep
from amends.entrypoints.web.claims.pages import (
    check_page,
    not_now_page,
    not_shown,
    step_page,
    where,
)
from amends.entrypoints.web.claims.steps import BY_NAME, CHECK, Claiming, NotSo, Step
from amends.entrypoints.web.commanding import (
    Target,
    carry_out,
    empty_form,
    taken_before,
)
from amends.entrypoints.web.forms.amounts import NoAmount
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.forms.inputs import Wrong
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.requests import (
    LARGEST_FORM,
    Asked,
    TheForm,
    TheSite,
    of_visitor,
    signed_in,
)
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import NotThere, Site, see_order, without_goods, wording_of
from amends.entrypoints.web.uploading import not_taken, take_upload
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.decision import Accepted

_PROOF = BY_NAME["proof"]


def _claiming(site: Site, visitor: Visitor, order_id: str) -> tuple[Claiming, bool]:
    """The claim as far as it is filled in, and whether one can be made now. Raises NotThere."""
    looking = see_order(site, visitor, order_id)
    order = order_view(looking)
    option = next((o for o in order.options if o.type == "open_dispute"), None)
    if option is None:
        raise NotThere
    begun = begun_by(site, visitor, order_id)
    wording = wording_of(site, looking)
    claiming = Claiming(looking, order, wording, begun)
    if claiming.received is False:
        claiming = Claiming(looking, order, without_goods(wording), begun)
    return claiming, option.allowed and bool(claiming.sides)


@get("/orders/{order_id:str}/dispute/new", sync_to_thread=True)
def begin_claim(request: Asked, site: TheSite, order_id: FromPath[str]) -> Response[Any]:
    """To the first question that has no answer yet; or why no dispute can be opened."""
    visitor = signed_in(request, site)
    claiming, possible = _claiming(site, visitor, order_id)
    if not possible:
        option = next(o for o in claiming.order.options if o.type == "open_dispute")
        return not_now_page(visitor, claiming, option)
    return Redirect(where(order_id, claiming.next), status_code=303)


@get("/orders/{order_id:str}/dispute/new/{name:str}", sync_to_thread=True)
def ask_step(
    request: Asked, site: TheSite, order_id: FromPath[str], name: FromPath[str]
) -> Response[Any]:
    """One question, or all answers; whoever skips a question is led to it."""
    return _ask(site, signed_in(request, site), order_id, name)


@get("/orders/{order_id:str}/dispute/new/proof", sync_to_thread=True)
def ask_proof(request: Asked, site: TheSite, order_id: FromPath[str]) -> Response[Any]:
    """The question whose answer is a form of its own size."""
    return _ask(site, signed_in(request, site), order_id, _PROOF.name)


def _ask(site: Site, visitor: Visitor, order_id: str, name: str) -> Response[Any]:
    claiming, possible = _claiming(site, visitor, order_id)
    if name not in BY_NAME and name != CHECK:
        raise NotThere
    if not possible:
        return Redirect(where(order_id), status_code=303)
    if not claiming.reached(name):
        return Redirect(where(order_id, claiming.next), status_code=303)
    if name == CHECK:
        return check_page(site, visitor, claiming)
    return step_page(site, visitor, claiming, BY_NAME[name])


@post("/orders/{order_id:str}/dispute/new/{name:str}", sync_to_thread=True)
def answer_step(
    request: Asked, site: TheSite, sent: TheForm, order_id: FromPath[str], name: FromPath[str]
) -> Response[Any]:
    """Keep the answer, and go on to the next question that wants one."""
    visitor = of_visitor(request, site, sent)
    claiming, possible = _claiming(site, visitor, order_id)
    step = BY_NAME.get(name)
    if step is None or step is _PROOF:
        raise NotThere
    if not possible or not claiming.reached(name):
        return Redirect(where(order_id), status_code=303)
    return _answered(site, visitor, claiming, step, sent.texts)


@post(
    "/orders/{order_id:str}/dispute/new/proof",
    sync_to_thread=True,
    request_max_body_size=LARGEST_FORM,
)
def answer_proof(
    request: Asked, site: TheSite, sent: TheForm, order_id: FromPath[str]
) -> Response[Any]:
    """Take in a file, if one came, and stay for another or go on."""
    visitor = of_visitor(request, site, sent)
    claiming, possible = _claiming(site, visitor, order_id)
    if not possible or not claiming.reached(_PROOF.name):
        return Redirect(where(order_id), status_code=303)
    texts = sent.texts
    stays = texts.one("then") == "stay"
    if sent.upload is not None or stays:
        try:
            proof = take_upload(site, visitor, order_id, sent)
        except Problem as problem:
            fault = not_taken(site, problem)
            return step_page(
                site, visitor, claiming, _PROOF, posted=texts, upload_fault=fault,
                status=problem.status,
            )  # fmt: skip
        chosen = list(dict.fromkeys((*texts.all("evidence"), proof)))
        texts = Posted({**texts.texts, "evidence": chosen})
        claiming, _possible = _claiming(site, visitor, order_id)
    if not stays:
        return _answered(site, visitor, claiming, _PROOF, texts)
    begun = claiming.begun.answered(_PROOF.name, _PROOF.fields, texts)
    keep(site, visitor, order_id, begun)
    return Redirect(f"{where(order_id, _PROOF.name)}#files", status_code=303)


def _answered(
    site: Site, visitor: Visitor, claiming: Claiming, step: Step, posted: Posted
) -> Response[Any]:
    order_id = claiming.order.id
    begun = claiming.begun.noted(step.kept, posted)
    try:
        if step.beside:
            _ = Claiming(claiming.looking, claiming.order, claiming.wording, begun).worth
        if posted.one("then") == "reckon":
            keep(site, visitor, order_id, begun)
            return Redirect(f"{where(order_id, step.name)}#worth", status_code=303)
        claiming.read(step, posted)
    except NoAmount as fault:
        errors = {step.beside[0]: str(fault)}
        return step_page(site, visitor, claiming, step, posted=posted, errors=errors, status=422)
    except Wrong as wrong:
        return step_page(
            site, visitor, claiming, step, posted=posted, errors=wrong.messages, status=422
        )
    except NotSo as against:
        refused = against.refused
        field = refused.field if refused.field in step.fields else step.fields[0]
        units = claiming.context.units
        errors = {field: refused_in_words(refused, site.api.words, claiming.wording, units)}
        return step_page(site, visitor, claiming, step, posted=posted, errors=errors, status=422)
    begun = claiming.begun.answered(step.name, step.kept, posted)
    keep(site, visitor, order_id, begun)
    after = Claiming(claiming.looking, claiming.order, claiming.wording, begun)
    return Redirect(where(order_id, after.next), status_code=303)


@post("/orders/{order_id:str}/dispute/new", sync_to_thread=True)
def send_claim(
    request: Asked, site: TheSite, sent: TheForm, order_id: FromPath[str]
) -> Response[Any]:
    """Open the dispute with the answers that were checked, and go to its page."""
    visitor = of_visitor(request, site, sent)
    claiming, _possible = _claiming(site, visitor, order_id)

    def show(failed: Form, status: int) -> Response[str]:
        return check_page(site, visitor, claiming, failed=failed, status=status)

    def leads_to(answer: CaseAnswer) -> str:
        drop(site, visitor, order_id)
        events = answer.outcome.events if isinstance(answer.outcome, Accepted) else ()
        opened = next(e for e in events if isinstance(e, DisputeOpened))
        return f"/disputes/{opened.dispute}"

    target = Target(
        looking=claiming.looking,
        context=claiming.whole,
        wrap=lambda command: OnOrder(order_id, command),
        action=where(order_id),
        back=f"/orders/{order_id}",
        version=None,
    )
    if not_shown(site, claiming, sent.texts) and not taken_before(
        site, visitor, target, sent.texts
    ):
        form = empty_form(site, OpenDispute, claiming.whole, where(order_id), None)
        return show(replace(form, posted=sent.texts), 409)
    return carry_out(site, visitor, OpenDispute, target, sent.texts, show, leads_to)
