"""``amends policy``: which packs there are, what they say, what is wrong with them."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from amends.entrypoints.cli.differing import told
from amends.entrypoints.cli.progress import steps
from amends.policy.difference import difference
from amends.policy.explain import explain
from amends.policy.library import Library
from amends.policy.problems import PackError, PackProblem
from amends.policy.terms import Terms
from amends.policy.wording import Wording

Folder = Annotated[
    Path | None, typer.Option("--packs", help="A folder of packs; the shipped ones when not given.")
]
OneVersion = Annotated[str, typer.Argument(help="Such as aliexpress/1, or a folder.")]


def policy_app(
    load: Callable[[Path], Library],
    check: Callable[[Path], Sequence[PackProblem]],
    shipped: Callable[[], Path],
) -> typer.Typer:
    """The sub-commands, given how packs are read from a folder: ``load`` raises PackError,
    ``check`` answers with all problems, ``shipped`` names the folder of the product's own packs.
    """
    app = typer.Typer(no_args_is_help=True, help="Policy packs: the rules as data.")

    def library(folder: Path | None) -> Library:
        try:
            return load(folder or shipped())
        except PackError as error:
            raise _failure(error.problems) from None

    def place(pack_or_folder: str) -> Path:
        named, folder = shipped() / pack_or_folder, Path(pack_or_folder)
        return named if named.is_dir() and not folder.is_dir() else folder

    def one(pack_or_folder: str) -> tuple[Terms, Wording]:
        known = library(place(pack_or_folder))
        terms, *more = known.all()
        if more:
            there = ", ".join(f"{t.id}/{t.version}" for t in known.all())
            typer.echo(f"{pack_or_folder} holds several versions; name one of {there}", err=True)
            raise typer.Exit(1)
        return terms, known.wording(terms.id, terms.version)

    @app.command("list")
    def list_(packs: Folder = None) -> None:
        """List every version of every pack."""
        for terms in library(packs).all():
            since = terms.in_force_from.date().isoformat()
            name = f"{terms.id} {terms.version}"
            typer.echo(f"{name:<20} from {since}  {terms.digest[:12]}  {terms.title}")

    @app.command()
    def show(
        pack: Annotated[str, typer.Argument(help="The pack's id, such as aliexpress.")],
        version: Annotated[str | None, typer.Option(help="The newest when not given.")] = None,
        packs: Folder = None,
    ) -> None:
        """Show every rule of a pack with its value, unit and source."""
        known = library(packs)
        versions = [terms for terms in known.all() if terms.id == pack]
        found = [terms for terms in versions if version in (None, terms.version)]
        if not found:
            there = ", ".join(f"{terms.id} {terms.version}" for terms in known.all())
            asked = f"{pack} {version}" if version else pack
            typer.echo(f"There is no pack {asked}; there are: {there}", err=True)
            raise typer.Exit(1)
        terms = found[-1]
        words = known.wording(terms.id, terms.version)
        typer.echo(f"{terms.id} {terms.version}: {terms.title}")
        typer.echo(f"in force from {terms.in_force_from:%Y-%m-%d %H:%M} UTC, digest {terms.digest}")
        for section in explain(terms):
            typer.echo(f"\n{section.name.upper()}")
            label = words.reason if section.name == "reasons" else words.rule
            before = None
            for entry in section.entries:
                if entry.rule != before:
                    typer.echo(f"{entry.rule}: {label(entry.rule)}")
                    before = entry.rule
                of = f"{entry.of}: " if entry.of else ""
                unit = f" {entry.unit}" if entry.unit else ""
                typer.echo(f"    {of}{entry.value}{unit}  [{entry.source}]")
        typer.echo("\nSOURCES")
        for name, text in terms.sources.items():
            typer.echo(f"{name}: {text}")

    @app.command("check")
    def check_(
        pack_or_folder: Annotated[
            str,
            typer.Argument(help="A shipped pack's id, or a folder: of one pack, or of several."),
        ],
    ) -> None:
        """Print everything wrong with a pack, and prove that its disputes end in time.

        What is wrong with its files: file, key, what would mend it. Then everything that can
        follow from a dispute is gone through, and what breaks is told as a path.
        """
        from amends.entrypoints.cli.proving import told as told_proof
        from amends.exploring.proof import prove

        folder = place(pack_or_folder)
        problems = check(folder)
        if problems:
            raise _failure(problems)
        broken = 0
        for terms in load(folder).all():
            with steps(f"Exploring {terms.id} {terms.version}") as tell:
                proof = prove(terms, tell)
            for line in told_proof(terms, proof):
                typer.echo(line)
            broken += len(proof.breaches)
        if broken:
            raise typer.Exit(1)

    @app.command()
    def diff(old: OneVersion, new: OneVersion) -> None:
        """Say what differs between two versions: each value, old and new, with its source."""
        (before, words_before), (after, words_after) = one(old), one(new)
        typer.echo(f"{before.id} {before.version} -> {after.id} {after.version}")
        for line in told(difference(before, after), words_after.over(words_before)):
            typer.echo(line)

    return app


def _failure(problems: Sequence[PackProblem]) -> typer.Exit:
    for problem in problems:
        typer.echo(str(problem), err=True)
    count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
    typer.echo(f"{count} found", err=True)
    return typer.Exit(1)
