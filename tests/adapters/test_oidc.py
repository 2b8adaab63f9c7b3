"""Signing in at a company's own provider, when that does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from amends.adapters.clock import SystemClock
from amends.adapters.identity.oidc import OidcProvider
from amends.adapters.identity.settings import OidcSettings
from amends.engine.outside import NotIdentified


def test_nobody_waits_behind_another_for_a_provider_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = Barrier(2, timeout=10)

    def away(_provider: OidcProvider, _address: str) -> Mapping[str, Any]:
        both.wait()  # broken unless two ask at the same time
        raise NotIdentified("the identity provider cannot be reached")

    monkeypatch.setattr(OidcProvider, "_get", away)
    provider = OidcProvider(OidcSettings("https://id.example", "amends", "secret"), SystemClock())
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(provider.sign_in_at, "s", "n", "v", "https://back") for _ in "ab"]
    assert [type(one.exception()) for one in asked] == [NotIdentified, NotIdentified]
