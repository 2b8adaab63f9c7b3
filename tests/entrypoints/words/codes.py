"""Finding in the source every code that wants words: rules, next steps, clocks and anchors."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import amends

SOURCE = Path(amends.__file__).parent
# Where a refusal is made: the place of its rule among the arguments, and of the next steps.
_MAKERS = {
    "Refused": (0, 2),
    "Rejected": (0, 2),
    "TurnedDown": (0, 2),
    # These take the next steps one by one.
    "NotAcceptable": (0, 1),
    "invalid": (0, 2),
}
# Rules of a family, given together.
_FAMILIES = {"_CodeRules": ((1, 2, 3), 4)}
# Where a step or rule is handed on, at last to a clock as what happened when it began.
_BECAUSE = (
    "carry_out", "settle", "_settle", "_to_mediation", "escalated", "effect_events", "resumed",
    "_refund_instead", "ruling_clock",
)  # fmt: skip
_CLOCKS = {"start_clock": (1, 4), "alarm_clock": (1, 4), "_alarm": (1, 2)}


class Found:
    """Codes by kind, each with the places it was found at."""

    def __init__(self) -> None:
        self.rules: dict[str, set[str]] = defaultdict(set)
        self.next: dict[str, set[str]] = defaultdict(set)
        self.clocks: dict[str, set[str]] = defaultdict(set)
        self.anchors: dict[str, set[str]] = defaultdict(set)
        self.made_up: dict[str, set[str]] = defaultdict(set)
        self.unread: dict[str, set[str]] = defaultdict(set)


def scan() -> Found:
    """Everything in the package."""
    found = Found()
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    handed_on = _handed_on(trees.values())
    for path, tree in trees.items():
        place = str(path.relative_to(SOURCE))
        strings = _assigned(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                _call(node, found, place, strings)
                for at, keyword in handed_on.get(_name(node.func), ()):
                    _next_step(_argument(node, at, keyword), found, place, strings)
            elif isinstance(node, ast.FunctionDef):
                found.unread[f"{place}: {node.name}"] |= _unread(node, strings)
    return found


def _handed_on(trees: Iterable[ast.Module]) -> dict[str, set[tuple[int, str]]]:
    """Functions that refuse with a next step they are given, and the places of that argument."""
    found: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for function in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(function, ast.FunctionDef):
            given = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
            for part in _next_steps(function):
                if isinstance(part, ast.Name) and part.id in given:
                    found[function.name].add((given.index(part.id), part.id))
    return found


def _unread(function: ast.FunctionDef, strings: dict[str, set[str]]) -> set[str]:
    """Next steps of which the source does not say at once what they are."""
    arguments = {
        argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)
    }
    return {
        ast.unparse(part)
        for part in _next_steps(function)
        if not (isinstance(part, ast.Name) and part.id in arguments)
        and not any(_strings(part, strings))
    }


def _next_steps(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Each expression that is put among the next steps of a refusal made in ``function``."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _name(node.func) in _MAKERS:
            for part in _following(node):
                yield from part.elts if isinstance(part, ast.Tuple) else (part,)


def _following(node: ast.Call) -> list[ast.expr]:
    """The arguments of a maker that are its next steps, or all of them."""
    name = _name(node.func)
    next_at = _MAKERS[name][1]
    if name in ("invalid", "NotAcceptable"):
        return node.args[next_at:]
    given = _argument(node, next_at, "next")
    return [] if given is None else [given]


def _next_step(
    part: ast.expr | None, found: Found, place: str, strings: dict[str, set[str]]
) -> None:
    for code in _strings(part, strings):
        found.next[code].add(place)


def _call(node: ast.Call, found: Found, place: str, strings: dict[str, set[str]]) -> None:
    name = _name(node.func)
    if name in _MAKERS:
        rule = _argument(node, _MAKERS[name][0], "rule")
        if isinstance(rule, ast.JoinedStr):
            found.made_up[ast.unparse(rule)].add(place)
        for code in _strings(rule, strings):
            found.rules[code].add(place)
        for part in _following(node):
            _next_step(part, found, place, strings)
    elif name in _FAMILIES:
        rules, then = _FAMILIES[name]
        for at in rules:
            for code in _strings(node.args[at], strings):
                found.rules[code].add(place)
        for code in _strings(node.args[then], strings):
            found.next[code].add(place)
    elif name in _BECAUSE:
        for part in (*node.args, *(k.value for k in node.keywords if k.arg == "because")):
            for code in _strings(part, {}):
                found.anchors[code].add(place)
    elif name == "unknown" and node.args:
        for what in _strings(node.args[0], strings):
            found.rules[f"unknown_{what}"].add(place)
    elif name in _CLOCKS:
        what_at, anchor_at = _CLOCKS[name]
        for code in _strings(_argument(node, what_at, "what"), strings):
            found.clocks[code].add(place)
        for code in _strings(_argument(node, anchor_at, "anchor"), strings):
            found.anchors[code].add(place)
    elif name == "Deadline":
        for code in _strings(_argument(node, None, "what"), strings):
            found.clocks[code].add(place)
        for code in _strings(_argument(node, None, "anchor"), strings):
            found.anchors[code].add(place)


def _name(func: ast.expr) -> str:
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _argument(node: ast.Call, at: int | None, keyword: str) -> ast.expr | None:
    for named in node.keywords:
        if named.arg == keyword:
            return named.value
    return node.args[at] if at is not None and at < len(node.args) else None


def _strings(node: ast.expr | None, strings: dict[str, set[str]]) -> Iterator[str]:
    """The texts an expression can be: literals, and those assigned to a name in the file."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name):
            yield from strings.get(name, ())
        case ast.IfExp(body=body, orelse=other):
            yield from _strings(body, strings)
            yield from _strings(other, strings)
        case ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
            for part in parts:
                yield from _strings(part, strings)
        case ast.Starred(value=inner):
            yield from _strings(inner, strings)
        case _:
            return


def _assigned(tree: ast.Module) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                for one, value in pairs:
                    if isinstance(one, ast.Name):
                        found[one.id] |= set(_strings(value, {}))
        elif isinstance(node, ast.FunctionDef):
            positional = [*node.args.posonlyargs, *node.args.args]
            defaults = node.args.defaults
            for argument, default in zip(positional[len(positional) - len(defaults) :], defaults,
                                         strict=True):  # fmt: skip
                found[argument.arg] |= set(_strings(default, {}))
    return found


def facts_given() -> Iterator[tuple[str, str, set[str]]]:
    """Each rule that is refused with facts readable in the source, where, and the facts' names."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        place, strings = str(path.relative_to(SOURCE)), _assigned(tree)
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            facts = _dicts(function)
            for node in ast.walk(function):
                if not isinstance(node, ast.Call) or _name(node.func) not in _MAKERS:
                    continue
                given = _argument(node, 1, "facts")
                names = set() if given is None else _keys(given, facts)
                if names is None or _name(node.func) == "NotAcceptable" or not node.args:
                    continue
                for rule in _strings(node.args[0], strings if isinstance(node.args[0], ast.Name)
                                     else {}):  # fmt: skip
                    yield rule, f"{place}:{node.lineno}", names


def _dicts(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id].append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id].append(node.value)
    return found


def _keys(node: ast.expr, known: dict[str, list[ast.expr]]) -> set[str] | None:
    """The keys of a dict that are sure to be there; None where that cannot be read."""
    if isinstance(node, ast.Name):
        each = [_keys(value, known) for value in known.get(node.id, ())]
        sure = [keys for keys in each if keys is not None]
        return set.intersection(*sure) if sure and len(sure) == len(each) else None
    if not isinstance(node, ast.Dict):
        return None
    names: set[str] = set()
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant):
            names.add(str(key.value))
        elif key is None:
            inner = _keys(value, known)
            if inner is None:
                return None
            names |= inner
    return names
