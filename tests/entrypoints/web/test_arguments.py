"""The arguments of an appeal: none is lost, and a decision holds an answer to each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.workbench.arguments import arguments_of, missing, put_together


def test_they_are_told_apart_as_their_writer_did() -> None:
    assert arguments_of("1. The chart is old.\n2) The tape is wrong.") == (
        "The chart is old.", "The tape is wrong.",
    )  # fmt: skip
    assert arguments_of("See:\n- one\n- two") == ("See:", "one", "two")
    assert arguments_of("One thing.\n\nAnother\nthing.") == ("One thing.", "Another\nthing.")
    assert arguments_of("Only this, 2. nd of May.") == ("Only this, 2. nd of May.",)
    assert arguments_of(" \n") == ()


@given(st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), max_size=40))
def test_no_word_is_lost(words: list[str]) -> None:
    for text in ("\n\n".join(words), "\n".join(f"{n}. {w}" for n, w in enumerate(words, 1))):
        found = arguments_of(text)
        assert len(found) <= 20
        assert " ".join(found).split() == words


def test_each_wants_an_answer_and_the_decision_holds_it() -> None:
    arguments = ("The chart is old.", "The tape is wrong.")
    posted = Posted({"answer.1": ["It is not."], "answer.2": [" "], "text": ["Upheld."]})
    assert list(missing(arguments, posted)) == ["answer.2"]
    whole = Posted({**posted.texts, "answer.2": ["Nor is that."]})
    assert not missing(arguments, whole)
    together = put_together(arguments, whole)
    assert list(together.texts) == ["text"]
    assert together.one("text") == (
        "1. “The chart is old.”\nIt is not.\n\n2. “The tape is wrong.”\nNor is that.\n\nUpheld."
    )


def test_answers_alone_are_no_reason() -> None:
    posted = Posted({"answer.1": ["No."], "text": [" "]})
    assert put_together(("One.",), posted).one("text") == ""
