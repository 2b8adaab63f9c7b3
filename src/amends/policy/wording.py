"""A pack's words, kept apart from its values: they may be mended without changing the law."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from amends.policy.explain import rules_of
from amends.policy.problems import PackError, PackProblem, did_you_mean
from amends.policy.terms import Terms

Words = Mapping[str, str]


class Wording(Struct, frozen=True):
    """The words of one pack in one language, by code. A code without words stands for itself."""

    locale: str = "en"
    pack: dict[str, str] = {}  # name, summary
    reasons: dict[str, str] = {}
    reason_hints: dict[str, str] = {}
    evidence: dict[str, str] = {}
    remedies: dict[str, str] = {}
    clauses: dict[str, str] = {}
    clause_texts: dict[str, str] = {}
    ruling_reasons: dict[str, str] = {}
    grounds: dict[str, str] = {}
    routes: dict[str, str] = {}
    rules: dict[str, str] = {}
    sources: dict[str, str] = {}

    def name(self) -> str:
        """The pack's name, or "" when it has none."""
        return self.pack.get("name", "")

    def summary(self) -> str:
        """The pack in a sentence or two, or "" when nobody wrote any."""
        return self.pack.get("summary", "")

    def reason(self, code: str) -> str:
        """A reason for a dispute."""
        return self.reasons.get(code, code)

    def reason_hint(self, code: str) -> str:
        """When to choose that reason; its label where there is no hint."""
        return self.reason_hints.get(code, self.reason(code))

    def proof(self, code: str) -> str:
        """A piece of evidence that is asked for."""
        return self.evidence.get(code, code)

    def remedy(self, code: str) -> str:
        """A remedy."""
        return self.remedies.get(code, code)

    def clause(self, code: str) -> str:
        """A clause's heading."""
        return self.clauses.get(code, code)

    def clause_text(self, code: str) -> str:
        """What a clause says; its heading where there is no text."""
        return self.clause_texts.get(code, self.clause(code))

    def ruling_reason(self, code: str) -> str:
        """Why a ruling is as it is."""
        return self.ruling_reasons.get(code, code)

    def ground(self, code: str) -> str:
        """What an appeal is about."""
        return self.grounds.get(code, code)

    def route(self, code: str) -> str:
        """A way in which money can go when the one it was paid by is dead."""
        return self.routes.get(code, code)

    def rule(self, code: str) -> str:
        """A rule's name, as cited beside a deadline or a refusal."""
        return self.rules.get(code, code)

    def taken_from(self, source: str) -> tuple[str, ...]:
        """Where a value was taken from, as it cites that, a name each. What has no words is left
        out: a citation explains, and a bare mark explains nothing."""
        _giver, _colon, cited = source.rpartition(": ")
        names = (name.strip() for name in cited.split(","))
        return tuple(self.sources[name] for name in names if name in self.sources)

    def over(self, other: Wording) -> Wording:
        """These words, and the other's wherever these have none."""
        merged = {name: {**getattr(other, name), **getattr(self, name)} for name in SECTIONS}
        return Wording(self.locale, **merged)


SECTIONS = tuple(name for name in Wording.__struct_fields__ if name != "locale")


def parse_wording(file: str, locale: str, document: Mapping[str, object]) -> Wording:
    """The words in one decoded ``wording/<locale>.toml``: tables of texts, by code.

    Raises PackError with every unknown table and every value that is not a text. Codes a pack
    does not have are no error: words may outlive what they name.
    """
    problems: list[PackProblem] = []
    found: dict[str, dict[str, str]] = {}
    for section, table in document.items():
        if section not in SECTIONS:
            problems.append(
                PackProblem(file, section, "unknown table", did_you_mean(section, SECTIONS))
            )
        elif not isinstance(table, Mapping):
            problems.append(PackProblem(file, section, "no table", f"write: [{section}]"))
        else:
            for code, words in table.items():
                if not isinstance(words, str) or not words.strip():
                    problems.append(
                        PackProblem(
                            file,
                            f"{section}.{code}",
                            f"words are wanted here, not {words!r}",
                            f'write: {code} = "..."',
                        )
                    )
            found[section] = {c: w for c, w in table.items() if isinstance(w, str)}
    if problems:
        raise PackError(problems)
    return Wording(locale, **found)


def codes_of(terms: Terms) -> dict[str, tuple[str, ...]]:
    """Every code of a pack that wants words, by the table of the wording it belongs to."""
    reasons = tuple(terms.reasons)
    proofs = [
        proof.code
        for reason in terms.reasons.values()
        for proof in (*reason.evidence_from_buyer, *reason.evidence_from_seller)
    ]
    remedies = [r.remedy for reason in terms.reasons.values() for r in reason.remedies]
    return {
        "pack": ("name", "summary"),
        "reasons": reasons,
        "reason_hints": reasons,
        "evidence": tuple(dict.fromkeys(proofs)),
        "remedies": tuple(dict.fromkeys(remedies)),
        "clauses": terms.clauses,
        "clause_texts": terms.clauses,
        "ruling_reasons": terms.ruling_reasons,
        "grounds": (*terms.appeals.grounds_in_window, *terms.appeals.grounds_any_time),
        "routes": terms.refunds.other_routes.routes,
        "rules": rules_of(terms),
        "sources": tuple(terms.sources),
    }


def gaps(terms: Terms, wording: Wording, file: str) -> tuple[PackProblem, ...]:
    """The codes of a pack that have no words in this wording."""
    return tuple(
        PackProblem(file, f"{section}.{code}", "no words", f'write: {code} = "..."')
        for section, codes in codes_of(terms).items()
        for code in codes
        if code not in getattr(wording, section)
    )
