"""Words → ranked entries, with a confidence that knows when nothing fits.

Every feature that the lexicon finds speaks for some entries (rules.toml), and so do the words by the examples they occur
in (symptoms of the entries, asked.toml). Whether the question is one of ours at all is decided apart, from how much
speaks for the best entry, how much for "nothing", how much of the text is known, and how much it tells.
"""

import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Literal

import msgspec
from msgspec import Struct

from knowledge import code as codes
from knowledge import doers, examples, lexicon, lexicon_files, prebuilt, timing, words
from knowledge.base import KnowledgeBase, load
from knowledge.examples import Examples, Told
from knowledge.lexicon import Lexicon, Seen
from knowledge.lexicon_files import Rule, asked, rules, source

NOTHING = "nothing"
EXAMPLES = 1.0
"""What the examples are worth beside the rules."""
LEAST = 0.33
"""How likely a question must be one of ours to be answered: unseen ones of ours are kept in 99 of 100, others refused in 98."""
SHARPNESS = 1.3
"""Makes the share of the first hit what it is: on unseen questions as often right as it says."""
HITS = 8
SIGNS = ("rules", "nothing", "examples", "known", "odds", "length", "named")
COMPARED = 4 * HITS
"""Entries whose scores the shares are taken of."""
FAINT = 0.0005
"""Entries less likely than this beside the first are not named at all, but for the second and the third."""
_GROUPS = frozenset(("pairs", "cookies", "messages", "timers"))
TOLD = 20
"""Words that a short text may have: in a longer one the names of other things stand by the way."""
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

    def __init__(self, base: KnowledgeBase, examples: Mapping[str, Iterable[str]] | None = None) -> None:
        """`examples` are questions by the id of the entry they ask for; those that ship, where None."""
        owned = [(entry.id, text) for entry in base for text in (*entry.symptoms.en, *entry.symptoms.zh)]
        owned += [(id, text) for id, texts in (asked() if examples is None else examples).items() for text in texts]
        self._lexicon = Lexicon(source(), _english(base))
        named = {target for rule in rules().rules for target in rule.adds if target != NOTHING and not _pattern(target)}
        letters = {f"pos{n}:{c}" for n, alphabet in enumerate(codes.POSITIONS, 1) for c in alphabet}
        cookies = {entry.id for entry in base.cookies.values()}
        self._ids = [*sorted({*base.states, *cookies, *letters, *named}, key=_order), NOTHING]
        place = {id: n for n, id in enumerate(self._ids)}
        self._prior = [0.0] * len(self._ids)
        for target, worth in rules().prior.items():
            for id in _matching(target, self._ids):
                self._prior[place[id]] += worth
        documented = {state.code for state in base.states.values() if state.documented}
        for n, id in enumerate(self._ids):
            if len(id) == 2 and id not in documented:
                self._prior[n] += rules().prior["undocumented"]
        self._rules = [_Compiled(rule, self._ids, place) for rule in rules().rules]
        self._always, self._under = _shelved(self._rules)
        self._examples = Examples(
            ((place[id], self._lexicon.see(text)) for id, text in owned if id in place and id != NOTHING),
            (self._lexicon.see(text) for id, text in owned if id == NOTHING),
        )
        groups: dict[tuple[float, int], list[int]] = {}
        for n in range(len(self._ids) - 1):
            groups.setdefault((self._prior[n], self._examples.classes.get(n, -1)), []).append(n)
        self._groups = [groups[key] for key in sorted(groups, reverse=True)]

    def why(self, text: str) -> tuple[Seen, list[str]]:
        """The features seen in a text and the rules that fired (for tuning)."""
        seen = self._lexicon.see(text[:LONGEST])
        return seen, [rule.has for rule in self._rules if rule.fires(seen.features)]

    def scores(self, text: str) -> tuple[dict[str, float], tuple[float, ...]]:
        """The score of every entry, and the signs of a question that is ours (for tuning and for tests)."""
        scored = self._score(self._lexicon.see(text[:LONGEST]))
        return {self._ids[-n]: score for score, n in scored.of(range(len(self._ids) - 1))}, scored.signs

    def find(self, text: str) -> SearchResult:
        """The entries that fit the words of `text`. Never raises; linear in its length up to `LONGEST`, constant beyond."""
        scored = self._score(self._lexicon.see(text[:LONGEST]))
        ours = 1 / (1 + math.exp(-self._relevance(scored.signs)))
        if ours < LEAST:
            return SearchResult((), 1 - ours, "nothing")
        best = sorted(scored.of(self._candidates(scored)), reverse=True)[:COMPARED]
        shares = [math.exp(SHARPNESS * (score - best[0][0])) for score, _ in best]
        whole = sum(shares)
        named = max(3, sum(share > FAINT for share in shares[:HITS]))
        hits = tuple((self._ids[-n], ours * s / whole) for (_, n), s in zip(best[:named], shares, strict=False))
        clear = len(hits) < 2 or hits[0][1] >= 0.55 or hits[0][1] >= 2.5 * hits[1][1]
        return SearchResult(hits, hits[0][1], "one" if clear else "several")

    def _relevance(self, signs: tuple[float, ...]) -> float:
        """The log odds that a question is one of ours, by the weights that `python -m tests.eval.calibrate` found."""
        weights = rules().relevance
        return weights["constant"] + sum(weights[name] * sign for name, sign in zip(SIGNS, signs, strict=True))

    def _candidates(self, scored: "_Scored") -> Iterator[int]:
        """The places that may be among the best: those that anything spoke of, and the first of each group of like others."""
        spoken = scored.added.keys() | scored.told.extra.keys()
        yield from spoken
        for group in self._groups:
            yield from islice((place for place in group if place not in spoken), COMPARED)

    def _score(self, seen: Seen) -> "_Scored":
        """The scores, without that of "nothing", and the signs that `_relevance` weighs."""
        added: dict[int, float] = {}
        found = seen.features
        for shelf in (self._always, *(self._under[f] for f in sorted(found & self._under.keys()))):
            for rule in shelf:
                if rule.needs <= found and rule.lacks.isdisjoint(found):
                    for place, worth in rule.adds:
                        added[place] = added.get(place, 0.0) + worth
        last = len(self._ids) - 1
        against = added.pop(last, 0.0)
        nothing = self._prior[last] + (against * min(1.0, TOLD / max(1, len(seen.stems))) if against > 0 else against)
        untouched = (self._prior[group[0]] for group in self._groups if any(place not in added for place in group))
        by_rules = max(next(untouched, -math.inf), *(self._prior[place] + worth for place, worth in added.items()), -math.inf)
        told = self._examples.weigh(seen)
        least, most = self._examples.extremes(told)
        named = {"haproxy", "fault"} <= found and found.isdisjoint(("setup", "asks"))
        signs = (by_rules, nothing, most, told.covered, told.odds, min(TOLD, len(seen.stems)), float(named))
        return _Scored(self._prior, self._examples.classes, added, told, least, signs)


class _Scored(Struct, frozen=True):
    """What was found out about one question: scores by place on demand, `signs` for `Index._relevance`."""

    prior: list[float]
    classes: dict[int, int]
    added: dict[int, float]
    told: Told
    least: float
    signs: tuple[float, ...]

    def of(self, places: Iterable[int]) -> list[tuple[float, int]]:
        """The entries' scores, each with its place negated: the first of equals is the greatest. Without examples: the least."""
        prior, added, classes, least = self.prior, self.added, self.classes, self.least
        base, extra = self.told.base, self.told.extra
        found = []
        for place in places:
            kind = classes.get(place)
            told = least if kind is None else base[kind] + extra.get(place, 0.0)
            found.append((prior[place] + added.get(place, 0.0) + EXAMPLES * told, -place))
        return found


class _Compiled:
    """A rule with its targets as places in the list of ids."""

    __slots__ = ("adds", "has", "lacks", "needs")

    def __init__(self, rule: Rule, ids: list[str], place: dict[str, int]) -> None:
        self.has = rule.has
        self.needs = frozenset(f for f in rule.has.split() if not f.startswith("!"))
        self.lacks = frozenset(f[1:] for f in rule.has.split() if f.startswith("!"))
        worth: dict[int, float] = {}
        for target, value in rule.adds.items():
            for id in _matching(target, ids):
                worth[place[id]] = worth.get(place[id], 0.0) + value
        self.adds = tuple(worth.items())

    def fires(self, features: frozenset[str]) -> bool:
        return self.needs <= features and self.lacks.isdisjoint(features)


def _shelved(compiled: list[_Compiled]) -> tuple[list[_Compiled], dict[str, list[_Compiled]]]:
    """The rules that need no feature, and the others under the rarest feature that each needs: few have to be looked at."""
    often = Counter(feature for rule in compiled for feature in rule.needs)
    under: dict[str, list[_Compiled]] = {}
    for rule in compiled:
        if rule.needs:
            under.setdefault(min(rule.needs, key=lambda f: (often[f], f)), []).append(rule)
    return [rule for rule in compiled if not rule.needs], under


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
    return "*" in target or target[:2] in ("3:", "4:") or target in _GROUPS or target.startswith("letters")


def _matching(target: str, ids: Iterable[str]) -> list[str]:
    """The ids that a target stands for: `C*`, `*H`, `3:N` (cookie pairs and the letter itself), one of `_GROUPS`, or one id."""
    if target in _GROUPS:
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
    return "pairs" if len(id) == 2 else f"{id.partition(':')[0]}s"


def _order(id: str) -> tuple[int, int, str]:
    return (len(id) != 2, codes.rank(id), id)


@cache
def index(base: KnowledgeBase) -> Index:
    """The index of a knowledge base, built once; that of the shipped one is kept beside the bytecode (0.7 s to build)."""
    if base is not load():
        return Index(base)
    code = (doers, examples, lexicon, lexicon_files, timing, words)
    sources = [__file__, *(str(module.__file__) for module in code)]
    folders = [os.path.join(prebuilt.ROOT, "entries", part) for part in ("", "states", "cookies")]
    return prebuilt.built("index", [*sources, *folders], Index, lambda: Index(base))
