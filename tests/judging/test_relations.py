from __future__ import annotations

from tests.judging.relations import run


def test_nobody_with_a_tie_is_given_a_case() -> None:
    said = run(graphs=40, seed=7)
    # Each rule spoke, and some were given.
    assert {
        "given", "conflict_of_interest", "same_address", "dealt_with_party", "interest_declared",
        "too_many_of_seller", "author_of_ruling", "reports_to_author", "author_reports_to",
    } <= said.keys()  # fmt: skip
