"""What examples say: how much the words of a question speak for each entry, judged by how others have put it."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise, repeat

from msgspec import Struct

from knowledge.lexicon import Seen
from knowledge.words import is_han

SMOOTHING = 0.2
"""How many sightings of a word every entry is granted beforehand, at the rate at which all examples have it: a word seen
once or twice says little against an entry that does not have it, however many examples that entry has."""

DOUBT = 0.5
"""As many examples of a word are taken for granted on either side when ours are told from others."""


STEPS = 4
"""Owners with nearly as many examples are of one class: so many classes for each doubling."""

COMMON = 2_000
"""A word that the examples of more entries have tells them apart too little for what looking at them all costs."""


class Told(Struct, frozen=True):
    """What a question's words say of the owners of examples: `base` by class of owners, `extra` on top of it for those
    whose examples have some of the words; the share (0–1) of the words that any example has; how much they speak for a
    question of ours rather than another (log odds, damped for long texts)."""

    base: list[float]
    extra: dict[int, float]
    covered: float
    odds: float


class Examples:
    """Naive Bayes over the words, Han character pairs and lexicon features of examples, each owned by one entry.

    A word counts by how much more often the examples of an entry have it than all examples do. Examples of `others`
    are those of questions that no entry answers: they only tell such words from ours.
    """

    def __init__(self, owned: Iterable[tuple[int, Seen]], others: Iterable[Seen] = ()) -> None:
        found = [(owner, _grams(seen)) for owner, seen in owned]
        foreign = [_grams(seen) for seen in others]
        size = Counter(owner for owner, _ in found)
        spread = Counter(gram for _, grams in found for gram in grams)
        counts = Counter((gram, owner) for owner, grams in found for gram in grams)
        steps = {owner: round(STEPS * math.log2(count)) for owner, count in size.items()}
        sizes = sorted(set(steps.values()))
        self.classes = {owner: sizes.index(step) for owner, step in steps.items()}
        self._members = Counter(self.classes.values())
        self._present: dict[str, list[tuple[int, float]]] = {gram: [] for gram in spread}
        alike: dict[tuple[int, int], tuple[int, float]] = {}  # few are different: one object each saves half of the index
        for (gram, owner), count in counts.items():
            posting = alike.setdefault((owner, count), (owner, math.log1p(count / SMOOTHING)))
            self._present[gram].append(posting)
        self._shelf = {
            gram: round(math.log2(count)) for gram, count in spread.items() if len(self._present[gram]) <= COMMON
        }
        self._absent = {
            shelf: [-math.log1p(2 ** (shelf + step / STEPS) / (SMOOTHING * len(found))) for step in sizes]
            for shelf in set(self._shelf.values())
        }
        theirs = Counter(gram for grams in foreign for gram in grams)
        ratio = (len(foreign) + 2 * DOUBT) / (len(found) + 2 * DOUBT)
        self._ours = {
            gram: math.log(ratio * (spread[gram] + DOUBT) / (theirs[gram] + DOUBT)) for gram in spread.keys() | theirs.keys()
        }

    def weigh(self, seen: Seen) -> Told:
        """What `seen` is worth to the owners of examples; only those that have some of its words are looked at."""
        grams = _grams(seen)
        known = [gram for gram in grams if gram in self._shelf]
        words = {gram for gram in grams if not gram.startswith("=")}
        scale = max(1, len(known)) ** -0.3
        base = [0.0] * len(self._members)
        for shelf, times in Counter(self._shelf[gram] for gram in known).items():
            base = [value + times * absent for value, absent in zip(base, self._absent[shelf], strict=True)]
        extra: defaultdict[int, float] = defaultdict(float)
        for gram in known:
            for owner, value in self._present[gram]:
                extra[owner] += value
        covered = sum(map(self._present.__contains__, words)) / (len(words) or 1)
        odds = sum(map(self._ours.get, grams, repeat(0.0))) / math.sqrt(len(grams) or 1)
        return Told([scale * v for v in base], {owner: scale * v for owner, v in extra.items()}, covered, odds)

    def extremes(self, told: Told) -> tuple[float, float]:
        """The least and the most that any owner was told, 0 and 0 where there are no owners."""
        touched = Counter(self.classes[owner] for owner in told.extra)
        values = [told.base[n] for n, count in self._members.items() if touched[n] < count]
        values += [told.base[self.classes[owner]] + more for owner, more in told.extra.items()]
        return min(values, default=0.0), max(values, default=0.0)


def _grams(seen: Seen) -> set[str]:
    stems = seen.stems
    pairs = {a + b for a, b in pairwise(stems) if is_han(a) and is_han(b)}
    return {s for s in stems if not is_han(s)} | pairs | {f"={f}" for f in seen.features if not f.startswith("op.")}
