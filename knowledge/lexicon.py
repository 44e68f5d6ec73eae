"""The lexicon read, and a text seen through it: which terms occur, who did what, in which phase.

A text becomes a set of features. A term that occurs is a feature by its name (`websocket drops` has `longlived` and
`abort`). An action is also bound to its doer (`client.abort`), a phase to the word that places it (`before.respond`,
`no.request`; `at.X` for any of them that places the end in that phase).
"""

import re
from typing import Any

from msgspec import Struct

from knowledge.doers import Doers, Item
from knowledge.lexicon_files import Source, english
from knowledge.timing import clues, shorter
from knowledge.words import Speller, Stemmer, is_han, sound, tokens

_MARKS = frozenset(",;.!?:()\n，。；！？：、（）")
_CUTS = frozenset(",;!?\n，；！？。")
"""What no phrase goes across ("没人应，用户走了" has no "应用")."""
_REACH = {"before": 8, "while": 8, "wait": 8, "no": 5}
_BACK = {"ago": 4, "in": 3, "undone": 6}
_LOOSE = 2
"""Words that may stand between "not" and what is not inserted ("没有重新种", "no other new one")."""
_PLACES = frozenset({"before", "while", "wait", "ago", "in", "undone"})
_FEATURE = {"undone": "no", "ago": "before", "in": "while"}
_NAMED = re.compile(r"(?<![A-Za-z0-9_?&])[A-Z][A-Z0-9_]{2,}=[a-z][\w.-]*")
"""A cookie as it is sent: `SRV=web3`."""
NUMBER = "#"
"""Stands for any number in a phrase (`takes # seconds`)."""


class Seen(Struct, frozen=True):
    """A text seen through the lexicon: its features, and its stems (Han characters one by one) for the finer comparison."""

    features: frozenset[str]
    stems: tuple[str, ...]


Node = dict[str, Any]


class Lexicon:
    """Phrases as a tree of tokens, and the reading of a text by them. `known` are further English words to leave unspelled."""

    def __init__(self, source: Source, known: frozenset[str] = frozenset()) -> None:
        self._stem = Stemmer(source.irregular)
        self._stop = frozenset(source.stopwords)
        self._misspelt = source.misspelt
        self._breaks = frozenset(source.clauses["breaks"])
        self._passive = frozenset(source.clauses["passive"])
        self._doers = Doers(source, self._spelled)
        self._implies = source.implies
        self._openings = tuple(source.openings.items())
        self._subjects = frozenset(source.subjects)
        every = {**source.actions, **source.terms}
        self._nested = {f" {' '.join(self._path(p))} ": n for n in source.nested for p in every[n] if " " not in p}
        self._tree: Node = {}
        self._sounds: Node = {}
        groups = (source.agents, source.actions, source.terms, {f"op.{k}": v for k, v in source.operators.items()})
        for group in groups:
            for name, phrases in group.items():
                for phrase in phrases:
                    self._plant(name, phrase)
        self._grammar = frozenset(source.grammar)
        self._placed = frozenset(source.placed)
        self._deniable = frozenset(source.deniable)
        spelled = [p for group in groups for name, ps in group.items() if name not in source.exact for p in ps]
        targets = {stem for phrase in spelled for stem in self._path(phrase)}
        plain = {self._stem(w) for w in (*english(), *source.stopwords, *source.irregular, *known)} | self._words(self._tree)
        self._spell = Speller(targets, plain)

    def _spelled(self, phrases: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(self._stem(t) for t in tokens(p)) for p in phrases)

    def _words(self, node: Node) -> set[str]:
        found = {k for k in node if k}
        for key, child in node.items():
            if key:
                found |= self._words(child)
        return found

    def _path(self, phrase: str) -> list[str]:
        words = [t for t in tokens(phrase.replace(NUMBER, "0")) if t not in _MARKS]
        words = [self._misspelt.get(t, t) for t in words]
        path = [NUMBER if t in ("0", "9") else self._stem(t) for t in words if t not in self._stop]
        return path or [self._stem(t) for t in words]

    def _plant(self, name: str, phrase: str) -> None:
        path = self._path(phrase)
        spaced = f" {' '.join(path)} "
        inside = {n for p, n in self._nested.items() if p in spaced}
        node = self._tree
        for token in path:
            node = node.setdefault(token, {})
        node[""] = tuple(dict.fromkeys((*node.get("", ()), name, *sorted(inside))))
        if len(path) > 1 and all(is_han(t) for t in path):
            node = self._sounds
            for token in path:
                node = node.setdefault(sound(token), {})
            node.setdefault("", []).append((tuple(path), name))

    def see(self, text: str) -> Seen:
        """The features of a text; meant for texts of a few sentences."""
        stems: list[str] = []
        clause: list[int] = []
        suffered: set[int] = set()
        number, last = 0, ""
        cuts: list[int] = []
        for token in tokens(text):
            previous, last = last, token
            if token in _MARKS:
                number += 1
                if token in _CUTS:
                    cuts.append(len(stems))
                continue
            if token in self._breaks:
                number += 1
            if token in self._stop:
                continue
            stem = self._stem(self._misspelt.get(token, token))
            if stem.isalpha() and not is_han(stem):
                stem = self._spell(stem, len(token))
            if previous in self._passive:
                suffered.add(len(stems))
            stems.append(stem)
            clause.append(number)
        items = self._asserted(self._items(stems, clause, _reaches(cuts, len(stems))))
        features = {name for item in items for name in item.names}
        low = text.lstrip().casefold()
        features.update(name for name, openings in self._openings if low.startswith(openings))
        first = next((item for item in items if not item.names[0].startswith("op.")), None)
        if first and first.start < 2 and not self._subjects.isdisjoint(first.names):
            features.add("subject")
        if _NAMED.search(text):
            features.add("namedcookie")
        if timers := clues(text):
            features |= {*timers, "timers"}
        features |= shorter(text)
        self._doers.bind(items, stems, suffered, features)
        self._place(items, features)
        for name in tuple(features):
            features.update(self._implies.get(name, ()))
        return Seen(frozenset(features), tuple(stems))

    def _items(self, stems: list[str], clause: list[int], reach: list[int]) -> list[Item]:
        """Phrases from left to right, the longest first; a longer phrase that only sounds like it wins over a shorter one."""
        found: list[Item] = []
        place = 0
        while place < len(stems):
            end, names = self._longest(stems, place, reach[place])
            if is_han(stems[place]):
                alike, name = self._alike(stems, place, reach[place])
                # "服务器断开" is no slip of "服务器端": what is read exactly, word by word, stands.
                if alike > end and not (names and self._longest(stems, end, reach[place])[0] >= alike):
                    end, names = alike, (name,)
            if names:
                found.append(Item(place, end, names, clause[place]))
            place = max(end, place + 1)
        return found

    def _asserted(self, items: list[Item]) -> list[Item]:
        """Without what a `no` directly before it denies ("not refused", "没有超时"); what is not inserted is a feature itself."""
        kept = []
        for n, item in enumerate(items):
            denied = n > 0 and "op.no" in items[n - 1].names and item.clause == items[n - 1].clause
            gap = item.start - items[n - 1].end if denied else 0
            if denied and gap <= _LOOSE and item.names == ("inserted",):
                kept.append(Item(item.start, item.end, ("notinserted",), item.clause))
            elif not (denied and gap == 0 and self._deniable.issuperset(item.names)):
                kept.append(item)
        return kept

    def _longest(self, stems: list[str], start: int, reach: int) -> tuple[int, tuple[str, ...]]:
        node, end, names, counted = self._tree, start, (), ()
        for step in range(start, reach):
            stem = stems[step]
            child = node.get(stem)
            if child is None and stem.isdigit():
                child = node.get(NUMBER)
                counted = self._tree.get(stem, {}).get("", ())  # "its own 503": the status stays one
            if child is None:
                break
            node = child
            if "" in node:
                end, names = step + 1, (*node[""], *counted)
        return end, names

    def _alike(self, stems: list[str], start: int, reach: int) -> tuple[int, str]:
        """The end and name of the longest phrase of Han characters that sounds like what stands here, half of it the same."""
        node, end, best = self._sounds, start, ""
        for step in range(start, reach):
            node = node.get(sound(stems[step]), {})
            if not node:
                break
            for path, name in node.get("", ()):
                wrong = [typed for meant, typed in zip(path, stems[start : step + 1], strict=True) if meant != typed]
                if 0 < len(wrong) <= len(path) / 2 and (len(path) > 3 or self._grammar.isdisjoint(wrong)):
                    end, best = step + 1, name
        return end, best

    def _place(self, items: list[Item], features: set[str]) -> None:
        """Adds `before.X`, `no.X` … for phases that stand in the reach of such a word."""
        for n, item in enumerate(items):
            for name in item.names:
                operator = name[3:] if name.startswith("op.") else ""
                if operator in _REACH:
                    near = (i for i in items[n + 1 :] if i.start - item.end < _REACH[operator])
                elif operator in _BACK:
                    near = (i for i in reversed(items[:n]) if item.start - i.end < _BACK[operator])
                else:
                    continue
                for phase in (p for i in near for p in i.names if p in self._placed):
                    features.add(f"{_FEATURE.get(operator, operator)}.{phase}")
                    if operator in _PLACES:
                        features.add(f"at.{phase}")
                    if phase != "send":  # "before sending the request" is about the request
                        break


def _reaches(cuts: list[int], length: int) -> list[int]:
    """For every place the first one behind it that no phrase from there may reach."""
    ends = sorted({*cuts, length} - {0})
    reach: list[int] = []
    for end in ends:
        reach += [end] * (end - len(reach))
    return reach
