"""The command line as somebody uses it: on real databases, in this process."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from typer.testing import CliRunner, Result

from amends.bootstrap import toolkit
from amends.entrypoints.cli.app import build_cli

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
APP = build_cli(toolkit())


class Terminal:
    """Types commands, each on the same database: a file in ``folder``, or what ``url`` names."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.url = url
        self.database = folder / "amends.db"

    def run(self, *arguments: str, stdin: str | bytes | None = None) -> Result:
        """What came of a command, whatever its exit code; a traceback is an error of the test."""
        env = {"AMENDS_DATABASE": self.url or str(self.database), "AMENDS_HOME": str(self.folder)}
        result = CliRunner().invoke(APP, arguments, input=stdin, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def out(self, *arguments: str, stdin: str | bytes | None = None) -> str:
        """What a command that succeeds prints."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: str, code: int = 1) -> str:
        """What a command that does not succeed says; never more than a few lines."""
        result = self.run(*arguments)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.stderr
        return result.stderr

    def file(self, name: str, text: str) -> str:
        """A file to feed, and its name."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def damage(self, statement: str) -> None:
        """Changes the database behind the product's back."""
        with closing(sqlite3.connect(self.database)) as db, db:
            db.execute(statement)
