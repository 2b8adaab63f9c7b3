"""What became of rulings, from the command line."""

from __future__ import annotations

import json

from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.many_rulings import load_sqlite


def test_rulings_are_counted_by_author(terminal: Terminal) -> None:
    terminal.out("db", "migrate")
    assert json.loads(terminal.out("rulings", "--json")) == []
    load_sqlite(terminal.database, 2_000)
    found = json.loads(terminal.out("rulings", "--json"))
    assert sum(one["issued"] for one in found) == 2_000
    assert all(one["changed"] <= one["appealed"] <= one["issued"] for one in found)
    head, *rows = terminal.out("rulings").splitlines()
    assert head.split() == ["author", "issued", "appealed", "changed", "changed_percent"]
    assert len(rows) == len(found)
    first = found[0]
    percent = str(first["changed"] * 100 // first["issued"])
    assert rows[0].split() == [
        first["author"], str(first["issued"]), str(first["appealed"]), str(first["changed"]),
        percent,
    ]  # fmt: skip
