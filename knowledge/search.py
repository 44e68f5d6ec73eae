"""Words → ranked entries, with a confidence that knows when nothing fits.

Every feature that the lexicon finds speaks for some entries (rules), every symptom that an entry lists speaks for it as
far as it resembles the question; "nothing" takes part as an entry of its own. The scores become shares of one.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Literal

import msgspec
from msgspec import Struct

from knowledge import code as codes
from knowledge.base import KnowledgeBase
from knowledge.lexicon import Lexicon, Rule, Seen, asked, rules, source
from knowledge.words import is_han

NOTHING = "nothing"
LIKENESS = 4.5
"""What a symptom that is word for word the question is worth, on the scale of the rules (3: strong)."""
SHARPNESS = 0.9
HITS = 8
LONGEST = 600
"""Characters of a question that are looked at: what it is about is said early."""


class SearchResult(Struct, frozen=True):
    """Hits are (entry id, score 0–1), best first; `confidence` is that of the first hit.

    "one": the first is clearly ahead; "several": the first three are to be told apart; "nothing": no hits.
    """

    hits: tuple[tuple[str, float], ...]
    confidence: float
    outcome: Literal["one", "several", "nothing"]


class Index:
    """What can be found, built once from the entries and the lexicon. Finding changes nothing in it."""

    def __init__(self, base: KnowledgeBase) -> None:
        symptoms = [(entry.id, text) for entry in base for text in (*entry.symptoms.en, *entry.symptoms.zh)]
        symptoms += [(id, text) for id, texts in asked().items() for text in texts]
        self._lexicon = Lexicon(source(), _english(base))
        named = {target for rule in rules().rules for target in rule.adds if not _pattern(target)}
        letters = {f"pos{n}:{c}" for n, alphabet in enumerate(codes.POSITIONS, 1) for c in alphabet}
        cookies = {f"cookie:{c}" for c in base.cookies}
        self._ids = sorted({*base.states, *cookies, *letters, *named, NOTHING}, key=_order)
        place = {id: n for n, id in enumerate(self._ids)}
        self._prior = [0.0] * len(self._ids)
        for target, worth in rules().prior.items():
            for id in _matching(target, self._ids):
                self._prior[place[id]] += worth
        self._rules = [_Compiled(rule, self._ids, place) for rule in rules().rules]
        self._likeness = _Likeness(
            [(place[id], self._lexicon.see(text)) for id, text in symptoms if id in place]
        )

    def scores(self, text: str) -> dict[str, float]:
        """The raw score of every entry, "nothing" among them (for tuning and for tests)."""
        return dict(zip(self._ids, self._score(self._lexicon.see(text[:LONGEST])), strict=True))

    def why(self, text: str) -> tuple[Seen, list[str]]:
        """The features seen in a text and the rules that fired (for tuning)."""
        seen = self._lexicon.see(text[:LONGEST])
        return seen, [rule.has for rule in self._rules if rule.fires(seen.features)]

    def find(self, text: str) -> SearchResult:
        """The entries that fit the words of `text`. Never raises; linear in its length up to `LONGEST`, constant beyond."""
        score = self._score(self._lexicon.see(text[:LONGEST]))
        order = sorted(range(len(score)), key=lambda n: -score[n])
        best = score[order[0]]
        shares = [math.exp(SHARPNESS * (score[n] - best)) for n in order]
        whole = sum(shares)
        if self._ids[order[0]] == NOTHING:
            return SearchResult((), shares[0] / whole, "nothing")
        ranked = [(self._ids[n], share / whole) for n, share in zip(order, shares, strict=True) if self._ids[n] != NOTHING]
        hits = tuple((id, share) for id, share in ranked[:HITS] if share > 0.01)
        clear = hits[0][1] >= 0.45 or len(hits) < 2 or hits[0][1] >= 2 * hits[1][1]
        return SearchResult(hits, hits[0][1], "one" if clear else "several")

    def _score(self, seen: Seen) -> list[float]:
        score = self._prior.copy()
        for rule in self._rules:
            if rule.fires(seen.features):
                for place, worth in rule.adds:
                    score[place] += worth
        for place, likeness in self._likeness.to(seen).items():
            score[place] += LIKENESS * likeness
        return score


class _Compiled:
    """A rule with its targets as places in the list of ids."""

    __slots__ = ("adds", "has", "lacks", "needs")

    def __init__(self, rule: Rule, ids: list[str], place: dict[str, int]) -> None:
        self.has = rule.has
        self.needs = frozenset(f for f in rule.has.split() if not f.startswith("!"))
        self.lacks = frozenset(f[1:] for f in rule.has.split() if f.startswith("!"))
        worth: Counter[int] = Counter()
        for target, value in rule.adds.items():
            for id in _matching(target, ids):
                worth[place[id]] += value  # type: ignore[assignment]
        self.adds = tuple(worth.items())

    def fires(self, features: frozenset[str]) -> bool:
        return self.needs <= features and self.lacks.isdisjoint(features)


class _Likeness:
    """How much a text resembles the symptoms of each entry: shared words, word pairs and features, rare ones count more."""

    def __init__(self, symptoms: list[tuple[int, Seen]]) -> None:
        grams = [(place, _grams(seen)) for place, seen in symptoms]
        spread = Counter(gram for _, found in grams for gram in found)
        total = len(grams) or 1
        self._rarity = {gram: math.log(1 + total / count) for gram, count in spread.items()}
        self._unknown = math.log(1 + total)
        common = {gram for gram, count in spread.items() if count > max(6, total / 8)}
        self._owner: list[int] = []
        self._norm: list[float] = []
        self._where: dict[str, list[int]] = {}
        for number, (place, found) in enumerate(grams):
            self._owner.append(place)
            self._norm.append(math.sqrt(sum(self._rarity[g] ** 2 for g in found)) or 1.0)
            for gram in found:
                if gram not in common:
                    self._where.setdefault(gram, []).append(number)

    def to(self, seen: Seen) -> dict[int, float]:
        """Place of an entry → the cosine (0–1) with the nearest of its symptoms."""
        found = _grams(seen)
        dot: dict[int, float] = {}
        norm = 0.0
        for gram in found:
            rarity = self._rarity.get(gram, self._unknown)
            norm += rarity * rarity
            for number in self._where.get(gram, ()):
                dot[number] = dot.get(number, 0.0) + rarity * rarity
        best: dict[int, float] = {}
        length = math.sqrt(norm) or 1.0
        for number, product in dot.items():
            likeness = product / (length * self._norm[number])
            owner = self._owner[number]
            if likeness > best.get(owner, 0.0):
                best[owner] = likeness
        return best


def _grams(seen: Seen) -> set[str]:
    stems = seen.stems
    pairs = {a + b for a, b in zip(stems, stems[1:], strict=False) if is_han(a) and is_han(b)}
    return {s for s in stems if not is_han(s)} | pairs | {f"={f}" for f in seen.features if not f.startswith("op.")}


def _english(base: KnowledgeBase) -> frozenset[str]:
    """The English words of the entries' own texts: spelled right, to be left alone."""
    texts: list[str] = []
    pending: list[object] = [msgspec.to_builtins(entry) for entry in base]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            english = value.get("en")
            texts += [english] if isinstance(english, str) else []
            pending += [v for v in value.values() if isinstance(v, dict | list | tuple)]
        elif isinstance(value, list | tuple):
            texts += [v for v in value if isinstance(v, str)]
            pending += [v for v in value if isinstance(v, dict | list | tuple)]
    return frozenset(re.findall(r"[a-z]{4,}", "\n".join(texts).casefold()))


def _pattern(target: str) -> bool:
    return "*" in target or target[:2] in ("1:", "2:", "3:", "4:")


def _matching(target: str, ids: Iterable[str]) -> list[str]:
    """The ids that a target stands for: `C*`, `*H`, `3:N` (cookie pairs and the letter itself), `pairs`, `pos`, or one id."""
    if target in ("pairs", "cookies"):
        return [id for id in ids if _group(id) == target]
    if target.startswith("letters"):
        return [id for id in ids if id.startswith("pos") and id[3] in target]
    if len(target) == 2 and target.endswith("*") and target != "**":
        return [id for id in ids if (len(id) == 2 and id[0] == target[0]) or id == f"pos1:{target[0]}"]
    if len(target) == 2 and target.startswith("*"):
        return [id for id in ids if (len(id) == 2 and id[1] == target[1]) or id == f"pos2:{target[1]}"]
    if target[:2] in ("3:", "4:"):
        index = int(target[0]) - 3
        return [i for i in ids if (i.startswith("cookie:") and i[7 + index] == target[2]) or i == f"pos{target}"]
    return [id for id in ids if id == target]


def _group(id: str) -> str:
    if id.startswith("cookie:"):
        return "cookies"
    if id.startswith("pos"):
        return "letters"
    return "pairs" if len(id) == 2 else ""


def _order(id: str) -> tuple[int, int, str]:
    return (len(id) != 2, codes.rank(id), id)


@cache
def index(base: KnowledgeBase) -> Index:
    """The index of a knowledge base, built once."""
    return Index(base)
