"""Writes to a database until it is killed; a line says that a batch was acknowledged."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from amends.engine.engine import Engine
from amends.engine.requests import Answer, Request
from amends.store import open_store
from tests.engine.toy import ANN, Clock, Counter, Deposit, Ids, no_holidays


def main(database: str, name: str) -> None:
    engine = Engine(Counter(), open_store(database), Clock(), Ids(f"w{name}."), no_holidays)
    while True:
        answers = engine.handle([Request(f"O{i}", Deposit(1), ANN) for i in range(3)])
        if all(isinstance(answer, Answer) for answer in answers):
            os.write(1, b"ok\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
