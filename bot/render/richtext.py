"""Parts of an Answer as elements of Slack's rich_text block.

Rich text takes texts as they are: nothing is parsed, so nothing needs escaping, no pasted mention or link comes alive,
and bold works between Han characters, where mrkdwn's asterisks do not.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.render.cells import width as cells
from bot.render.markup import spans
from bot.render.mrkdwn import clean, plain
from knowledge.answer_model import Bullets, Code, Heading, Para, Part, Table

Element = dict[str, Any]

TABLE_LINE = 44
"""Cells that a table may take to stay a table; wider ones would wrap on a phone and become lists."""


def inline(text: str, *, bold: bool = False) -> list[Element]:
    """A text with inline markup as text elements."""
    found = []
    for kind, content in spans(text):
        content = clean(content)
        if not content:
            continue
        style = {"bold": True} if bold or kind == "strong" else {}
        if kind in ("code", "link"):
            style["code"] = True
            content = content.rpartition(":")[2] if kind == "link" else content
        found.append({"type": "text", "text": content} | ({"style": style} if style else {}))
    return found


def section(elements: list[Element]) -> Element:
    return {"type": "rich_text_section", "elements": elements}


def preformatted(text: str) -> Element:
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": clean(text) or " "}]}


def elements(parts: Iterable[Part]) -> list[Element]:
    """Parts as rich_text elements; paragraphs that follow each other share one section, a line each."""
    found: list[Element] = []
    for part in parts:
        for element in _part(part):
            last = found[-1] if found else None
            if last and last["type"] == element["type"] == "rich_text_section":
                last["elements"] += [{"type": "text", "text": "\n"}, *element["elements"]]
            elif element.get("elements"):
                found.append(element)
    return found


def colon(label: str) -> str:
    """The colon of the label's script, with the space that Latin wants; a question needs none."""
    if label.endswith(("?", "？")):
        return " "
    return "：" if any("\u4e00" <= c <= "\u9fff" for c in label) else ": "


def _part(part: Part) -> Iterator[Element]:
    match part:
        case Heading(text):
            yield section(inline(text, bold=True))
        case Para(text, label):
            yield section([*(inline(label + colon(label), bold=True) if label else ()), *inline(text)])
        case Bullets(items, label):
            yield from _label(label)
            yield _list(inline(item) for item in items)
        case Code(text, label):
            yield from _label(label)
            yield preformatted(text)
        case Table(header, rows, label):
            yield from _label(label)
            yield from _table(header, rows)


def _label(label: str) -> Iterator[Element]:
    if label:
        yield section(inline(label + colon(label).rstrip(), bold=True))


def _list(items: Iterable[list[Element]]) -> Element:
    return {"type": "rich_text_list", "style": "bullet", "elements": [section(item) for item in items if item]}


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Iterator[Element]:
    """A table as aligned text where it is narrow, else as a list: first cell bold, the others named by their column."""
    body = [[plain(cell) for cell in row] for row in rows]
    columns = range(len(header))
    widths = [max(cells(row[n]) for row in [list(header), *body]) for n in columns]
    if sum(widths) + 2 * len(widths) <= TABLE_LINE:
        lines = ["  ".join(row[n] + " " * (widths[n] - cells(row[n])) for n in columns) for row in [header, *body]]
        yield preformatted("\n".join(line.rstrip() for line in lines))
        return
    longest = max(columns, key=lambda n: widths[n])
    yield _list(_row(header, row, longest) for row in rows)


def _row(header: tuple[str, ...], row: tuple[str, ...], longest: int) -> list[Element]:
    """`503` · Client sees: the same — every attempt timed out: the longest column needs no name."""
    found = inline(row[0], bold=True)
    for n, cell in enumerate(row[1:], 1):
        if cell and n != longest:
            found += [{"type": "text", "text": f" · {header[n]}{colon(header[n])}"}, *inline(cell)]
    if longest and row[longest]:
        found += [{"type": "text", "text": " — "}, *inline(row[longest])]
    return found
