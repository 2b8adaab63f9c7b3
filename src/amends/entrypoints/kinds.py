"""What a field takes, told from its type to whoever gave it something else."""

from __future__ import annotations

import re

from msgspec import inspect

from amends.kernel.decision import Facts
from amends.kernel.money import Currency, Money
from amends.kernel.texts import Code, Country, Id, Locale, Name, Prose
from amends.order.decide import record_chargeback_answer, upload_evidence

_PLACE = re.compile(r"(?P<what>.*?) - at (?P<key>`key` in )?`\$\.?(?P<path>[^`]*)`", re.DOTALL)
_STEP = re.compile(r"\[[^\]]*\]|[^.\[]+")
_SIMPLE: dict[type[inspect.Type], str] = {
    inspect.BoolType: "yes_or_no",
    inspect.DateTimeType: "instant",
    inspect.TimeDeltaType: "span",
}


def place_of(message: str) -> tuple[str, str, bool]:
    """What msgspec found wrong, at which path, and whether with a name there, not with a value."""
    place = _PLACE.fullmatch(message)
    return (place["what"], place["path"], bool(place["key"])) if place else (message, "", False)


def kind_at(wanted: object, path: str, *, name: bool = False) -> inspect.Type:
    """The type of the field at ``path`` when it is given; ``name``: of the names of its fields.
    ``AnyType`` where that cannot be told, as inside of one of several types."""
    kind = _given(inspect.type_info(wanted))
    for step in _STEP.findall(path):
        match kind:
            case inspect.StructType(fields=fields):
                named = [field.type for field in fields if field.encode_name == step]
                if not named:
                    return inspect.AnyType()
                kind = _given(named[0])
            case inspect.VarTupleType(item_type=inner) | inspect.DictType(value_type=inner):
                kind = _given(inner)
            case _:
                return inspect.AnyType()
    return _given(kind.key_type) if name and isinstance(kind, inspect.DictType) else kind


def _given(kind: inspect.Type) -> inspect.Type:
    """The type of an optional field when it is given."""
    if isinstance(kind, inspect.Metadata):
        return _given(kind.type)
    if isinstance(kind, inspect.UnionType):
        others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        return _given(others[0]) if len(others) == 1 else kind
    return kind


def problem_of(kind: inspect.Type) -> Facts:
    """What a field of that kind takes: ``problem``, a code of the catalogue's ``problems``, and the
    facts its words hold."""
    match kind:
        case inspect.StrType(pattern=None, max_length=None):
            return {"problem": "text"}
        case inspect.StrType(pattern=pattern, max_length=most) if pattern in _TEXTS:
            return {"problem": _TEXTS[pattern], **({} if most is None else {"most": most})}
        case inspect.IntType(ge=int(least), le=int(most)):
            return {"problem": "number", "least": least, "most": most}
        case inspect.LiteralType(values=values):
            return {"problem": "one_of", "known": tuple(map(str, values))}
        case inspect.VarTupleType(min_length=least, max_length=int(most)):
            return {"problem": "list_of", "least": least or 0, "most": most}
        case inspect.DictType(min_length=least, max_length=int(most)):
            return {"problem": "object_of", "least": least or 0, "most": most}
        case inspect.VarTupleType():
            return {"problem": "list"}
        case inspect.StructType(cls=cls):
            return {"problem": "money" if cls is Money else "object"}
        case _:
            return {"problem": _SIMPLE.get(type(kind), "otherwise")}


def _pattern(text: object) -> str | None:
    kind = _given(inspect.type_info(text))
    return kind.pattern if isinstance(kind, inspect.StrType) else None


_TEXTS = {
    _pattern(text): code
    for text, code in (
        (Id, "id"), (Code, "code"), (Country, "country"), (Currency, "currency"),
        (Locale, "language"), (Name, "line"), (Prose, "prose"), (upload_evidence.Digest, "digest"),
        (record_chargeback_answer.Digest, "digest"), (upload_evidence.MediaType, "media_type"),
        (upload_evidence.Likeness, "digest"),
    )
}  # fmt: skip
