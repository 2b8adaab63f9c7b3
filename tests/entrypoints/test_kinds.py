"""Whatever a field takes can be told to who gave it something else, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import Struct, inspect

from amends.dispute.decide import COMMANDS as DISPUTE_COMMANDS
from amends.dispute.decide.open_dispute import OpenDispute
from amends.entrypoints.api.routes import ROUTES
from amends.entrypoints.kinds import kind_at, place_of, problem_of
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import languages
from amends.order.decide import COMMANDS as ORDER_COMMANDS
from amends.order.decide.place_order import PlaceOrder

BODIES = [route.takes for route in ROUTES if isinstance(route.takes, type)]
TAKEN: list[Any] = [*ORDER_COMMANDS, *DISPUTE_COMMANDS, PlaceOrder, OpenDispute, *BODIES]


def paths(kind: inspect.Type, path: str = "") -> Iterator[tuple[str, bool]]:
    """Every path there is, and whether it is that of a name."""
    match kind:
        case inspect.Metadata(type=inner):
            yield from paths(inner, path)
        case inspect.UnionType(types=kinds):
            for one in kinds:
                if not isinstance(one, inspect.NoneType):
                    yield from paths(one, path)
        case inspect.StructType(fields=fields):
            yield path, False
            for field in fields:
                inside = f"{path}.{field.encode_name}" if path else field.encode_name
                yield from paths(field.type, inside)
        case inspect.VarTupleType(item_type=inner):
            yield path, False
            yield from paths(inner, f"{path}[0]")
        case inspect.DictType(value_type=inner):
            yield from ((path, False), (path, True))
            yield from paths(inner, f"{path}[...]")
        case _:
            yield path, False


@pytest.mark.parametrize("language", languages())
def test_what_any_field_takes_has_words(language: str) -> None:
    said = words(language)
    told = set()
    for wanted in TAKEN:
        for path, name in paths(inspect.type_info(wanted)):
            facts = problem_of(kind_at(wanted, path, name=name))
            assert facts["problem"] != "otherwise", f"{wanted.__name__}: {path}"
            told.add(facts["problem"])
            assert said.problem(facts)
    # The last two are no kinds: a value outside of a list, and a kind nobody thought of.
    assert said.problems.keys() - told == {"not_one_of", "otherwise"}


class Odd(Struct):
    """Kinds no command has."""

    either: int | str = 0
    share: float = 0


@pytest.mark.parametrize("path", ["either", "share", "nothing", "share.more"])
def test_a_kind_nobody_thought_of_is_left_to_the_description(path: str) -> None:
    assert problem_of(kind_at(Odd, path)) == {"problem": "otherwise"}
    assert words().problem({"problem": "otherwise"})


def test_the_place_is_read_from_what_msgspec_says() -> None:
    with pytest.raises(msgspec.ValidationError) as wrong:
        msgspec.convert({"type": "amend_order", "address": {"Ci ty": "Perm"}}, TAKEN[0])
    _what, path, name = place_of(str(wrong.value))
    assert (path, name) == ("address", True)
    assert problem_of(kind_at(TAKEN[0], path, name=name))["problem"] == "code"
    assert problem_of(kind_at(TAKEN[0], path))["problem"] == "object_of"
    assert place_of("something else") == ("something else", "", False)
