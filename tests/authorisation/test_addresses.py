"""Every call and page × role × own, foreign and unknown, over HTTP with real keys and sessions."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from httpx import Response
from litestar import Router
from litestar.routes import HTTPRoute
from msgspec.structs import replace

from amends.entrypoints.api.routes import ROUTES
from amends.entrypoints.web.router import web_router
from amends.kernel.people import Actor, Role
from tests.authorisation.house import IDS, PEOPLE, House, Signed, photo
from tests.authorisation.reading import missing, table

ROLES = tuple(PEOPLE)
WHOSE = ("own", "foreign", "unknown")


@pytest.fixture(scope="module")
def keys(home: House) -> dict[str, str]:
    return {role: home.key(who, role) for role, who in PEOPLE.items()}


class Row(NamedTuple):
    """An address of the table."""

    name: str
    facts: dict[str, Any]

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    def is_for(self, role: str) -> bool:
        return role == "everyone" or bool({role, "everyone", "anybody"} & set(self.facts["for"]))

    def sees(self, role: str, whose: str) -> bool:
        """Whether there is anything for ``role`` there, given that the address is for it."""
        reach = table()["reach"].get(self.facts.get("of"))
        if reach is None:
            return not self.facts.get("missing", False)
        own = role in reach["own"] and whose == "own"
        return own or (role in reach["every"] and whose != "unknown")

    def path(self, whose: str, ids: dict[str, tuple[str, str, str]]) -> str:
        at = WHOSE.index(whose)
        named = {name: of[at] for name, of in ids.items()} | self.facts.get("with", {})
        return self.name.partition(" ")[2].format(**named)

    def form(self, whose: str, ids: dict[str, tuple[str, str, str]]) -> dict[str, str]:
        """What is filled in, beside the session's token."""
        at = WHOSE.index(whose)
        named = {name: of[at] for name, of in ids.items()}
        return {
            name: str(text).format(**named) for name, text in self.facts.get("form", {}).items()
        }

    def whose(self, role: str = "everyone") -> tuple[str, ...]:
        """Which there are to tell apart: none for a role that the address is not for."""
        return WHOSE if "of" in self.facts and self.is_for(role) else ("own",)


def rows(section: str) -> list[Row]:
    return [Row(name, facts) for name, facts in table()[section].items()]


def plain(answer: Response, path: str) -> tuple[int, str, dict[str, str]]:
    """Status, words and headers of an answer, but for the id that was asked for."""
    text = answer.text
    for part in path.split("/"):
        if part.startswith(("A-9", "A-2", "A-4")):
            text = text.replace(part[:3], "A-?")
    return answer.status_code, text, dict(answer.headers)


def pages_of(router: Router) -> set[str]:
    return {
        f"{method} {route.path_format}"
        for route in router.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"HEAD", "OPTIONS"}
    }


def test_every_call_is_in_the_table() -> None:
    says = missing("api", (f"{route.method} {route.path}" for route in ROUTES))
    assert not says, says


def test_every_page_is_in_the_table(home: House) -> None:
    back = {f"GET {path}" for path in table()["steps_back"]["addresses"]}
    known = pages_of(web_router(home.service))
    says = missing("pages", known - back)
    assert not says, says
    assert back <= known


def test_each_role_reaches_by_key_what_the_table_says(home: House, keys: dict[str, str]) -> None:
    wrong = []
    for row in rows("api"):
        for role in ROLES:
            answers = {whose: call(home, row, whose, keys[role]) for whose in row.whose(role)}
            for whose, answer in answers.items():
                wanted = expected_call(row, role, whose)
                if met_by_key(row, answer) != wanted:
                    wrong.append(
                        f"{row.name} by {role}, {whose}: {wanted} in the table,"
                        f" {answer.status_code} {answer.text[:120]}"
                    )
            wrong += differing(row, role, answers)
    assert not wrong, "\n".join(wrong)


def expected_call(row: Row, role: str, whose: str) -> str:
    if not row.is_for(role):
        return "refused by role"
    return "may" if row.sees(role, whose) else "hidden"


def met_by_key(row: Row, answer: Response) -> str:
    if answer.status_code == 404:
        return "hidden"
    if answer.status_code == 401:
        return "without key"
    refused = answer.status_code == 403 and answer.json()["rule"] == "not_for_this_role"
    return "refused by role" if refused and not row.facts.get("gives") else "may"


def call(home: House, row: Row, whose: str, secret: str | None) -> Response:
    path = row.path(whose, IDS.get(row.facts.get("of", ""), {}))
    sent: dict[str, Any] = {}
    if row.facts.get("file"):
        sent = {"files": {"file": ("a.png", photo())}}
    elif row.method != "GET":
        sent = {"json": row.facts.get("body", {})}
    return home.call(row.method, path, secret, **sent)


def differing(row: Row, role: str, answers: dict[str, Response]) -> list[str]:
    """Foreign and unknown told apart by somebody for whom neither is there."""
    if "foreign" not in answers or row.sees(role, "foreign"):
        return []
    ids = IDS.get(row.facts["of"], {})
    foreign = plain(answers["foreign"], row.path("foreign", ids))
    unknown = plain(answers["unknown"], row.path("unknown", ids))
    if foreign == unknown:
        return []
    return [f"{row.name} by {role}: foreign {foreign}, unknown {unknown}"]


def test_each_role_reaches_by_session_what_the_table_says(home: House) -> None:
    wrong = []
    for row in rows("pages"):
        for role in ROLES:
            answers = {}
            session = home.session(PEOPLE[role])
            for whose in row.whose(role):
                ids = ids_for(home, row, session)
                path, form = row.path(whose, ids), row.form(whose, ids)
                answers[whose] = home.visit(row.method, path, session, form=form)
            for whose, answer in answers.items():
                there = row.is_for(role) and row.sees(role, whose)
                met = answer.status_code not in (401, 404)
                if answer.status_code >= 500 or met != there:
                    wrong.append(f"{row.name} by {role}, {whose}: {answer.status_code}")
            wrong += differing(row, role, answers) if row.facts.get("of") != "session" else []
    assert not wrong, "\n".join(wrong)


def ids_for(home: House, row: Row, session: Signed) -> dict[str, tuple[str, str, str]]:
    of = row.facts.get("of", "")
    if of != "session":
        return IDS.get(of, {})
    other = home.session(Actor("b7", Role.BUYER))
    return {"session_id": (session.id, other.id, "over")}


def test_without_a_key_or_with_an_unknown_one_every_call_is_closed(home: House) -> None:
    for row in rows("api"):
        wanted = 200 if "anybody" in row.facts["for"] else 401
        for secret in (None, "nobody's"):
            answers = [call(home, row, whose, secret) for whose in row.whose()]
            assert {a.status_code for a in answers} == {wanted}, row.name
            assert len({a.text for a in answers}) == 1


def test_without_a_session_every_page_but_the_open_ones_asks_to_sign_in(home: House) -> None:
    for row in rows("pages"):
        if row.facts.get("of") != "session" and "anybody" not in row.facts["for"]:
            for whose in row.whose():
                path = row.path(whose, IDS.get(row.facts.get("of", ""), {}))
                assert home.visit(row.method, path, None).status_code == 401, row.name


def test_a_form_without_its_token_changes_nothing_wherever_it_is_sent(home: House) -> None:
    for row in rows("pages"):
        if row.method != "POST" or "anybody" in row.facts["for"]:
            continue
        for role in ("buyer", "admin"):
            session = home.session(PEOPLE[role])
            for csrf in ("", home.session(PEOPLE[role]).csrf):
                ids = ids_for(home, row, session)
                answers = [
                    home.visit("POST", row.path(whose, ids), session, csrf) for whose in row.whose()
                ]
                assert {a.status_code for a in answers} == {403}, row.name


def test_addresses_of_forms_lead_back_and_tell_nobody_anything(home: House) -> None:
    for address in table()["steps_back"]["addresses"]:
        told = set()
        for key in ("A-1", "A-9"):
            path = address.format(key=key, type_="x", session="x")
            answer = home.visit("GET", path, home.session(PEOPLE["buyer"]))
            told.add((answer.status_code, answer.text.replace(key, "ID")))
        assert [status for status, _ in told] == [303], address


def test_a_disabled_account_and_a_role_taken_away_count_at_the_next_request(home: House) -> None:
    staff = home.service.store.staff
    account = staff.account("mia")
    assert account is not None
    by = Actor("mia", Role.MEDIATOR)
    secret, session = home.key(by, "mia"), home.session(by)

    def met() -> tuple[int, int, int]:
        return (
            home.call("GET", "/disputes", secret).status_code,
            home.visit("GET", "/queue", session).status_code,
            home.visit("GET", "/disputes/A-1-D1/workbench", session).status_code,
        )

    assert met() == (200, 200, 404)
    staff.change(replace(account, member=replace(account.member, role=Role.FINANCE)))
    assert met() == (401, 404, 404)
    staff.change(replace(account, member=replace(account.member, disabled=True)))
    assert met() == (401, 401, 401)
    staff.change(account)
    assert met()[0] == 200
