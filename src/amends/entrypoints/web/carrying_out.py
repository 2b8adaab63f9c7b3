"""What a ruling asks of whom once nobody has appealed it, and until when."""

from __future__ import annotations

from amends.entrypoints.views.structs import DisputeView
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant
from amends.policy.terms import Returns, Terms


def after_appeal(view: DisputeView, terms: Terms) -> tuple[str, ...]:
    """Who does what next and until when, a sentence a step; none where no ruling waits for an
    appeal."""
    clock = next((d for d in view.deadlines if d.what == "appeal"), None)
    if clock is None or view.ruling is None:
        return ()
    match view.ruling.remedy:
        case "return_and_refund" if view.return_:
            return (_("If nobody does, the return goes on from where it is."),)
        case "return_and_refund":
            return _return(terms.returns, clock.at)
        case "replacement":
            until = clock.at + terms.returns.replacement_shipped_within.span
            return (
                _("If nobody does, the seller sends the replacement by {until}.").format(
                    until=formatting.moment(until)
                ),
                _("Should it not be sent or not come in time, the money goes back instead."),
            )
        case _:
            return (
                _(
                    "If nobody does, the ruling is carried out by itself; nobody has to do anything"
                    " for it."
                ),
            )


def _return(returns: Returns, since: Instant) -> tuple[str, ...]:
    return (
        _(
            "If nobody does, the seller says by {until} where the goods are to be sent. Without an"
            " address the money goes back and the goods are kept."
        ).format(until=formatting.moment(since + returns.address_within.span)),
        _(
            "From then on the buyer has {span} to send them. If they are not sent, the dispute is"
            " closed without a refund."
        ).format(span=formatting.span(returns.shipped_within.span)),
        _(
            "When they have come, the seller has {span} to look at them. If nothing is wrong, or"
            " nobody looks, the money goes back."
        ).format(span=formatting.span(returns.inspected_within.span)),
    )
