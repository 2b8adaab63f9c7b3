"""Help: for everybody by the rules in force, on an order or dispute by its own, with its dates."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from msgspec.structs import fields

from amends.entrypoints.helping.answers import Topic, help_of
from amends.entrypoints.helping.places import Place, countries, places_for
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import dispute_view
from amends.entrypoints.views.order import order_view
from amends.entrypoints.views.structs import DeadlineView
from amends.entrypoints.web.language import words_now
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheSite, signed_in, visitor_of
from amends.entrypoints.web.site import NotThere, Site, see_dispute, see_order, wording_of
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.web.windows import windows_of
from amends.entrypoints.words import formatting
from amends.entrypoints.words.languages import spoken
from amends.kernel.people import Role, Side
from amends.order.decide.place_order import PlaceOrder

_DEFAULT_PACK = next(f.default for f in fields(PlaceOrder) if f.name == "policy")


class Elsewhere(Struct, frozen=True):
    """Where else one side can turn in a country; ``country`` "" where it is not known."""

    side: Side
    country: str
    name: str
    places: tuple[Place, ...]
    near: bool  # some of them are that country's own


@get("/help", sync_to_thread=False)
def show_help(request: Asked, site: TheSite) -> Response[str]:
    """The topics, under the rules that a new order would be placed under."""
    return page("help.html", visitor_of(request, site), topics=_topics(site), full=False)


@get("/help/{topic:str}", sync_to_thread=False)
def show_topic(
    request: Asked,
    site: TheSite,
    topic: FromPath[str],
    country: FromQuery[str] = "",
    side: FromQuery[str] = "buyer",
) -> Response[str]:
    """One topic; ``elsewhere`` is by country and side."""
    visitor = visitor_of(request, site)
    if topic == "elsewhere":
        chosen = country if country in countries() else ""
        places = _elsewhere("seller" if side == "seller" else "buyer", chosen)
        named = sorted((formatting.country(code), code) for code in countries())
        return page("help_elsewhere.html", visitor, elsewhere=places, countries=named)
    found = tuple(known for known in _topics(site) if known.id == topic)
    if not found:
        raise NotThere
    return page("help.html", visitor, topics=found, full=True)


@get("/orders/{order_id:str}/help", sync_to_thread=True)
def show_order_help(request: Asked, site: TheSite, order_id: FromPath[str]) -> Response[str]:
    """The help under the order's own rules, with its dates."""
    visitor = signed_in(request, site)
    return _own_help(site, visitor, see_order(site, visitor, order_id), f"/orders/{order_id}")


@get("/disputes/{dispute_id:str}/help", sync_to_thread=True)
def show_dispute_help(request: Asked, site: TheSite, dispute_id: FromPath[str]) -> Response[str]:
    """The same, from a dispute of it."""
    visitor = signed_in(request, site)
    looking, _dispute = see_dispute(site, visitor, dispute_id)
    return _own_help(site, visitor, looking, f"/disputes/{dispute_id}", dispute_id)


def _topics(site: Site) -> tuple[Topic, ...]:
    library = site.service.library
    terms = library.in_force(str(_DEFAULT_PACK), site.now()) or library.all()[-1]
    return help_of(terms, library.wording(terms.id, terms.version, spoken()), words_now())


def _own_help(
    site: Site, visitor: Visitor, looking: Looking, back: str, dispute: str = ""
) -> Response[str]:
    order, role = order_view(looking), visitor.actor.role
    side: Side = "seller" if role is Role.SELLER else "buyer"
    clocks: list[DeadlineView] = [d for d in order.deadlines if d.what != "protection"]
    for key in (dispute,) if dispute else order.disputes:
        clocks += dispute_view(looking, looking.case.disputes[key]).deadlines
    country = (order.seller if side == "seller" else order.buyer).country or ""
    return page(
        "help.html",
        visitor,
        now=looking.stamp.at,
        topics=help_of(looking.terms, wording_of(site, looking), words_now(), order.currency),
        full=True,
        order=order.id,
        back=back,
        windows=windows_of(order, looking.stamp.at, own=role is Role.BUYER),
        titles={line.id: line.title or line.id for line in order.lines},
        clocks=clocks,
        elsewhere=_elsewhere(side, country),
    )


def _elsewhere(side: Side, country: str) -> Elsewhere:
    found = places_for(side, country)
    near = any(country in place.countries for place in found)
    return Elsewhere(side, country, formatting.country(country) if country else "", found, near)
