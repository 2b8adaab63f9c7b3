"""Orders, shipments and tracking from a spreadsheet: rows of CSV become records of the feed.

Three layouts, told apart by their columns, whose order is free. Amounts are decimal numbers with a
point (``800.00``) and become whole minor units exactly. An order has a row per line; its rows stand
together, and what concerns the order as a whole may be left out after the first.

Where a comma stands before decimals, spreadsheets part cells by semicolons. A file whose header has
them is read so; in its amounts either mark may stand before one or two decimals, and nothing is
guessed of three digits, which might be thousands.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Literal

from msgspec import Struct

from amends.kernel.money import CURRENCIES, decimals
from amends.order.purchase import MOST_LINES

Kind = Literal["text", "whole", "amount", "yes_no", "units"]
Record = dict[str, object]
_NUMBER = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))?")
_NUMBER_AMONG_SEMICOLONS = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,2}))?")
_LONE_CR = "a line ends in a lone carriage return (CR), as on an old Mac"
_QUOTE_MISSING = "is a quotation mark missing?"
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Column(Struct, frozen=True):
    """A column of a layout: where its value goes in the record, and what is written in it.

    ``of_line``: it belongs to one line of an order, so that each row has its own.
    """

    name: str
    path: str
    kind: Kind = "text"
    required: bool = False
    of_line: bool = False


class Layout(Struct, frozen=True):
    """What a row is: an order's line, a shipment, or a tracking event."""

    kind: Literal["order", "shipment", "tracking"]
    columns: tuple[Column, ...]

    @property
    def by_name(self) -> dict[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)


class CsvRecord(Struct, frozen=True):
    """A record, and the line of the file on which it begins."""

    line: int
    record: Record


class BadCell(Struct, frozen=True):
    """Why a row cannot be taken: its line, the column at fault and what is wrong with it."""

    line: int
    field: str
    reason: str


class BadHeader(ValueError):
    """The file's first line cannot be read, or names columns that no layout has; the message says
    why, and how to save such a file."""


class _Wrong(ValueError):
    """What a cell holds cannot be read; the message says how to write it."""


def _columns(text: str) -> tuple[Column, ...]:
    """Columns, one a line: name, path, kind, and ``!`` for required, ``*`` for one per line."""
    found = []
    for row in text.strip().splitlines():
        name, path, kind, *marks = row.split()
        found.append(Column(name, path, kind, "!" in marks, "*" in marks))  # type: ignore[arg-type]
    return tuple(found)


ORDERS = Layout(
    "order",
    _columns("""
        order                   id                                text   !
        placed_at               placed_at                         text   !
        currency                currency                          text   !
        policy                  policy                            text
        purchase                purchase                          text
        buyer                   buyer.id                          text   !
        buyer_name              buyer.name                        text
        buyer_email             buyer.email                       text
        buyer_locale            buyer.locale                      text
        buyer_country           buyer.country                     text
        seller                  seller.id                         text   !
        seller_name             seller.name                       text
        seller_email            seller.email                      text
        seller_locale           seller.locale                     text
        seller_country          seller.country                    text
        change_of_mind_days     seller.return_policy.change_of_mind_days     whole
        return_postage_paid_by  seller.return_policy.return_postage_paid_by  text
        restocking_fee_percent  seller.return_policy.restocking_fee_percent  whole
        exchange                seller.return_policy.exchange     yes_no
        line                    id                                text   ! *
        sku                     sku                               text   *
        title                   title                             text   ! *
        category                category                          text   *
        quantity                quantity                          whole  ! *
        unit_price              unit_price                        amount ! *
        discount                discount                          amount *
        tax                     tax                               amount *
        weight_grams            weight_grams                      whole  *
        listing                 listing.text                      text   *
        tax_included            tax_included                      yes_no
        order_discount          discount                          amount
        shipping_price          shipping.price                    amount
        ship_by                 shipping.ship_by                  text
        promised_by             shipping.promised_by              text
        payment_provider        payment.provider                  text   !
        payment_reference       payment.reference                 text   !
        payment_method          payment.method                    text   !
        captured                payment.captured                  amount !
    """),
)
SHIPMENTS = Layout(
    "shipment",
    _columns("""
        order            order            text  !
        carrier          carrier          text  !
        tracking_number  tracking_number  text  !
        shipped_at       at               text  !
        lines            lines            units
    """),
)
TRACKING = Layout(
    "tracking",
    _columns("""
        order            order            text  !
        tracking_number  tracking_number  text  !
        status           status           text  !
        at               at               text  !
        place            place            text
    """),
)
LAYOUTS = (ORDERS, SHIPMENTS, TRACKING)


def read_csv(lines: Iterable[str]) -> Iterator[CsvRecord | BadCell]:
    """The records of a CSV file, and what is wrong with the rows that give none.

    ``lines`` is the text of the file by line, ends of lines included, with U+FFFD for what could
    not be decoded. Raises BadHeader before the first record when the columns are not those of a
    layout.
    """
    rest = iter(lines)
    first = next(rest, "")
    header = _header(first)
    separator = ","
    if len(header) == 1 and ";" in header[0]:
        separator = ";"
        header = _header(first, separator)
    layout = layout_of(header)
    rows = _rows(rest, header, separator)
    yield from _orders(rows) if layout is ORDERS else (_plain(layout, row) for row in rows)


def _header(line: str, separator: str = ",") -> list[str]:
    """The names of the columns. Raises BadHeader for what is not the first line of a text in UTF-8,
    whose lines end in LF."""
    # Half the bytes of UTF-16 are NUL where the letters are Latin, and a spreadsheet's own format
    # has some early on.
    if "\0" in line or "\ufffd" in line:
        raise BadHeader(
            "it is not a text in UTF-8 but in another encoding, such as the UTF-16 of Excel's "
            '"Unicode Text", or no text at all: save it as "CSV UTF-8 (comma delimited)"'
        )
    if "\r" in line.rstrip("\r\n"):
        raise BadHeader(f"{_LONE_CR}: save it with the line ends of Windows or Unix")
    try:
        header = [
            name.strip().casefold() for name in next(csv.reader([line], delimiter=separator), [])
        ]
    except csv.Error:
        raise BadHeader("its first line is far too long to name the columns") from None
    if not any(header):
        raise BadHeader("its first line is empty: it has to name the columns")
    return header


def _not_csv(error: csv.Error) -> str:
    """What the reader says of a row, in words that help where it has none."""
    said = str(error)
    if said.startswith("new-line character"):
        return _LONE_CR
    if said.startswith("field larger"):
        return f"a cell has more than {csv.field_size_limit():,} characters: {_QUOTE_MISSING}"
    if said.startswith("unexpected end"):
        return f"a cell in quotation marks has no end: {_QUOTE_MISSING}"
    return said


def layout_of(header: Sequence[str]) -> Layout:
    """The layout whose columns these are. Raises BadHeader with every column at fault."""
    names = set(header)
    layout = max(LAYOUTS, key=lambda it: len(names & {c.name for c in it.columns}))
    known = [column.name for column in layout.columns]
    problems: list[str] = []
    for name in header:
        if name not in known:
            near = difflib.get_close_matches(name, [k for k in known if k not in names], 1)
            problems.append(
                f"there is no column {name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")
            )
    problems += [f"{name!r} is there twice" for name in sorted(names) if header.count(name) > 1]
    missing = [name for name in layout.required if name not in names]
    if missing:
        problems.append(f"missing: {', '.join(missing)}")
    if problems:
        raise BadHeader(
            f"the columns are not those of a file of {layout.kind} rows: {'; '.join(problems)}. "
            f"It can have: {', '.join(known)}"
        )
    return layout


class _Row(Struct, frozen=True):
    """A row's cells by column; ``torn`` says why they may be in the wrong places."""

    line: int
    cells: dict[str, str]
    number: re.Pattern[str]
    torn: str = ""


def _rows(lines: Iterable[str], header: Sequence[str], separator: str) -> Iterator[_Row]:
    reader = csv.reader(lines, strict=True, delimiter=separator)
    number = _NUMBER if separator == "," else _NUMBER_AMONG_SEMICOLONS
    mark = "comma" if separator == "," else "semicolon"
    while True:
        # A quoted cell may hold ends of lines; a row is named by the line it begins on.
        began = 2 + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Row(began, {}, number, f"not CSV: {_not_csv(error)}")
            continue
        if not any(cells):
            continue
        torn = ""
        if len(cells) != len(header):
            count = f"{len(cells)} cells under {len(header)} columns"
            torn = f"{count}: is a {mark} or a quotation mark missing?"
        elif any("\ufffd" in cell for cell in cells):
            torn = "not UTF-8: save the file in that encoding"
        yield _Row(began, dict(zip(header, map(str.strip, cells), strict=False)), number, torn)


def _plain(layout: Layout, row: _Row) -> CsvRecord | BadCell:
    if row.torn:
        return BadCell(row.line, "", row.torn)
    record: Record = {"type": layout.kind}
    columns = layout.by_name
    for name, text in row.cells.items():
        bad = _fill(record, columns[name], text, "", row)
        if bad:
            return bad
    return CsvRecord(row.line, record)


def _orders(rows: Iterable[_Row]) -> Iterator[CsvRecord | BadCell]:
    """Rows that stand together with the same order make one record."""
    ended: set[str | int] = set()
    # A row that names none stands by itself.
    for order, group in groupby(rows, key=lambda row: row.cells.get("order") or row.line):
        # What is beyond is not kept: an order of so many lines is refused in any case.
        together = list(islice(group, MOST_LINES + 1))
        if order in ended:
            reason = f"rows of order {order} stand further up: put them next to each other"
            yield BadCell(together[0].line, "order", reason)
        elif torn := next((row for row in together if row.torn), None):
            # An order of which a row is bad is not taken in part.
            yield BadCell(torn.line, "", torn.torn)
        else:
            yield _order(together)
        ended.add(order)


def _order(rows: Sequence[_Row]) -> CsvRecord | BadCell:
    first = rows[0]
    currency = first.cells["currency"]
    if currency not in CURRENCIES:
        return BadCell(first.line, "currency", f"{currency!r} is not a currency code like USD")
    columns = ORDERS.by_name
    record: Record = {"type": "order"}
    lines: list[Record] = []
    for row in rows:
        line: Record = {}
        for name, text in row.cells.items():
            column = columns[name]
            if not column.of_line and row is not first:
                if text not in ("", first.cells[name]):
                    reason = f"{text!r} here and {first.cells[name]!r} in the order's first row"
                    return BadCell(row.line, name, reason)
                continue
            target = line if column.of_line else record
            bad = _fill(target, column, text, currency, row)
            if bad:
                return bad
        lines.append(line)
    record["lines"] = lines
    return CsvRecord(first.line, record)


def _fill(record: Record, column: Column, text: str, currency: str, row: _Row) -> BadCell | None:
    name = column.name
    if not text:
        return BadCell(row.line, name, "must not be empty") if column.required else None
    try:
        value = _value(column.kind, text, currency, row.number)
    except _Wrong as error:
        return BadCell(row.line, name, str(error))
    *folders, last = column.path.split(".")
    for folder in folders:
        inner = record.setdefault(folder, {})
        assert isinstance(inner, dict)  # noqa: S101 - the paths above do not collide
        record = inner
    record[last] = value
    return None


def _value(kind: Kind, text: str, currency: str, number: re.Pattern[str]) -> object:
    match kind:
        case "whole":
            if not re.fullmatch(r"[0-9]{1,12}", text):
                raise _Wrong(f"{text!r} is not a whole number in digits")
            return int(text)
        case "amount":
            return {"amount": minor_units(text, currency, number), "currency": currency}
        case "yes_no":
            if text.casefold() not in _YES_NO:
                raise _Wrong(f"{text!r} is neither yes nor no")
            return _YES_NO[text.casefold()]
        case "units":
            return _units(text)
        case _:
            return text


def minor_units(text: str, currency: str, number: re.Pattern[str] = _NUMBER) -> int:
    """``800.00`` in minor units of ``currency``, exactly: 80000 in RUB, 800 in JPY; ``number``:
    how its digits are written.

    Raises ValueError for what is no decimal number so written, and for decimals that the currency
    does not have, which would have to be rounded.
    """
    found = number.fullmatch(text)
    if found is None:
        how = "a point, like 1234.50"
        if number is not _NUMBER:
            how = "a comma or a point before at most two decimals, like 1234,50"
        raise _Wrong(f"{text!r} is not an amount: write digits and {how}")
    places = decimals(currency)
    fraction = (found[2] or "").rstrip("0")
    if len(fraction) > places:
        raise _Wrong(f"{text!r} has more decimals than {currency} has, which are {places}")
    return int(found[1] + fraction.ljust(places, "0"))


def _units(text: str) -> list[Mapping[str, object]]:
    """``1=2 2=1``: two units of line 1, one of line 2."""
    units: list[Mapping[str, object]] = []
    for part in text.split():
        line, mark, quantity = part.partition("=")
        if not (line and mark and re.fullmatch(r"[0-9]{1,6}", quantity)):
            raise _Wrong(f"{part!r} is not line=quantity; write 1=2 2=1")
        units.append({"line": line, "quantity": int(quantity)})
    return units
