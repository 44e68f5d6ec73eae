"""knowledge.answer: every kind of question gets the right kind of answer, in both languages."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from knowledge import code as codes
from knowledge.answer_model import Answer, Bullets, Code, Heading, Para, Part, Table

BASE = knowledge.load()


def words(parts: tuple[Part, ...]) -> str:
    said: list[str] = []
    for part in parts:
        match part:
            case Para(text, label) | Code(text, label):
                said += [label, text]
            case Heading(text):
                said.append(text)
            case Bullets(items, label):
                said += [label, *items]
            case Table(header, rows, label):
                said += [label, *header, *(cell for row in rows for cell in row)]
    return "\n".join(said)


def ids(answer: Answer) -> list[str]:
    return [match.id for match in answer.matches]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("pair", codes.PAIRS)
def test_every_pair_is_answered(pair: str, language: knowledge.model.Language):
    answer = BASE.answer(pair, language)
    assert answer.kind == "state"
    assert ids(answer)[0] == pair
    assert answer.data["composed"] == (pair not in BASE.states)
    assert answer.data["blame"]
    said = words(tuple(part for part in answer.summary if not isinstance(part, Code)))
    assert not re.search(r"\{\w+\}", said)
    if answer.data["composed"]:
        assert ("composed" in said) if language == "en" else ("拼合" in said)


def test_every_four_letter_state_is_answered():
    for pair, cookie in product(codes.PAIRS, codes.COOKIE_PAIRS):
        answer = BASE.answer(pair + cookie, "en")
        assert answer.kind == ("cookie" if pair == "--" != cookie else "state")
        assert (answer.data["code"], answer.data["pair"], answer.data["cookie"]) == (pair + cookie, pair, cookie)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("cD", "state", ["cD"]), ("sC--", "state", ["sC"]), ("504 sC", "state", ["sC"]), ("sC 504", "state", ["sC"]),
        ("--", "state", ["--"]), ("—", "state", ["--"]), ("–", "state", ["--"]), ("s", "letter", ["pos1:s"]),
        ("D", "letter", ["pos1:D", "pos2:D", "pos3:D", "pos4:D"]), ("cd", "choice", ["cD", "CD"]),
        ("--NI", "cookie", ["cookie:NI", "--"]), ("", "help", []), ("help", "help", []),
        ("xyz", "error", []), ("SIDN", "error", ["pos1:S", "pos3:D", "pos4:N"]),
    ],
)  # fmt: skip
def test_codes(text: str, kind: str, expected: list[str]):
    answer = BASE.answer(text)
    assert answer.kind == kind
    assert ids(answer) == expected


def test_a_status_that_does_not_belong_is_said_so():
    said = words(BASE.answer("what does a 504 with sC mean").summary)
    assert "`sH`" in said
    assert "503" in said
    said = words(BASE.answer("504 sC", "zh").summary)
    assert "`sH`" in said


def test_buttons_ask_the_same_again():
    for text in ("cD", "504 sC", "sC--", "D", "cd", "502", "help", "xD"):
        for language in ("en", "zh"):
            answer = BASE.answer(text, language)
            again = BASE.answer(answer.question, language)
            assert again == answer, text


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=200)
def test_no_text_raises(text: str):
    answer = BASE.answer(text)
    assert answer.title
    assert answer.summary


@pytest.mark.parametrize(
    ("directive", "before", "after"),
    [("option abortonclose", ("CH", "CC", "CQ"), "SD"), ("timeout server", ("sH", "sD"), "SH"), ("maxconn", ("sQ", "PC"), "SQ")],
)
def test_a_directive_lists_first_what_it_is_about(directive: str, before: tuple[str, ...], after: str):
    listed = ids(BASE.answer(directive))
    assert all(listed.index(code) < listed.index(after) for code in before)


@pytest.mark.parametrize(("typed", "code"), [("lr", "LR"), ("prni", "PRNI"), ("lr 200", "LR")])
def test_the_only_legal_spelling_is_not_taken_silently(typed: str, code: str):
    answer = BASE.answer(typed, "en")
    assert answer.matches[0].id == code[:2]
    said = "\n".join(part.text for part in answer.summary if isinstance(part, Para))
    assert f"You typed `{typed.split()[0]}`" in said
    assert f"`{code}`" in said
    assert "You typed" not in str(BASE.answer(code, "en").summary)
