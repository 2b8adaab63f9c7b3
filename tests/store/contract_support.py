"""What every store must do with the list of who waits for support."""

from __future__ import annotations

from amends.engine.store import Store, Write
from amends.kernel.record import Column, Row
from tests.store.given import event, state


def task_row(subject: str, due: int, **other: Column) -> Row:
    values: dict[str, Column] = {
        "kind": "message", "side": "buyer", "since": 1, "due_at": due, "taken_by": "",
    }  # fmt: skip
    return Row("support_tasks", {"subject": subject}, {**values, **other})


class SupportContract:
    def test_who_waits_is_listed_by_what_is_due_first_and_gone_once_answered(
        self, store: Store
    ) -> None:
        rows = (
            task_row("M1", 7),
            task_row("R1", 3, kind="raised", taken_by="v1"),
            task_row("M2", 5),
        )
        store.records.write([Write("A", 0, (event(1),), state(1), rows)])

        def subjects(**where: Column) -> list[Column]:
            found = store.views.page("support_tasks", where, order_by="due_at", limit=2)
            if not found.next:
                return [row["subject"] for row in found.rows]
            more = store.views.page("support_tasks", where, order_by="due_at", after=found.next)
            return [row["subject"] for row in (*found.rows, *more.rows)]

        assert subjects() == ["R1", "M2", "M1"]
        assert subjects(kind="message") == ["M2", "M1"]
        assert subjects(taken_by="v1") == ["R1"]
        of_order = store.views.page("support_tasks", {"order_id": "A"}, order_by="subject").rows
        assert [row["subject"] for row in of_order] == ["M1", "M2", "R1"]
        gone = Row("support_tasks", {"subject": "M2"}, None)
        store.records.write([Write("A", 1, (event(2),), state(2), (gone,))])
        assert subjects() == ["R1", "M1"]
