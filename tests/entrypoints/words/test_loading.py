"""A catalogue with a slip in it is refused before anybody reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from amends.entrypoints.web import story
from amends.entrypoints.words.catalogue import CommandWords, EventWords, RuleWords, words
from amends.entrypoints.words.loading import STORY_FACTS, BadWords, merged, read_language


class Small(Struct, frozen=True, forbid_unknown_fields=True):
    """A catalogue of few tables."""

    due: str = ""
    next: dict[str, str] = {}
    rules: dict[str, RuleWords] = {}
    windows: dict[str, str] = {}
    commands: dict[str, CommandWords] = {}
    events: dict[str, EventWords] = {}


def read(folder: Path, **documents: str) -> Small:
    for name, text in documents.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return merged(folder, Small)


def test_the_files_of_a_folder_are_one_catalogue(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not words")
    found = read(
        tmp_path,
        order='[next]\nwait = "Wait."',
        dispute='due = "By {until}."\n[next]\nagree = "Agree."\n[events.over]\nsentence = "{who}."',
    )
    assert found.due == "By {until}."
    assert found.next == {"wait": "Wait.", "agree": "Agree."}
    assert found.events["over"].sentence == "{who}."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[next", "a.toml: "),
        ('[buttons]\nx = "X"', "a.toml: there is no table called buttons"),
        ('button = "X"', "a.toml: there is no key called button"),
        ('[due]\nx = "{until}"', "a.toml: there is no table called due"),
        ('next = "Wait."', "a.toml: there is no key called next"),
        (
            '[commands.x]\nlabel = "X"\nbutton = "X"',
            "a.toml: commands.x: Object contains unknown field",
        ),
        ('[commands.x]\nintro = "X"', "a.toml: commands.x: Object missing required field"),
        ('[commands.x]\nlabel = "X {order}"', "commands.x.label has {order}; there is: nothing"),
        ('[commands.x]\nlabel = "X"\nfields.note = " "', "commands.x.fields.note says nothing"),
        ('[events.x]\nsentence = "{buyer}"', "events.x.sentence has {buyer}; there is: asked,"),
        ('[events.x]\nsubject = "X {order}"', "events.x needs subject and notice, or neither"),
        ('[windows]\nx = "{dyas} on"', "windows.x has {dyas}; there is: days, since"),
        ('due = "By {until:d}"', "due: write {until} without anything after the name"),
        ('due = "By {until"', "a.toml: due: "),
        ('[rules.x]\ntitle = "X"\ndetail = "{a.b}"', "rules.x.detail has {a.b}"),
        ('[rules.x]\ntitle = "X {order}"\ndetail = "X"', "rules.x.title has {order}"),
    ],
)
def test_a_slip_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadWords) as error:
        read(tmp_path, a=text)
    assert said in str(error.value)


def test_a_word_stands_in_one_place(tmp_path: Path) -> None:
    with pytest.raises(BadWords, match=r"b\.toml: next\.wait stands in a\.toml already"):
        read(tmp_path, a='[next]\nwait = "Wait."', b='[next]\nwait = "Do wait."')
    (tmp_path / "b.toml").write_text('due = "By {until}."')
    with pytest.raises(BadWords, match=r"c\.toml: due stands in b\.toml already"):
        read(tmp_path, c='due = "Until {until}."')


def test_a_language_is_a_folders_name_and_nothing_else() -> None:
    assert read_language("xx", Small) is None
    assert read_language("../words/en", Small) is None


def test_a_story_puts_in_all_that_sentences_may_hold() -> None:
    source = Path(story.__file__).read_text("utf-8")
    assert [fact for fact in sorted(STORY_FACTS) if f'"{fact}"' not in source] == []
    assert any("{who}" in event.sentence for event in words().events.values())


def _two(tmp_path: Path, own: str) -> Small:
    english, other = tmp_path / "en", tmp_path / "other"
    for folder, text in ((english, _ENGLISH), (other, own)):
        folder.mkdir()
        (folder / "all.toml").write_text(text, "utf-8")
    return merged(other, Small, english)


_ENGLISH = """
[next]
wait = "Wait."
ask = "Ask."
[commands.go]
label = "Go"
intro = "You go."
final = true
"""


def test_what_a_language_leaves_out_is_as_in_english(tmp_path: Path) -> None:
    found = _two(tmp_path, '[next]\nask = "Pregunta."\n[commands.go]\nlabel = "Ir"\n')
    assert found.next == {"wait": "Wait.", "ask": "Pregunta."}
    assert found.commands["go"] == CommandWords("Ir", "You go.", final=True)


def test_another_language_does_not_say_how_a_command_behaves(tmp_path: Path) -> None:
    with pytest.raises(BadWords, match=r"go\.final is for the English catalogue only"):
        _two(tmp_path, '[commands.go]\nlabel = "Ir"\nfinal = false\n')
