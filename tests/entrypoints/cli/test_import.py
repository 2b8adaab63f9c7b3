"""Feeds from files: taken once, repeated without doubles, bad lines told, good ones kept."""

from __future__ import annotations

import json

import pytest

from tests.entrypoints.cli.run import EXAMPLES, Terminal

FEED = str(EXAMPLES / "feed.ndjson")
SHEETS = [str(EXAMPLES / f"{name}.csv") for name in ("orders", "shipments", "tracking")]


def counts(text: str) -> list[str]:
    """The lines without the files' names."""
    return [line.partition(": ")[2] for line in text.splitlines()]


def test_the_sample_feed_is_taken_and_changes_nothing_the_second_time(terminal: Terminal) -> None:
    first = terminal.out("import", FEED)
    assert counts(first) == [
        "orders: 40 new, 0 same; shipments: 36 new, 0 same; tracking: 132 new, 0 same; bad: 0"
    ]
    second = terminal.out("import", FEED)
    assert counts(second) == [
        "orders: 0 new, 40 same; shipments: 0 new, 36 same; tracking: 0 new, 132 same; bad: 0"
    ]
    assert len(terminal.out("orders", "list", "--limit", "200").splitlines()) == 41


def test_the_sample_sheets_are_taken_and_change_nothing_the_second_time(
    terminal: Terminal,
) -> None:
    assert counts(terminal.out("import", *SHEETS)) == [
        "orders: 10 new, 0 same; bad: 0",
        "shipments: 9 new, 0 same; bad: 0",
        "tracking: 32 new, 0 same; bad: 0",
    ]
    assert counts(terminal.out("import", *SHEETS)) == [
        "orders: 0 new, 10 same; bad: 0",
        "shipments: 0 new, 9 same; bad: 0",
        "tracking: 0 new, 32 same; bad: 0",
    ]


def test_a_sheet_s_amounts_arrive_exactly(terminal: Terminal) -> None:
    terminal.out("import", SHEETS[0])
    order = json.loads(terminal.out("orders", "show", "B-2004", "--json"))
    captured = order["payment"]["captured"]
    assert captured["currency"] == "KWD"
    paid = sum(line["paid"]["amount"] for line in order["lines"])
    assert paid + order["shipping"]["price"]["amount"] == captured["amount"]
    assert order["lines"][0]["unit_price"] == {"amount": 12900, "currency": "KWD"}


def test_bad_lines_are_told_with_number_and_field_and_good_ones_kept(terminal: Terminal) -> None:
    lines = (EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines()
    orders = [json.loads(line) for line in lines if '"type": "order"' in line][:4]
    del orders[1]["buyer"]["id"]
    orders[2]["lines"][0]["quantity"] = 0
    feed = [json.dumps(order) for order in orders]
    feed[1:1] = ["{not json", "", '{"type": "refund"}']
    result = terminal.run("import", terminal.file("some.ndjson", "\n".join(feed)))
    assert result.exit_code == 1
    assert "orders: 2 new, 0 same; bad: 4" in result.stdout
    told = [line.split("some.ndjson:")[1].split(" ")[0] for line in result.stderr.splitlines()]
    assert told == ["2:", "4:", "5:", "6:"]
    assert "[buyer.id]" in result.stderr
    assert "[lines[0].quantity]" in result.stderr
    rules = [line.rpartition("(")[2] for line in result.stderr.splitlines()]
    assert rules == ["broken_json)", "unknown_line_type)", "field_missing)", "field_invalid)"]
    assert len(terminal.out("orders", "list").splitlines()) == 3


def test_a_bad_line_says_of_which_years_its_instants_are(terminal: Terminal) -> None:
    order = json.loads((EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines()[0])
    order["shipping"]["ship_by"] = "2020-12-31T23:59:59Z"
    result = terminal.run("import", terminal.file("early.ndjson", json.dumps(order)))
    assert (
        "31 December 2020 23:59:59 UTC lies before the order was placed, on 3 September 2025"
        in (result.stderr)
    )


def test_a_feed_that_was_cut_off_is_sent_again_from_its_beginning(terminal: Terminal) -> None:
    feed = (EXAMPLES / "feed.ndjson").read_text("utf-8")
    cut = feed.index('"type": "order"', len(feed) // 2) + 200
    result = terminal.run("import", terminal.file("cut.ndjson", feed[:cut]))
    assert result.exit_code == 1
    assert f"cut.ndjson:{feed[:cut].count(chr(10)) + 1}:" in result.stderr
    before = len(terminal.out("orders", "list", "--limit", "200").splitlines()) - 1
    said = terminal.out("import", FEED)
    assert f"orders: {40 - before} new, {before} same" in said
    assert "bad: 0" in said
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"


def test_a_shipment_of_an_unknown_order_is_bad(terminal: Terminal) -> None:
    line = '{"type": "shipment", "order": "A-9", "carrier": "DHL", "tracking_number": "1"}'
    result = terminal.run("import", "-", stdin=line)
    assert result.exit_code == 1
    assert result.stderr.startswith("-:1:")


def test_the_same_number_with_another_carrier_is_bad(terminal: Terminal) -> None:
    terminal.out("import", FEED)
    lines = (EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines()
    shipment = next(json.loads(line) for line in lines if '"type": "shipment"' in line)
    changed = json.dumps({**shipment, "carrier": "Somebody else"})
    assert terminal.run("import", "-", stdin=changed).exit_code == 1


def test_a_parcel_without_a_number_is_not_sent_twice(terminal: Terminal) -> None:
    lines = (EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines()
    order = next(json.loads(x) for x in lines if '"A-1001"' in x and '"type": "order"' in x)
    sent = {
        "type": "shipment", "order": "A-1001", "carrier": "Courier",
        "lines": [{"line": "1", "quantity": 1}],
    }  # fmt: skip
    feed = "\n".join(json.dumps(line) for line in (order, sent))
    assert "shipments: 1 new" in terminal.out("import", "-", stdin=feed)
    assert "shipments: 0 new, 1 same" in terminal.out("import", "-", stdin=feed)


def test_a_sheet_s_bad_cells_are_told_by_line_and_column(terminal: Terminal) -> None:
    text = (EXAMPLES / "orders.csv").read_text("utf-8").replace("1,30.90,", "1,30.905,", 1)
    result = terminal.run("import", terminal.file("orders.csv", text))
    assert result.exit_code == 1
    assert "orders: 9 new, 0 same; bad: 1" in result.stdout
    (line,) = result.stderr.splitlines()
    assert ":2: [unit_price] '30.905' has more decimals than EUR has, which are 2" in line


def test_a_sheet_with_a_wrong_column_is_not_taken_at_all(terminal: Terminal) -> None:
    text = (EXAMPLES / "shipments.csv").read_text("utf-8").replace("carrier", "carier", 1)
    said = terminal.refused("import", terminal.file("shipments.csv", text), code=2)
    assert "there is no column 'carier' (did you mean 'carrier'?)" in said


def test_what_cannot_be_read(terminal: Terminal) -> None:
    assert "No such file" in terminal.refused("import", "nowhere.csv", code=2)
    assert "--format" in terminal.refused("import", "orders.xlsx", code=2)
    assert "ROLE:PERSON" in terminal.refused("import", FEED, "--as", "shop", code=2)


@pytest.mark.parametrize("name", ["feed.ndjson", "orders.csv"])
def test_a_byte_order_mark_does_no_harm(terminal: Terminal, name: str) -> None:
    path = terminal.folder / name
    path.write_text((EXAMPLES / name).read_text("utf-8"), "utf-8-sig")
    assert "bad: 0" in terminal.out("import", str(path))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"order,carrier\rB-1,DHL\r", "lone carriage return"),
        ("order,carrier\r\nB-1,DHL\r\n".encode("utf-16"), "CSV UTF-8"),
        ("order,carrier\nB-1,DHL\n".encode("utf-16-be"), "CSV UTF-8"),
        (b"PK\x03\x04\x14\0\x06\0\x08\0", "CSV UTF-8"),
        (b"x" * 200_000, "far too long"),
        (b"", "its first line is empty"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_a_line_that_says_why(
    terminal: Terminal, data: bytes, said: str
) -> None:
    path = terminal.folder / "orders.csv"
    path.write_bytes(data)
    told = terminal.refused("import", str(path), code=2)
    assert told.startswith(f"{path}: ")
    assert said in told
    assert told.count("\n") == 1


def test_a_file_that_is_not_utf_8(terminal: Terminal) -> None:
    path = terminal.folder / "tracking.csv"
    head = b"order,tracking_number,status,at,place\n"
    path.write_bytes(head + "A-1,1,delivered,2026-01-01T00:00:00Z,Málaga\n".encode("latin-1"))
    result = terminal.run("import", str(path))
    assert result.exit_code == 1
    assert "UTF-8" in result.stderr
