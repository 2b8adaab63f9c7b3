"""What those who judge write for one another reaches no side, whichever way it looks."""

from __future__ import annotations

from pathlib import Path

from amends.entrypoints.clock import drain
from amends.kernel.people import Role
from tests.entrypoints.web.conftest import World
from tests.entrypoints.web.test_workbench import BENCH, mediate

SECRET = "zebra-photo-seen-in-another-case"


def test_a_note_is_read_by_staff_and_by_no_side(world: World, tmp_path: Path) -> None:
    mediate(world)
    mediator = world.visitor(Role.MEDIATOR, "m1")
    action = f"{BENCH}/commands/write_note"
    after = mediator.fill(mediator.get(BENCH), action, text=SECRET)
    assert after.url.endswith("/workbench?done=write_note"), after.words
    assert SECRET in after.words
    assert SECRET in world.visitor(Role.SUPERVISOR, "v1").get("/disputes/A-1-D1").words
    drain(world.service)
    seen = [
        world.visitor(role, person).get(path).html
        for role, person in ((Role.BUYER, "b1"), (Role.SELLER, "s1"))
        for path in ("/disputes/A-1-D1", "/orders/A-1", "/disputes", "/notices")
    ]
    for who in ("buyer.b1", "seller.s1"):
        for path in (
            "/disputes/A-1-D1", "/disputes/A-1-D1/events", "/orders/A-1",
            "/orders/A-1/messages", "/disputes",
        ):  # fmt: skip
            headers = {"Authorization": f"Bearer sandbox.{who}"}
            answer = world.shop.get(f"/api/v1{path}", headers=headers)
            assert answer.status_code == 200, (path, answer.text)
            seen.append(answer.text)
    for text in seen:
        assert SECRET not in text
        assert "note_written" not in text
    # The same looks find what is not secret.
    assert any("91 cm" in text for text in seen)
    # Mails and the database's own files lie here, the latter sealed.
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(b"A-1-D1" in file.read_bytes() for file in files)
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]


def test_a_form_that_lay_open_meanwhile_is_still_taken(world: World) -> None:
    mediate(world)
    mediator, buyer = world.visitor(Role.MEDIATOR, "m1"), world.visitor(Role.BUYER, "b1")
    page = buyer.get("/disputes/A-1-D1")
    mediator.fill(mediator.get(BENCH), f"{BENCH}/commands/write_note", text=SECRET)
    done = buyer.fill(page, "/disputes/A-1-D1/commands/cancel_dispute", confirmed="yes")
    assert done.url.endswith("?done=cancel_dispute"), done.words
