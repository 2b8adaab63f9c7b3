"""People, their trades, letters, addresses, interests and ranks at random: nobody with a tie is
given a case, and no appeal goes to its author's line.

``python -m tests.judging.relations --graphs 2000 --seed 1`` makes that many marketplaces of ten
people each, and tries to give each of their cases to every one of them through the real decision,
with the ties that the real store reads. What is a tie is said here a second time, by walking the
graph.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.state import Case
from amends.engine.staff import StaffAccount, TiesAsked
from amends.engine.store import NewEvent, Store, StoredState, Write
from amends.kernel.decision import Accepted, Content, FoundBy
from amends.kernel.people import CLOCK, Member, Role
from amends.kernel.record import Row
from amends.store import migrate, open_store
from tests.dispute.cases import ESCALATED, appealed, ask, mediated, of
from tests.given import BUYER, T0, terms
from tests.store.given import dispute_row, order_row

STAFF, PARTIES = 8, 4
AT = ESCALATED + timedelta(days=4)
MOST = 2


class Graph(Struct, frozen=True):
    """A marketplace. All ids carry its number, so that many fit into one database.

    ``trades`` are buyer and seller, ``letters`` a member of staff and a party, ``mails`` the e-mail
    by person, ``had`` the cases of a seller that somebody was given.
    """

    name: str
    staff: tuple[str, ...]
    parties: tuple[str, ...]
    buyer: str
    seller: str
    trades: frozenset[tuple[str, str]]
    letters: frozenset[tuple[str, str]]
    mails: dict[str, str]
    interests: dict[str, tuple[str, ...]]
    above: dict[str, str]
    had: dict[tuple[str, str], int]
    author: str


def graph(number: int, random: Random) -> Graph:
    """One at random: sparse or dense, with ranks that may come to any depth."""
    name = f"g{number}"
    staff = tuple(f"{name}-m{n}" for n in range(STAFF))
    parties = tuple(f"{name}-p{n}" for n in range(PARTIES))
    everybody = (*staff, *parties)
    buyer, seller = random.sample(everybody if random.random() < 0.3 else parties, 2)
    dense = random.choice((0.02, 0.1, 0.3))

    def some(pairs: Iterator[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        return frozenset(pair for pair in pairs if pair[0] != pair[1] and random.random() < dense)

    return Graph(
        name=name,
        staff=staff,
        parties=parties,
        buyer=buyer,
        seller=seller,
        trades=some((a, b) for a in everybody for b in everybody),
        letters=some((a, b) for a in staff for b in everybody),
        mails={p: f"{random.choice(everybody) if random.random() < dense else p}@x.example"
               for p in parties},
        interests={s: tuple(p for p in parties if random.random() < dense) for s in staff},
        above={s: random.choice(staff[:n]) for n, s in enumerate(staff)
               if n and random.random() < 0.6},
        had={(s, seller): random.randint(0, 4) for s in staff},
        author=random.choice(staff),
    )  # fmt: skip


def tied(made: Graph, person: str) -> bool:
    """Whether somebody may not judge the case, by walking the graph."""
    sides = {made.buyer, made.seller}
    selves = {person} | {p for p, mail in made.mails.items() if mail == f"{person}@x.example"}
    return bool(
        selves & sides
        or any((a in selves and b in sides) or (b in selves and a in sides)
               for a, b in made.trades if (a, b) != (made.buyer, made.seller))
        or any(a in selves and b in sides for a, b in made.letters)
        or sides & {*made.interests[person]}
        or made.had.get((person, made.seller), 0) >= MOST
    )  # fmt: skip


def in_line(made: Graph, person: str) -> bool:
    """Whether somebody is the author, above or below."""

    def ups(of_: str) -> Iterator[str]:
        while (of_ := made.above.get(of_, "")) != "":
            yield of_

    return person == made.author or person in ups(made.author) or made.author in ups(person)


def put(store: Store, made: Graph) -> None:
    """The graph into the database, as the product would have written it."""
    writes: list[Write] = []

    def order(name: str, buyer: str, seller: str, *rows: Row, mail: str = "") -> None:
        text = (Content("c", buyer, "{}", FoundBy(mail, Role.BUYER)),) if mail else ()
        event = NewEvent(T0, BUYER, "c", "t", b"{}", text)
        row = order_row(buyer, 1)
        whole = replace(row, values={**(row.values or {}), "seller": seller})
        state = StoredState(1, b"", "none", None)
        writes.append(Write(f"{made.name}-{name}", 0, (event,), state, rows=(whole, *rows)))

    for n, (buyer, seller) in enumerate(sorted(made.trades)):
        order(f"t{n}", buyer, seller)
    for n, (person, other) in enumerate(sorted(made.letters)):
        contact = Row("contacts", {"person": person, "other": other}, {"at": 1})
        order(f"l{n}", f"{made.name}-x", f"{made.name}-y", contact)
    for n, (person, mail) in enumerate(sorted(made.mails.items())):
        order(f"e{n}", person, f"{made.name}-z", mail=mail)
    for n, ((person, seller), count) in enumerate(sorted(made.had.items())):
        for i in range(count):
            row = dispute_row("D", None, person)
            values = {**(row.values or {}), "seller": seller, "buyer": f"{made.name}-x"}
            order(f"h{n}-{i}", f"{made.name}-x", f"{made.name}-w", replace(row, values=values))
    writes.sort(key=lambda write: write.order)
    assert not store.records.write(writes)
    for person in made.staff:
        member = member_of(made, person, Role.MEDIATOR)
        store.staff.add(StaffAccount(member, person, f"{person}@x.example", T0))


def member_of(made: Graph, person: str, role: Role) -> Member:
    """What their account says."""
    return Member(person, role, interests=made.interests[person], reports_to=made.above.get(person))


def check(store: Store, made: Graph, said: Counter[str]) -> None:
    """Everybody is tried as mediator and as appeals officer. Raises AssertionError."""
    put(store, made)
    case = own(mediated(), made)
    heard = own(appealed(), made)
    dispute = of(heard)
    assert dispute.ruling is not None
    ruling = replace(dispute.ruling, by=made.author)
    heard = replace(heard, disputes={
        dispute.id: replace(dispute, officer=None, mediator=made.author, ruling=ruling)
    })  # fmt: skip
    pack = terms("aliexpress")
    judging = replace(pack.judging, seller_cases=MOST,
                      seller_within=pack.clocks.ruling_due_after)  # fmt: skip
    pack = replace(pack, judging=judging)
    asked = [
        TiesAsked(p, case.order.id, made.buyer, made.seller, T0 - timedelta(days=22_000))
        for p in made.staff
    ]
    ties = dict(zip(made.staff, store.staff.ties(asked), strict=True))
    for role, whole in ((Role.MEDIATOR, case), (Role.APPEALS, heard)):
        staff = {p: member_of(made, p, role) for p in made.staff}
        for person in made.staff:
            command = (
                AssignMediator(person) if role is Role.MEDIATOR else AssignAppealsOfficer(person)
            )
            outcome = ask(whole, command, CLOCK, AT, staff=staff, ties=ties, under=pack)
            wrong = tied(made, person) or (role is Role.APPEALS and in_line(made, person))
            given = isinstance(outcome, Accepted)
            rule = "given" if isinstance(outcome, Accepted) else outcome.rule
            assert given != wrong, (made.name, person, role, rule)
            said[rule] += 1


def own(case: Case, made: Graph) -> Case:
    """The case with the graph's parties, and nobody's."""
    dispute = replace(of(case), mediator=None)
    order = replace(case.order, id=f"{made.name}-A", buyer=made.buyer, seller=made.seller)
    return replace(case, order=order, disputes={dispute.id: dispute})


def run(graphs: int, seed: int) -> Counter[str]:
    """How often each rule spoke. Raises AssertionError at the first that does not hold."""
    said: Counter[str] = Counter()
    random = Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "relations.db"
        migrate(path)
        store = open_store(path, synced=False)
        for number in range(graphs):
            check(store, graph(number, random), said)
        store.close()
    return said


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    said = run(given.graphs, given.seed)
    for rule, count in said.most_common():
        print(f"{count:7} {rule}")  # noqa: T201
    print(f"{given.graphs} graphs, {said.total()} tries: no conflicted assignment")  # noqa: T201


if __name__ == "__main__":
    main()
