"""Our shortcut past wcwidth gives what wcwidth gives."""

import sys
from itertools import chain

import msgspec
import pytest
import wcwidth

import knowledge
from bot.render import cells


def texts() -> list[str]:
    found: list[str] = []
    pending: list[object] = [msgspec.to_builtins(entry) for entry in knowledge.load()]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict | list | tuple):
            pending += value.values() if isinstance(value, dict) else value
    return found


def test_every_character_taken_for_narrow_is_one_cell_wherever_it_stands():
    narrow = [chr(c) for c in range(0x20, sys.maxunicode) if cells._NARROW.fullmatch(chr(c))]
    assert len(narrow) > 600
    assert [c for c in narrow if wcwidth.width(c) != 1 or wcwidth.width(f"a{c}b{c}") != 4] == []


@pytest.mark.parametrize("room", [40, 100])
@pytest.mark.parametrize("indent", [{}, {"initial_indent": "  • ", "subsequent_indent": "    "}])
def test_texts_wrap_as_wcwidth_wraps_them(room: int, indent: dict[str, str]):
    narrow = [text for text in texts() if cells._NARROW.fullmatch(text)]
    assert len(narrow) > 1000
    for text in narrow[::5]:
        assert cells.wrap(text, room, **indent) == [line.rstrip() for line in wcwidth.wrap(text, room, **indent)]


def test_han_takes_two_cells_and_marks_none():
    assert cells.width("后端 `sC`") == 9
    assert cells.width("\x1b[1msC\x1b[0m") == 2
    assert "".join(chain.from_iterable(cells.wrap("后端拒绝连接", 4))) == "后端拒绝连接"
