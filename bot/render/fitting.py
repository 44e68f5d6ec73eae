"""Which parts of an answer fit one screen: how many lines each takes, which go first, which shrink to a sentence."""

import re
from collections.abc import Callable
from functools import cache

from bot.render.cells import width as cells
from bot.render.mrkdwn import plain
from knowledge.answer_model import Bullets, Code, Heading, Para, Part, Table

LINE = 100
"""Cells of a line in Slack's desktop window; a Han character takes two."""

_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z`*\[])|(?<=[。！？])")
_USUAL = re.compile(
    r"\s+(?:(bind|mode|default_backend|use_backend|balance|timeout (?:connect|client|server))(?: .*)?"
    r"|server \S+ \S+(?: check)?)$"
)
"""Lines of a configuration that are seldom what changes."""


def fit(parts: tuple[Part, ...], room: int) -> tuple[list[Part], bool]:
    """The parts for `room` lines, in order, and whether something was left out.

    The first part and the first command always show, a list at least by the items that there is room for, a configuration by
    the lines that matter and not at all where these are too many; what else fits shows by its first sentence, and whole while
    there is room, parts without a label first: they speak of this very question.
    """
    groups = _groups(parts)
    if not groups:
        return [], False
    # The same parts are measured again and again while their places are found.
    count = cache(lines)
    command = next((n for n, group in enumerate(groups) if any(isinstance(part, Code) for part in group)), 0)
    shown: dict[int, list[Part]] = {}
    for number in (0, command, *range(len(groups))):
        if number in shown:
            continue
        forms = [first := _items(groups[0], room, count), _short(first)] if number == 0 else [_short(groups[number])]
        if must := number in (0, command):
            forms.append([p for p in forms[-1] if not (isinstance(p, Code) and p.language == "haproxy")] or forms[-1])
        form = next((form for form in forms if _lines(shown, form, count) <= room), forms[-1] if must else None)
        if form is not None:
            shown[number] = form
    for number in sorted(shown, key=lambda n: (bool(getattr(groups[n][0], "label", "")), n)):
        rest = {n: group for n, group in shown.items() if n != number}
        if _lines(rest, groups[number], count) <= room:
            shown[number] = groups[number]
    left_out = len(shown) < len(groups) or any(shown[n] != groups[n] for n in shown)
    return [part for n in sorted(shown) for part in shown[n]], left_out


def _groups(parts: tuple[Part, ...]) -> list[list[Part]]:
    """A command stays with the sentence before it."""
    groups: list[list[Part]] = []
    for part in parts:
        if isinstance(part, Code) and groups and isinstance(groups[-1][-1], Para):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _lines(shown: dict[int, list[Part]], more: list[Part], count: Callable[[Part], int]) -> int:
    return sum(count(part) for group in (*shown.values(), more) for part in group)


def _items(group: list[Part], room: int, count: Callable[[Part], int]) -> list[Part]:
    """A group whose list is cut where it is too long for the screen, but not before its first item."""
    found = list(group)
    for number, part in enumerate(group):
        while isinstance(part, Bullets) and len(part.items) > 1 and _lines({}, found, count) > room:
            part = found[number] = Bullets(part.items[:-1], part.label)
    return found


def _short(group: list[Part]) -> list[Part]:
    said = " ".join(part.text for part in group if isinstance(part, Para))
    return [_essence(part, said) if isinstance(part, Code) else _first_sentence(part) for part in group]


def _essence(part: Code, said: str) -> Code:
    """A configuration without what every configuration has, unless the sentence before it names that; `# …` says so."""
    if part.language != "haproxy":
        return part
    found: list[str] = []
    section = ""
    for line in filter(str.strip, part.text.split("\n")):
        if not line[0].isspace():
            section = line
        elif not (usual := _USUAL.match(line)) or f"`{usual[1]}" in said:
            found += [section, line] if section else [line]
            section = ""
    return Code("\n".join([*found, "    # …"]), part.label, part.language) if found else part


def _first_sentence(part: Part) -> Part:
    if not isinstance(part, Para):
        return part
    first, *rest = _SENTENCE.split(part.text, maxsplit=1)
    return Para(first + (" …" if part.text.isascii() or first[-1:] == "." else "……"), part.label) if rest and rest[0] else part


def lines(part: Part, width: int = LINE) -> int:
    """Lines that a part takes on the screen, in a window `width` cells wide."""

    def wrapped(text: str, room: int) -> int:
        return sum(max(1, -(-cells(plain(line)) // room)) for line in text.split("\n"))

    match part:
        case Para(text, label):
            return wrapped(f"{label}: {text}" if label else text, width)
        case Bullets(items, label):
            return bool(label) + sum(wrapped(item, width - 4) for item in items)
        case Code(text, label):
            return bool(label) + sum(wrapped(line, width - 6) for line in text.strip("\n").split("\n"))
        case Table(_, rows, label):
            return bool(label) + 1 + len(rows)
        case Heading(text):
            return wrapped(text, width)
