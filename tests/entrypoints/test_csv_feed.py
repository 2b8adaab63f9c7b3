"""Rows of CSV as records of the feed."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.entrypoints.csv_feed import (
    BadCell,
    BadHeader,
    CsvRecord,
    Record,
    minor_units,
    read_csv,
)
from amends.kernel.money import CURRENCIES, decimals
from amends.order.purchase import MOST_LINES

ORDER = {
    "order": "A-1", "placed_at": "2026-03-01T10:00:00Z", "currency": "RUB", "buyer": "b1",
    "seller": "s1", "line": "1", "title": "Blouse", "quantity": "2", "unit_price": "800.00",
    "payment_provider": "simulator", "payment_reference": "pay_1", "payment_method": "card",
    "captured": "1600",
}  # fmt: skip


def sheet(*rows: dict[str, str]) -> list[str]:
    columns = list(rows[0])
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return [",".join(f'"{cell}"' for cell in line) + "\n" for line in lines]


def read(*rows: dict[str, str]) -> list[CsvRecord | BadCell]:
    return list(read_csv(sheet(*rows)))


def test_a_row_becomes_an_order() -> None:
    money = {"amount": 80_000, "currency": "RUB"}
    line = {"id": "1", "title": "Blouse", "quantity": 2, "unit_price": money}
    paid = {
        "provider": "simulator", "reference": "pay_1", "method": "card",
        "captured": {"amount": 160_000, "currency": "RUB"},
    }  # fmt: skip
    record: Record = {
        "type": "order", "id": "A-1", "placed_at": "2026-03-01T10:00:00Z", "currency": "RUB",
        "buyer": {"id": "b1"}, "seller": {"id": "s1"}, "payment": paid, "lines": [line],
    }  # fmt: skip
    assert read(ORDER) == [CsvRecord(2, record)]


def test_rows_of_an_order_become_its_lines() -> None:
    second = {**dict.fromkeys(ORDER, ""), "order": "A-1", "line": "2", "title": "Scarf",
              "quantity": "1", "unit_price": "0.5"}  # fmt: skip
    (first,) = read(ORDER, second)
    assert isinstance(first, CsvRecord)
    assert [line["id"] for line in first.record["lines"]] == ["1", "2"]  # type: ignore[attr-defined]


def test_an_order_s_rows_must_agree() -> None:
    (bad,) = read(ORDER, {**ORDER, "line": "2", "buyer": "b2"})
    assert bad == BadCell(3, "buyer", "'b2' here and 'b1' in the order's first row")


def test_an_order_s_rows_stand_together() -> None:
    found = read(ORDER, {**ORDER, "order": "A-2"}, {**ORDER, "line": "2"})
    assert [type(entry) for entry in found] == [CsvRecord, CsvRecord, BadCell]
    assert found[2].line == 4


def test_rows_that_name_no_order_are_told_one_by_one() -> None:
    lines = sheet(ORDER, {**ORDER, "order": ""}, {**ORDER, "order": ""}, {**ORDER, "order": "A-2"})
    lines[4:4] = ['"x"y\n', '"x"y\n']
    found = list(read_csv(lines))
    assert [type(entry) for entry in found] == [CsvRecord, *4 * [BadCell], CsvRecord]
    assert [(bad.line, bad.field) for bad in found if isinstance(bad, BadCell)] == [
        (3, "order"), (4, "order"), (5, ""), (6, ""),
    ]  # fmt: skip


def test_an_order_without_an_end_is_not_kept_in_memory() -> None:
    good, many, after = read(ORDER, *250 * [{**ORDER, "order": "A-2"}], {**ORDER, "order": "A-3"})
    assert isinstance(many, CsvRecord)
    lines = many.record["lines"]
    assert isinstance(lines, list)
    assert len(lines) == MOST_LINES + 1  # one more than is taken, so that it is refused
    assert [type(entry) for entry in (good, after)] == [CsvRecord, CsvRecord]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("quantity", "two", "'two' is not a whole number in digits"),
        ("quantity", "", "must not be empty"),
        ("unit_price", "1,50", "'1,50' is not an amount"),
        ("unit_price", "-5", "'-5' is not an amount"),
        ("captured", "0.001", "'0.001' has more decimals than RUB has"),
        ("currency", "RUR", "'RUR' is not a currency code"),
    ],
)
def test_cells_that_cannot_be_read(column: str, text: str, reason: str) -> None:
    (bad,) = read({**ORDER, column: text})
    assert isinstance(bad, BadCell)
    assert (bad.line, bad.field) == (2, column)
    assert bad.reason.startswith(reason)


def test_a_row_of_too_few_cells_spoils_its_order_only() -> None:
    lines = sheet(ORDER, {**ORDER, "order": "A-2"})
    lines.insert(2, '"A-1","",""\n')
    found = list(read_csv(lines))
    assert isinstance(found[0], BadCell)
    assert found[0].line == 3
    assert isinstance(found[1], CsvRecord)
    assert found[1].record["id"] == "A-2"


def test_a_cell_may_hold_several_lines() -> None:
    rows = sheet({**ORDER, "title": "White\nblouse"}, {**ORDER, "order": "A-2", "quantity": "x"})
    text = "".join(rows).splitlines(keepends=True)
    good, bad = read_csv(text)
    assert isinstance(good, CsvRecord)
    assert bad == BadCell(4, "quantity", "'x' is not a whole number in digits")


def test_capitals_in_the_header_do_no_harm() -> None:
    lines = sheet(ORDER)
    lines[0] = lines[0].upper()
    assert list(read_csv(lines)) == read(ORDER)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A-1,DHL\rA-2,DHL\r", "a line ends in a lone carriage return (CR), as on an old Mac"),
        (
            f'A-1,"{"x" * 131_073}"\n',
            "a cell has more than 131,072 characters: is a quotation mark",
        ),
        ('A-1,"DHL\n', "a cell in quotation marks has no end: is a quotation mark missing?"),
        ('A-1,"DHL"x\n', "',' expected after"),
    ],
)
def test_rows_that_are_no_csv(row: str, said: str) -> None:
    (bad,) = read_csv(["order,carrier,tracking_number,shipped_at\n", row])
    assert isinstance(bad, BadCell)
    assert (bad.line, bad.field) == (2, "")
    assert bad.reason.startswith(f"not CSV: {said}")


def test_units_of_a_shipment() -> None:
    head = "order,carrier,tracking_number,shipped_at,lines\n"
    row = "A-1,DHL,123,2026-03-02T00:00:00Z,"
    good, bad = read_csv([head, f"{row}1=2 2=1\n", f"{row}1x2\n"])
    assert isinstance(good, CsvRecord)
    assert good.record["lines"] == [{"line": "1", "quantity": 2}, {"line": "2", "quantity": 1}]
    assert isinstance(bad, BadCell)
    assert bad.field == "lines"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "its first line is empty"),
        (" , ,\n", "its first line is empty"),
        ("order,carrier\rB-1,DHL\r", "a line ends in a lone carriage return"),
        ("\ufffd\ufffdo\0r\0d\0e\0r\0\r\0\n", "another encoding, such as the UTF-16"),
        ("\0o\0r\0d\0e\0r\0\r\0\n", "another encoding, such as the UTF-16"),
        ("order,carri\ufffdr\n", "it is not a text in UTF-8"),
        ("x" * 131_073 + "\n", "its first line is far too long"),
        ("order,carrier,tracking_number\n", "missing: shipped_at"),
        ("order,carier,tracking_number,shipped_at\n", "did you mean 'carrier'?"),
        ("order,order,status,tracking_number,at\n", "'order' is there twice"),
    ],
)
def test_headers_that_are_no_layout_s(header: str, said: str) -> None:
    with pytest.raises(BadHeader, match=said.replace("?", r"\?")):
        list(read_csv([header] if header else []))


@given(st.integers(0, 10**14), st.sampled_from(sorted(CURRENCIES)))
def test_decimal_amounts_are_exact(amount: int, currency: str) -> None:
    places = decimals(currency)
    whole, rest = divmod(amount, 10**places)
    text = f"{whole}.{rest:0{places}d}" if places else str(whole)
    assert minor_units(text, currency) == amount


def among_semicolons(*rows: dict[str, str]) -> list[CsvRecord | BadCell]:
    columns = list(rows[0])
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return list(read_csv([";".join(line) + "\r\n" for line in lines]))


def test_a_european_spreadsheet_parts_cells_by_semicolons() -> None:
    row = {**ORDER, "title": "Blouse, white", "unit_price": "800,00", "captured": "1600,5"}
    (found,) = among_semicolons(row)
    assert isinstance(found, CsvRecord)
    (line,) = cast("list[dict[str, Any]]", found.record["lines"])
    assert (line["title"], line["unit_price"]["amount"]) == ("Blouse, white", 80_000)
    assert found.record["payment"]["captured"]["amount"] == 160_050  # type: ignore[index]
    assert among_semicolons(ORDER) == read(ORDER), "a point does as well"


@pytest.mark.parametrize("amount", ["1,000", "1.000", "1.234,50", "1 234,50", "8,"])
def test_nothing_is_guessed_of_what_may_be_thousands(amount: str) -> None:
    (bad,) = among_semicolons({**ORDER, "unit_price": amount})
    assert isinstance(bad, BadCell)
    assert (bad.line, bad.field) == (2, "unit_price")
    assert "a comma or a point before at most two decimals" in bad.reason


def test_among_commas_a_comma_is_no_mark_of_decimals() -> None:
    (bad,) = read({**ORDER, "unit_price": "800,00"})
    assert isinstance(bad, BadCell)
    assert "write digits and a point" in bad.reason


def test_the_header_decides_and_the_rows_have_to_follow_it() -> None:
    header, row = sheet(ORDER)
    found = list(read_csv([header.replace('"', "").replace(",", ";"), row.replace('"', "")]))
    (bad,) = found
    assert isinstance(bad, BadCell)
    assert bad.reason == "1 cells under 13 columns: is a semicolon or a quotation mark missing?"
    with pytest.raises(BadHeader, match="there is no column 'placed_at;currency'"):
        list(read_csv(["order,placed_at;currency\n"]))
