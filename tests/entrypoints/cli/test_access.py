"""Keys and links: shown once, kept as digests, revoked."""

from __future__ import annotations

from amends.bootstrap import open_service
from amends.kernel.people import Actor, Role
from tests.entrypoints.cli.run import EXAMPLES, Terminal


def test_a_key_opens_until_it_is_revoked(terminal: Terminal) -> None:
    made = terminal.run("keys", "create", "--role", "mediator", "--person", "m1", "--name", "k1")
    secret = made.stdout.strip()
    assert len(secret) > 40
    assert secret not in made.stderr
    assert secret.encode() not in terminal.database.read_bytes()
    (_, row) = terminal.out("keys", "list").splitlines()
    assert row.split()[:4] == ["k1", "mediator", "m1", "all"]
    assert secret not in row
    service = open_service(str(terminal.database))
    key = service.store.access.keys_of([secret])[secret]
    service.close()
    assert key.actor == Actor("m1", Role.MEDIATOR)
    terminal.out("keys", "revoke", "k1")
    service = open_service(str(terminal.database))
    assert service.store.access.keys_of([secret]) == {}
    service.close()
    assert "no key k1 in force" in terminal.refused("keys", "revoke", "k1")


def test_keys_that_cannot_be_made(terminal: Terminal) -> None:
    create = ("keys", "create", "--person", "m1", "--role")
    terminal.out(*create, "finance", "--name", "k1", "--read-only")
    assert "There is a key k1" in terminal.refused(*create, "finance", "--name", "k1")
    assert "There is no role" in terminal.refused(*create, "boss", code=2)
    assert "cannot be a person's id" in terminal.refused(
        "keys", "create", "--person", "two words", "--role", "admin", code=2
    )


def test_a_link_signs_in_once(terminal: Terminal) -> None:
    terminal.out("import", str(EXAMPLES / "feed.ndjson"))
    base = ("--base-url", "https://amends.example")
    link = terminal.out("link", "olga", "--role", "buyer", "--order", "A-1001", *base).strip()
    assert link.startswith("https://amends.example/enter/")
    service = open_service(str(terminal.database))
    token, now = link.rpartition("/")[2], service.clock.now()
    first, second = (service.store.access.redeem_link(token, now) for _ in range(2))
    service.close()
    assert first is not None
    assert (first.actor, first.leads_to) == (Actor("olga", Role.BUYER), "/orders/A-1001")
    assert second is None
    assert "no order A-9" in terminal.refused("link", "olga", "--role", "buyer", "--order", "A-9")
    other = terminal.refused("link", "ivan", "--role", "buyer", "--order", "A-1001")
    assert "ivan as buyer may not see order A-1001; its buyer is olga" in other
