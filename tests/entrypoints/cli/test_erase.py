"""Erasing a person from the command line."""

from __future__ import annotations

from datetime import timedelta

from amends.bootstrap import open_service
from amends.engine.access import ApiKey, Link
from amends.kernel.people import Actor, Role
from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.sandbox import BUYER, SELLER, sandbox

OLGA = Actor("b1", Role.BUYER)


def test_a_person_is_gone_with_words_files_and_ways_in(terminal: Terminal) -> None:
    with sandbox(terminal.database) as shop:
        shop.shipped()
        for who in (BUYER, SELLER):
            shop.post("/orders/A-1001/messages", {"text": f"Words of {who}."}, who, 201)
            sent = shop.call(
                "POST", "/orders/A-1001/evidence", who, files={"file": ("a.txt", who.encode())}
            )
            assert sent.status_code == 201, sent.text
        service, now = shop.service, shop.service.clock.now()
        service.store.access.add_key(ApiKey("k1", OLGA, (), now), "secret")
        service.store.access.add_link("token", Link(OLGA, "/"), now + timedelta(days=1))
    assert "Erase b1?" in terminal.run("erase", "b1", stdin="n\n").stdout
    said = terminal.run("erase", "b1", stdin="y\n")
    assert said.stdout.endswith("b1 is erased. Files: 1. Keys revoked: 1.\n"), said.output
    service = open_service(str(terminal.database), sandbox=True)
    view = service.engine.view("A-1001")
    assert view is not None
    wanted = {("A-1001", proof.ref) for proof in view.state.order.evidence.values()}
    kept = [text for text in service.store.records.texts(wanted).values() if text]
    assert len(kept) == 1
    assert len(list((terminal.folder / "amends.db.files").glob("??/*"))) == 1
    assert service.store.access.keys_of(["secret"]) == {}
    assert service.store.access.redeem_link("token", service.clock.now()) is None
    service.close()
    terminal.out("db", "check")
    assert "Nothing is kept of b1" in terminal.refused("erase", "b1", "--yes")


def test_nobody_is_erased_while_a_dispute_of_theirs_is_open(terminal: Terminal) -> None:
    with sandbox(terminal.database) as shop:
        shop.disputed()
    for person in ("b1", "s1"):
        said = terminal.refused("erase", person, "--yes")
        assert f"{person} is a side in 1 dispute that is not over" in said
    with sandbox(terminal.database) as shop:
        shop.on("A-1001-D1", "cancel_dispute", BUYER)
    assert "s1 is erased" in terminal.out("erase", "s1", "--yes")
