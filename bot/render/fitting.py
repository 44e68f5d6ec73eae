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


def fit(parts: tuple[Part, ...], room: int) -> tuple[list[Part], bool]:
    """The parts for `room` lines, in order, and whether something was left out.

    The first part and the first command always show, a list at least by the items that there is room for; what else fits
    shows by its first sentence, and whole while there is room, parts without a label first: they speak of this very question.
    """
    groups = _groups(parts)
    if not groups:
        return [], False
    # The same parts are measured again and again while their places are found.
    count = cache(lines)
    shown = {0: _items(groups[0], room, count)}
    command = next((n for n, group in enumerate(groups) if any(isinstance(part, Code) for part in group)), 0)
    for number in (command, *range(len(groups))):
        short = [_first_sentence(part) for part in groups[number]]
        if number not in shown and (number == command or _lines(shown, short, count) <= room):
            shown[number] = short
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
