"""The case file on both databases: the same record, the same bytes, nothing to find fault with."""

from __future__ import annotations

from pathlib import Path

from amends.entrypoints.casefile.checking import check
from tests.entrypoints.casefile.case import D1, taken
from tests.entrypoints.sandbox import AUDITOR, BUYER, Shop


def test_a_case_file_is_whole_on_either_database(shop: Shop, tmp_path: Path) -> None:
    shop.disputed()
    for who in (BUYER, AUDITOR):
        made = taken(shop, who)
        assert taken(shop, who) == made
        path = tmp_path / "case.zip"
        path.write_bytes(made)
        checked = check(str(path))
        assert checked.faults == ()
        assert checked.proof.dispute == D1
