"""What examples say: how much the words of a question speak for each entry, judged by how others have put it."""

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from knowledge.lexicon import Seen
from knowledge.words import is_han

SMOOTHING = 0.2
"""How many sightings of a word every entry is granted beforehand, at the rate at which all examples have it: a word seen
once or twice says little against an entry that does not have it, however many examples that entry has."""

DOUBT = 0.5
"""As many examples of a word are taken for granted on either side when ours are told from others."""


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
        self._owners = sorted(size)
        self._present: dict[str, list[tuple[int, float]]] = {gram: [] for gram in spread}
        self._shelf = {gram: round(math.log2(count)) for gram, count in spread.items()}
        self._absent = {
            shelf: [-math.log1p(size[owner] * 2**shelf / (SMOOTHING * len(found))) for owner in self._owners]
            for shelf in set(self._shelf.values())
        }
        place = {owner: n for n, owner in enumerate(self._owners)}
        for (gram, owner), count in counts.items():
            worth = math.log1p(count / SMOOTHING)
            self._present[gram].append((place[owner], worth))
        theirs = Counter(gram for grams in foreign for gram in grams)
        ratio = (len(foreign) + 2 * DOUBT) / (len(found) + 2 * DOUBT)
        self._ours = {
            gram: math.log(ratio * (spread[gram] + DOUBT) / (theirs[gram] + DOUBT)) for gram in spread.keys() | theirs.keys()
        }

    def weigh(self, seen: Seen) -> tuple[dict[int, float], float, float]:
        """What `seen` is worth to each owner of examples, the share (0–1) of its words that any example has, and how
        much its words speak for a question of ours rather than another (log odds, damped for long texts)."""
        grams = _grams(seen)
        known = [gram for gram in grams if gram in self._present]
        words = {gram for gram in grams if not gram.startswith("=")}
        worth = [0.0] * len(self._owners)
        for shelf, times in Counter(self._shelf[gram] for gram in known).items():
            worth = [value + times * absent for value, absent in zip(worth, self._absent[shelf], strict=True)]
        for gram in known:
            for place, value in self._present[gram]:
                worth[place] += value
        scale = max(1, len(known)) ** -0.3
        covered = sum(gram in self._present for gram in words) / (len(words) or 1)
        odds = sum(self._ours.get(gram, 0.0) for gram in grams) / math.sqrt(len(grams) or 1)
        return {owner: scale * value for owner, value in zip(self._owners, worth, strict=True)}, covered, odds


def _grams(seen: Seen) -> set[str]:
    stems = seen.stems
    pairs = {a + b for a, b in pairwise(stems) if is_han(a) and is_han(b)}
    return {s for s in stems if not is_han(s)} | pairs | {f"={f}" for f in seen.features if not f.startswith("op.")}
