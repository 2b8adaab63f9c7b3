"""Values that are each well written and cannot hold together."""

from __future__ import annotations

from amends.policy.reading import Reading
from amends.policy.terms import Terms

# shorter, longer, whether they may be equal, what is wrong otherwise
ORDERS: tuple[tuple[str, str, bool, str], ...] = (
    (
        "seller_answers_within",
        "negotiation_ends_after",
        True,
        "the answer is due after negotiation has ended",
    ),
    (
        "seller_answers_within_with_more_time",
        "negotiation_ends_after",
        True,
        "the answer with more time is due after negotiation has ended",
    ),
    (
        "seller_answers_within",
        "seller_answers_within_with_more_time",
        False,
        "asking for more time gives none",
    ),
    (
        "offer_answered_within",
        "negotiation_ends_after",
        True,
        "an offer's answer takes longer than the whole negotiation",
    ),
    (
        "negotiation_ends_after",
        "ruling_due_after",
        False,
        "the ruling is due before negotiation has ended",
    ),
    (
        "information_within",
        "ruling_after_return_due_after",
        True,
        "a question would be answered after the ruling on a return is due",
    ),
    (
        "refund_arrives_from",
        "refund_arrives_until",
        True,
        "the money would arrive before it can",
    ),
)
_CARRIERS = "closes_after_shipment_by_carrier."
_OTHERS = "closes_other_carriers."


def note_contradictions(terms: Terms, reading: Reading) -> None:
    """Note every contradiction between the spans that could be read."""
    days = reading.days
    for shorter, longer, equal, problem in ORDERS:
        if shorter in days and longer in days:
            file, least = days[shorter]
            _, most = days[longer]
            if least > most or (least == most and not equal):
                bound = "at most" if equal else "less than"
                reading.note(
                    file,
                    shorter,
                    f"{problem}: {least} days, and {longer} {most}",
                    f"write {bound} {most} here, or more there",
                )
    _information(reading)
    _windows(terms, reading)


def _information(reading: Reading) -> None:
    days = reading.days
    if not {"information_within", "negotiation_ends_after", "ruling_due_after"} <= days.keys():
        return
    file, asked = days["information_within"]
    left = days["ruling_due_after"][1] - days["negotiation_ends_after"][1]
    if asked > left >= 1:
        reading.note(
            file,
            "information_within",
            f"{asked} days, but only {left} are left from the end of negotiation to the ruling",
            f"write at most {left}, or let the ruling be due later",
        )


def _windows(terms: Terms, reading: Reading) -> None:
    days = reading.days
    shipped = days.get("opens.opens_after_shipment")
    for key, (file, until) in days.items():
        counted_from_shipment = (
            key.startswith(_CARRIERS) or key == f"{_OTHERS}closes_after_shipment"
        )
        if shipped is not None and counted_from_shipment and until <= shipped[1]:
            _closed(reading, file, key, until, "opens_after_shipment", shipped[1])
    receipt, received = days.get("closes_after_receipt"), days.get("opens.opens_on_receipt")
    if receipt is not None and received is not None and receipt[1] <= received[1]:
        _closed(
            reading, receipt[0], "closes_after_receipt", receipt[1], "opens_on_receipt", received[1]
        )
    windows = terms.windows
    if windows.closes_combine == "receipt_alone" and windows.closes_after_receipt is None:
        reading.note(
            "windows.toml",
            "closes_combine",
            "receipt alone counts, but nothing closes after receipt",
            "give closes_after_receipt days, or choose later_of",
        )
    reached = {"after_shipment", "after_ship_by"} & {opening.kind for opening in windows.opens}
    for reason in terms.reasons.values() if windows.opens and not reached else ():
        if reason.received != "yes":
            reading.note(
                "windows.toml",
                "opens",
                f"'{reason.code}' is about goods that did not come, and only receipt opens",
                "give opens_after_shipment, opens_after_ship_by or both",
            )


def _closed(reading: Reading, file: str, key: str, until: int, opening: str, since: int) -> None:
    reading.note(
        file,
        key,
        f"the window closes after {until} days, before it opens: {opening} says {since}",
        f"write more than {since} here, or fewer days there",
    )
