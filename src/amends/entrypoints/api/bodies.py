"""Reading JSON bodies: strict about shape and bounds, and clear about what is wrong where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, inspect
from msgspec.structs import replace

from amends.entrypoints.api.calls import Problem, invalid, not_one_of
from amends.entrypoints.kinds import kind_at, place_of, problem_of
from amends.kernel.decision import Facts, Refused
from amends.kernel.money import MOST

DEEPEST = 32
LARGEST = 1_000_000
# Beyond these an instant is a slip of the pen, and sums with it would leave the calendar.
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_NAMED = re.compile(r"(?:unknown|required) field `(?P<name>[^`]+)`")
_NOT_A_CHOICE = re.compile(r"Invalid enum value '(?P<value>.*)'", re.DOTALL)
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * len(str(MOST))
T = TypeVar("T")
S = TypeVar("S", bound=Struct)


def decode(body: bytes) -> Any:
    """The JSON value in ``body``. Raises Problem: 400 for broken JSON, 422 for what no command can
    hold (too deep, NUL, numbers beyond what JSON readers keep)."""
    if not body.strip():
        raise _broken("body_missing", "empty")
    try:
        value = msgspec.json.decode(body)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise _broken("broken_json", str(error)) from None
    if not _harmless(body):
        _check(value)
    return value


def fields_of(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Raises Problem, for any other value too."""
    value = decode(body)
    if not isinstance(value, dict):
        raise invalid("object_wanted", {}, "send_object")
    return value


def command_in(value: Mapping[str, Any], types: Mapping[str, type[S]]) -> S:
    """The command that ``value`` names by its ``type``. Raises Problem."""
    name = value.get("type")
    known = types.get(name) if isinstance(name, str) else None
    if known is None:
        rule = "unknown_command" if name is not None else "command_type_missing"
        shown = name if isinstance(name, str) else str(name)
        facts: Facts = {"type": shown[:64], "known": tuple(types)}
        raise invalid(rule, facts, "choose_known_command", field="type")
    return struct_in(value, known)


def struct_in(value: object, wanted: type[T]) -> T:
    """``value`` as ``wanted``, its instants in UTC. Raises Problem naming the field at fault."""
    try:
        read = msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise _misfit(str(error), value, wanted) from None
    settled: T = _in_utc(read, "")
    return settled


def _misfit(message: str, value: object, wanted: object) -> Problem:
    what, path, name = place_of(message)
    field = path
    if named := _NAMED.search(what):
        field = f"{field}.{named['name']}" if field else named["name"]
    if "unknown field" in what:
        extra: tuple[str, ...] = (field,)
        if not path and isinstance(value, Mapping) and isinstance(wanted, type):
            known = msgspec.structs.fields(wanted) if issubclass(wanted, Struct) else ()
            names = {"type", *(part.encode_name for part in known)}
            extra = tuple(str(name) for name in value if name not in names) or extra
        return invalid("unknown_field", {"fields": extra}, "leave_out_field", field=field)
    if "missing required field" in what:
        return invalid("field_missing", {"field": field}, "add_field", field=field)
    kind = kind_at(wanted, path, name=name)
    if (other := _NOT_A_CHOICE.fullmatch(what)) and isinstance(kind, inspect.LiteralType):
        return not_one_of(field, other["value"], tuple(map(str, kind.values)))
    facts: Facts = {"field": field, **problem_of(kind)}
    return invalid("field_invalid", facts, "mend_field", field=field)


def _harmless(body: bytes) -> bool:
    """Whether JSON can hold nothing that ``_check`` refuses, as nearly all can be told at once."""
    brackets = body.count(b"{") + body.count(b"[")
    long_number = _LONG_NUMBER in body.translate(_DIGITS_AS_ZERO)
    return brackets <= DEEPEST and not long_number and b"\\u0000" not in body


def _check(value: object) -> None:
    """Refuse nesting, characters and numbers that nothing here can hold."""
    stack: list[tuple[object, str, int]] = [(value, "", 1)]
    while stack:
        part, path, depth = stack.pop()
        match part:
            case str():
                if "\x00" in part:
                    raise invalid("nul_character", {"field": path}, "remove_nul", field=path)
            case bool():
                pass
            case int():
                if abs(part) > MOST:
                    facts: Facts = {"field": path, "most": MOST}
                    raise invalid("number_too_large", facts, "mend_field", field=path)
            case dict() | list():
                if depth > DEEPEST:
                    raise _too_deep()
                named = part.items() if isinstance(part, dict) else enumerate(part)
                for name, inner in named:
                    if isinstance(name, int):
                        inside = f"{path}[{name}]"
                    else:
                        inside = f"{path}.{name}" if path else name
                        if "\x00" in name:
                            raise invalid("nul_character", {"field": path}, "remove_nul")
                    stack.append((inner, inside, depth + 1))


def _in_utc(value: Any, path: str) -> Any:
    """``value`` with its instants in UTC. Raises Problem for one without a zone or out of range."""
    if isinstance(value, datetime):
        return _instant(value, path)
    if isinstance(value, Struct):
        changed = {}
        for name in _may_hold_instants(type(value)):
            was = getattr(value, name)
            now = _in_utc(was, f"{path}.{name}" if path else name)
            if now is not was:
                changed[name] = now
        return replace(value, **changed) if changed else value
    if isinstance(value, tuple):
        parts = tuple(_in_utc(part, f"{path}[{i}]") for i, part in enumerate(value))
        return parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    return value


@cache
def _may_hold_instants(kind: type[Struct]) -> tuple[str, ...]:
    """The fields in which, however deep, there may be an instant."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(kind)
        if _is_or_holds_instant(inspect.type_info(field.type))
    )


def _is_or_holds_instant(info: inspect.Type) -> bool:
    match info:
        case inspect.DateTimeType():
            return True
        case inspect.UnionType():
            return any(map(_is_or_holds_instant, info.types))
        case inspect.VarTupleType():
            return _is_or_holds_instant(info.item_type)
        case inspect.Metadata():
            return _is_or_holds_instant(info.type)
        case inspect.StructType():
            return bool(_may_hold_instants(info.cls))
        case _:
            return False


def _instant(at: datetime, path: str) -> datetime:
    if at.tzinfo is None:
        raise invalid("instant_without_zone", {"field": path}, "say_zone", field=path)
    # Compared before it is moved to UTC: at the ends of the calendar that would overflow.
    if not _EARLIEST <= at < _LATEST:
        facts: Facts = {"field": path, "earliest": _EARLIEST, "latest": _LATEST}
        raise invalid("instant_out_of_range", facts, "mend_field", field=path)
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def _broken(how: str, problem: str) -> Problem:
    return Problem(Refused(how, {"problem": problem}, ("send_json",), "invalid"), 400)


def _too_deep() -> Problem:
    return invalid("nested_too_deep", {"most": DEEPEST}, "flatten_body")
