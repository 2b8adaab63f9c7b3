"""A key of one of the platform's people opens what their account lets them do now."""

from __future__ import annotations

from msgspec.structs import replace

from amends.engine.access import ApiKey
from amends.engine.staff import StaffAccount
from amends.kernel.people import Actor, Member, Role
from tests.entrypoints.sandbox import Shop


def status(shop: Shop, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return shop.client.get("/api/v1/disputes", headers=headers).status_code


def test_a_demotion_and_a_disabling_close_keys_at_the_next_call(shop: Shop) -> None:
    store, now = shop.service.store, shop.service.clock.now()
    account = StaffAccount(Member("mia", Role.MEDIATOR), "Mia", "mia@amends.example", now)
    store.staff.add(account)
    store.access.add_key(ApiKey("k1", Actor("mia", Role.MEDIATOR), (), now), "mediators")
    store.access.add_key(ApiKey("k2", Actor("mia", Role.SUPERVISOR), (), now), "supervisors")
    store.access.add_key(ApiKey("k3", Actor("robot", Role.AUDITOR), (), now), "a program's")
    store.access.add_key(ApiKey("k4", Actor("mia", Role.BUYER), (), now), "a buyer's")
    secrets = ("mediators", "supervisors", "a program's", "a buyer's")
    assert [status(shop, s) for s in secrets] == [200, 401, 200, 200]
    promoted = replace(account, member=replace(account.member, role=Role.SUPERVISOR))
    store.staff.change(promoted)
    assert [status(shop, s) for s in secrets] == [401, 200, 200, 200]
    store.staff.change(replace(promoted, member=replace(promoted.member, disabled=True)))
    assert [status(shop, s) for s in secrets] == [401, 401, 200, 200]
