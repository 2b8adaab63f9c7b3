"""Fields of a command as they are typed: ``amount="720.00 RUB" received=yes evidence=E1,E2``."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct, inspect

from amends.entrypoints.csv_feed import minor_units
from amends.kernel.money import CURRENCIES, Money


class BadField(ValueError):
    """What was typed cannot be the field's value; the message says how to write it."""


def read_fields(typed: Sequence[str], command: type[Struct]) -> dict[str, Any]:
    """The JSON object that ``typed`` stands for. Raises BadField.

    A dot leads into an object (``address.city=Perm``). What is no text, amount, or yes or no is
    read as JSON, a list also as its items with commas between them.
    """
    value: dict[str, Any] = {}
    for entry in typed:
        path, mark, text = entry.partition("=")
        if not mark or not path:
            raise BadField(f"{entry!r} is not field=value")
        *folders, name = path.split(".")
        kind = _kind(command, path)
        target = value
        for folder in folders:
            target = target.setdefault(folder, {})
            if not isinstance(target, dict):
                raise BadField(f"{path}: {folder} was given a value of its own before")
        if name in target:
            raise BadField(f"{path} is given twice")
        target[name] = _read(path, text, kind)
    return value


def _kind(command: type[Struct], path: str) -> inspect.Type:
    """The type of the field at ``path``; of an optional one the type when given."""
    kind: inspect.Type = inspect.type_info(command)
    for name in path.split("."):
        kind = _plain(kind)
        if isinstance(kind, inspect.DictType):
            kind = kind.value_type
        elif isinstance(kind, inspect.StructType):
            fields = {field.encode_name: field.type for field in kind.fields}
            if name not in fields:
                near = difflib.get_close_matches(name, fields, 1)
                hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(fields)}"
                raise BadField(f"there is no field {name!r} ({hint})")
            kind = fields[name]
        else:
            raise BadField(f"{path}: there is nothing inside of this field")
    return _plain(kind)


def _plain(kind: inspect.Type) -> inspect.Type:
    """``kind`` without what is noted beside it and without the None of an optional field."""
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        others = [t for t in kind.types if not isinstance(t, inspect.NoneType)]
        return _plain(others[0]) if len(others) == 1 else kind
    return kind


def _read(path: str, text: str, kind: inspect.Type) -> Any:
    match kind:
        case inspect.StrType() | inspect.LiteralType() | inspect.EnumType():
            return text
        case inspect.DateTimeType():
            return text
        case inspect.BoolType():
            return _yes_no(path, text)
        case inspect.StructType(cls=cls) if cls is Money and not text.lstrip().startswith("{"):
            return msgspec.to_builtins(read_money(path, text))
    if isinstance(
        kind, inspect.CollectionType | inspect.VarTupleType
    ) and not text.lstrip().startswith("["):
        item = _plain(kind.item_type)
        if isinstance(item, inspect.StructType):
            named = ", ".join(f'"{field.encode_name}": …' for field in item.fields)
            raise BadField(f"{path}: write a list of objects as JSON, like '[{{{named}}}]'")
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return json.loads(text)
    except ValueError:
        raise BadField(f"{path}: {text!r} is not JSON") from None


def read_money(path: str, text: str) -> Money:
    """``720.00 RUB``, exactly. Raises BadField."""
    number, _, currency = text.strip().partition(" ")
    currency = currency.strip().upper()
    if currency not in CURRENCIES:
        raise BadField(f"{path}: write the amount with its currency, like '720.00 RUB'")
    try:
        return Money(minor_units(number, currency), currency)
    except ValueError as error:
        raise BadField(f"{path}: {error}") from None


def _yes_no(path: str, text: str) -> bool:
    known = {"yes": True, "true": True, "no": False, "false": False}
    if text.casefold() not in known:
        raise BadField(f"{path}: {text!r} is neither yes nor no")
    return known[text.casefold()]
