"""Who works for the sample marketplace, with accounts as a platform's people have them."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import msgspec
from msgspec import Struct

from amends.engine.staff import StaffAccount
from amends.entrypoints.service import Service
from amends.entrypoints.staff.codes import new_recovery_codes, new_secret, plain_recovery_code
from amends.entrypoints.staff.passwords import Passwords
from amends.entrypoints.staff.roster import SET_UP_WITHIN
from amends.kernel.people import Member, Role


class _Person(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    role: Role
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limits: dict[str, int] = {}
    reports_to: str | None = None
    capacity: int | None = None
    disabled: bool = False
    ready: bool = False


def add_people(service: Service) -> None:
    """Their accounts, as of now. Passwords are drawn and told to nobody: whoever tries the sample
    comes in by its first page."""
    text = (files("amends.entrypoints.demo") / "people.toml").read_text("utf-8")
    staff, now = service.store.staff, service.clock.now()
    nobodys = Passwords().hash(service.new_token())
    for person in msgspec.convert(tomllib.loads(text)["person"], list[_Person]):
        member = Member(
            person.id,
            person.role,
            languages=person.languages,
            categories=person.categories,
            limits=person.limits,
            reports_to=person.reports_to,
            disabled=person.disabled,
            capacity=person.capacity,
        )
        staff.add(StaffAccount(member, person.name, f"{person.id}@example.com", now))
        token = service.new_token()
        staff.begin_set_up(person.id, token, now + SET_UP_WITHIN, new_secret())
        if person.ready:
            codes = tuple(plain_recovery_code(shown) for shown in new_recovery_codes())
            staff.finish_set_up(token, nobodys, 0, codes)
