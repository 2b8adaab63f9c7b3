"""Accounts of those who work for the platform, from the command line."""

from __future__ import annotations

from amends.bootstrap import open_service
from amends.kernel.people import STAFF
from tests.entrypoints.cli.run import Terminal

MIA = ("mia", "--name", "Mia Olsen", "--email", "mia@amends.example")


def test_an_account_is_added_and_its_link_sets_it_up(terminal: Terminal) -> None:
    base = ("--base-url", "https://amends.example")
    made = terminal.run(
        "staff", "add", *MIA, "--role", "mediator", "--language", "ru", "--language", "en",
        "--category", "clothing", "--limits", "500 USD, 400.50 EUR", *base,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    link = made.stdout.strip()
    assert link.startswith("https://amends.example/staff/set-up/")
    assert "Mia Olsen" in made.stderr
    service = open_service(str(terminal.database))
    setting = service.store.staff.setting_up(link.rpartition("/")[2], service.clock.now())
    account = service.store.staff.account("mia")
    service.close()
    assert setting is not None
    assert setting.person == "mia"
    assert account is not None
    assert account.member.languages == ("ru", "en")
    assert account.member.limits == {"USD": 500_00, "EUR": 400_50}
    (_, row) = terminal.out("staff", "list").splitlines()
    for text in ("mia", "mediator", "Mia Olsen", "mia@amends.example", "not set up",
                 "400.50 EUR, 500.00 USD", "ru en clothing"):  # fmt: skip
        assert text in row
    held = terminal.database.read_bytes()
    assert b"mia@amends" not in held
    assert b"Olsen" not in held


def test_an_account_is_changed_disabled_and_enabled(terminal: Terminal) -> None:
    terminal.out("staff", "add", *MIA)
    terminal.out("staff", "add", "vera", "--name", "Vera", "--email", "vera@amends.example",
                 "--role", "supervisor")  # fmt: skip
    terminal.out("staff", "change", "mia", "--role", "support", "--reports-to", "vera",
                 "--limits", "10 USD")  # fmt: skip
    row = terminal.out("staff", "list").splitlines()[1]
    assert "support" in row
    assert "10.00 USD" in row
    assert "vera" in row
    terminal.out("staff", "change", "mia", "--reports-to", "", "--limits", "")
    assert "10.00" not in terminal.out("staff", "list")
    terminal.out("staff", "disable", "mia")
    assert "disabled" in terminal.out("staff", "list")
    terminal.out("staff", "enable", "mia")
    assert "disabled" not in terminal.out("staff", "list")


def test_a_reset_gives_a_new_link_and_takes_the_old_one_back(terminal: Terminal) -> None:
    first = terminal.out("staff", "add", *MIA).strip()
    second = terminal.out("staff", "reset", "mia").strip()
    service = open_service(str(terminal.database))
    found = [
        service.store.staff.setting_up(link.rpartition("/")[2], service.clock.now())
        for link in (first, second)
    ]
    service.close()
    assert found[0] is None
    assert found[1] is not None


def test_what_is_refused_says_what_to_do(terminal: Terminal) -> None:
    terminal.out("staff", "add", *MIA, "--role", "admin")
    add = ("staff", "add", "ada", "--name", "Ada", "--email")
    assert "belongs to an account" in terminal.refused(*add, "MIA@amends.example")
    assert "Refused by email_unreadable" in terminal.refused(*add, "nonsense")
    assert "roles of staff" in terminal.refused(*add, "a@x.example", "--role", "buyer")
    for asked in ((*add, "a@x.example"), ("staff", "change", "mia")):
        told = terminal.refused(*asked, "--role", "boss", code=2)
        assert "There is no role 'boss'" in told
        named = told.split("The roles are: ")[1].strip(" .\n").split(", ")
        assert {*named} == STAFF
    assert "no amount" in terminal.refused(*add, "a@x.example", "--limits", "much")
    assert "to report to" in terminal.refused(*add, "a@x.example", "--reports-to", "nobody")
    assert "reports to this person" in terminal.refused(
        "staff", "change", "mia", "--reports-to", "mia"
    )
    for last in (("disable", "mia"), ("change", "mia", "--role", "finance")):
        assert "only administrator" in terminal.refused("staff", *last)
    for command in ("disable", "enable", "reset", "change"):
        assert "no account ada" in terminal.refused("staff", command, "ada")
