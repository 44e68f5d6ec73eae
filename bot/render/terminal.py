"""Answer → terminal text: wrapped by display width (a Han character takes two cells), coloured only on request."""

import os
import sys
from collections.abc import Iterator

from bot.render.cells import width as cells
from bot.render.cells import wrap
from bot.render.markup import convert
from knowledge.answer_model import Answer, Bullets, Code, Heading, Para, Part, Table

_COLOURS = {"normal": "32", "info": "36", "warning": "33", "critical": "31"}


class Style:
    """Marks for code, strong and links: ANSI sequences when `colour`, else plain characters."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def sgr(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if self.colour else text

    def inline(self, text: str) -> str:
        return convert(
            text,
            text=str,
            code=lambda t: self.sgr(t, "36") if self.colour else f"`{t}`",
            strong=lambda t: self.sgr(t, "1"),
            link=lambda t: self.sgr(t, "4"),
        )


def render(answer: Answer, *, width: int | None = None, colour: bool = False, details: bool = True) -> str:
    """The answer as text, `width` cells wide (default: the terminal's, at most 100), ending in a newline."""
    style = Style(colour)
    room = width or min(_columns(), 100)
    severity = _COLOURS.get(answer.severity or "", "0")
    lines = [*wrap(style.sgr(style.inline(answer.title), f"1;{severity}"), room), ""]
    for part in answer.summary:
        lines += _part(part, room, style)
    if details and answer.details:
        lines += ["", style.sgr("─" * min(room, 60), "2")]
        for part in answer.details:
            lines += _part(part, room, style)
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _columns() -> int:
    """What shutil.get_terminal_size says, whose import takes as long as rendering (5 ms)."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or 80
    except (OSError, ValueError):
        return 80


def _part(part: Part, room: int, style: Style) -> Iterator[str]:
    match part:
        case Heading(text):
            yield ""
            yield style.sgr(text, "1")
        case Para(text, label):
            yield from wrap((style.sgr(label, "1") + _colon(label) if label else "") + style.inline(text), room)
        case Bullets(items, label):
            if label:
                yield style.sgr(label, "1") + _colon(label).rstrip()
            for item in items:
                yield from wrap(style.inline(item), room, initial_indent="  • ", subsequent_indent="    ")
        case Code(text, label):
            if label:
                yield style.sgr(label, "1") + _colon(label).rstrip()
            for line in text.splitlines():
                yield "    " + style.sgr(line, "36")
        case Table(header, rows, label):
            if label:
                yield ""
                yield style.sgr(label, "1") + _colon(label).rstrip()
            yield from _table(header, rows, room, style)


def _colon(label: str) -> str:
    if label.endswith(("?", "？")):
        return " "
    return "：" if any("一" <= c <= "鿿" for c in label) else ": "


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], room: int, style: Style) -> Iterator[str]:
    body = [[style.inline(cell) for cell in row] for row in rows]
    widths = [max(cells(row[n]) for row in [list(header), *body]) for n in range(len(header))]
    excess = sum(widths) + 2 * len(widths) + 2 - room
    widest = widths.index(max(widths))
    if excess > 0:
        widths[widest] = max(16, widths[widest] - excess)
    for row in [[style.sgr(cell, "2") for cell in header], *body]:
        wrapped = [wrap(cell, widths[n]) or [""] for n, cell in enumerate(row)]
        for line in range(max(map(len, wrapped))):
            pieces = [column[line] if line < len(column) else "" for column in wrapped]
            yield "  " + "  ".join(piece + " " * (widths[n] - cells(piece)) for n, piece in enumerate(pieces))
