"""Answer → terminal text: widths in cells, marks, tables."""

import pytest
from wcwidth import strip_sequences
from wcwidth import width as cells

import knowledge
from bot.render.terminal import render
from knowledge.answer_model import Answer, Bullets, Code, Para, Table

BASE = knowledge.load()


def code_lines(answer: Answer) -> set[str]:
    return {
        "    " + line for part in (*answer.summary, *answer.details) if isinstance(part, Code) for line in part.text.splitlines()
    }


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("colour", [False, True])
def test_no_line_is_wider_than_asked_but_code(language: knowledge.model.Language, colour: bool):
    for entry in BASE.states.values():
        answer = BASE.answer(entry.code, language)
        text = render(answer, width=80, colour=colour)
        allowed = {line.rstrip() for line in code_lines(answer)}
        for line in strip_sequences(text).splitlines():
            assert cells(line) <= 80 or line in allowed, line


def test_marks_are_plain_without_colour_and_ansi_with_it():
    answer = Answer("state", "en", "sC", "sC", (Para("*strong* `code` [[SC]]", "Lead"), Bullets(("one",))))
    assert render(answer, width=60) == "sC\n\nLead: strong `code` SC\n  • one\n"
    coloured = render(answer, width=60, colour=True)
    assert "\x1b[36mcode\x1b[0m" in coloured
    assert strip_sequences(coloured) == "sC\n\nLead: strong code SC\n  • one\n"


def test_table_columns_line_up_with_han_characters():
    table = Table(("字段", "值"), (("`Tc`", "连接"), ("`Tr`", "响应头")))
    answer = Answer("state", "zh", "表", "sC", (table,))
    rows = render(answer, width=60).splitlines()[2:]
    starts = [cells(row[: row.index(value)]) for row, value in zip(rows, ("值", "连接", "响应头"), strict=True)]
    assert len(set(starts)) == 1
