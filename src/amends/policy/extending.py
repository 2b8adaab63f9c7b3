"""A pack that states only what it changes in another one."""

from __future__ import annotations

from collections.abc import Mapping

Documents = Mapping[str, Mapping[str, object]]


def extended(own: Documents, base: Documents, giver: str) -> dict[str, dict[str, object]]:
    """``base`` with the values of ``own`` in place of its own, file by file and key by key.

    A table that names a ``source`` is one value and is replaced whole; any other table is gone
    through key by key. What comes from the base says so in its source: ``giver`` and a colon
    stand before it. pack.toml is never inherited, except for the sources it describes.
    """
    found = {
        file: _merged(own.get(file, {}), _given(base.get(file, {}), giver))
        for file in dict.fromkeys((*base, *own))
        if file != "pack.toml"
    }
    head = dict(own.get("pack.toml", {}))
    described, inherited = head.get("sources"), base.get("pack.toml", {}).get("sources")
    if isinstance(described, Mapping) and isinstance(inherited, Mapping):
        head["sources"] = {**inherited, **described}
    return {"pack.toml": head, **found}


def _merged(own: Mapping[str, object], base: Mapping[str, object]) -> dict[str, object]:
    found = dict(base)
    for key, value in own.items():
        under = base.get(key)
        if (
            isinstance(value, Mapping)
            and isinstance(under, Mapping)
            and "source" not in value
            and "source" not in under
        ):
            found[key] = _merged(value, under)
        else:
            found[key] = value
    return found


def _given(table: Mapping[str, object], giver: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found[key] = _given(value, giver)
        elif key == "source" and isinstance(value, str):
            found[key] = f"{giver}: {value}"
        else:
            found[key] = value
    return found
