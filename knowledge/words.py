"""Words as they are typed: tokens, English endings, spelling mistakes, Chinese scripts and sound-alike characters."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge import prebuilt

_TOKEN = re.compile(
    r"(?<![a-z0-9])-\d+|\d+(?=(?:ms|s|sec|m|min|h|k|mb|gb)(?![a-z0-9]))|[a-z0-9]+"
    r"|[\u3400-\u9fff]|[,;.!?:()\n，。；！？：、（）]"
)
_NEGATED = re.compile(r"n['’]t\b")
_POSSESSIVE = re.compile(r"['’]s?\b")
_COUNTED = re.compile("[一二两三四五六七八九十百半]+(?=多?(?:秒|分钟|个?小时))")
"""A Chinese number before a unit of time: which number it is says nothing, that it is one does."""
_SPELLED = re.compile(
    r"\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|half an?)"
    r"(?: half)?[ -](?=(?:milli)?(?:seconds?|secs?|minutes?|mins?|hours?|days?)\b)"
)
"""The same in English."""
_VOWELS = frozenset("aeiouy")
_ENDINGS = frozenset("dg")


class Chinese(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of `chinese.toml`."""

    traditional: str
    simplified: str
    regional: dict[str, str]
    syllables: dict[str, str]


@cache
def _facts() -> Chinese:
    return prebuilt.table("chinese", Chinese)


@cache
def _chinese() -> tuple[dict[int, int], dict[str, str]]:
    raw = _facts()
    script = {ord(t): ord(s) for t, s in zip(raw.traditional, raw.simplified, strict=True)}
    return script, {c: _loose(syllable) for syllable, chars in raw.syllables.items() for c in chars}


@cache
def _regional() -> tuple[re.Pattern[str], dict[str, str]]:
    """The words of Taiwan and Hong Kong, in simplified characters, and what the mainland says for them."""
    said = _facts().regional
    return re.compile("|".join(sorted(said, key=len, reverse=True))), said


def _loose(syllable: str) -> str:
    """A syllable without the differences that many speakers do not make: zh/z, ch/c, sh/s, -ing/-in, -eng/-en."""
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable


def sound(character: str) -> str:
    """The syllable of a Han character, the character itself where we do not know it."""
    return _chinese()[1].get(character, character)


def is_han(token: str) -> bool:
    return "\u3400" <= token[0] <= "\u9fff"


def tokens(text: str) -> list[str]:
    """Lower-case words, numbers, single Han characters (simplified) and punctuation marks, in their order."""
    text = text.casefold().translate(_chinese()[0])
    text = _POSSESSIVE.sub("", _NEGATED.sub(" not", text)) if "'" in text or "’" in text else text
    if not text.isascii():
        pattern, said = _regional()
        text = pattern.sub(lambda found: said[found[0]], text)
    if "秒" in text or "分钟" in text or "小时" in text:
        text = _COUNTED.sub("9 ", text)
    if "second" in text or "sec" in text or "min" in text or "hour" in text or "day" in text:
        text = _SPELLED.sub("9 ", text)
    return _TOKEN.findall(text)


class Stemmer:
    """English endings off, with a table of irregular forms."""

    def __init__(self, irregular: dict[str, str]) -> None:
        self._irregular = irregular

    def __call__(self, word: str) -> str:
        """The stem of a lower-case word; Han characters, numbers and marks are their own, and so are forms of themselves."""
        form = self._irregular.get(word, word)
        if self._irregular.get(form) == form:
            return form
        return _bare(form)


@lru_cache(8192)
def _bare(word: str) -> str:
    """A word without its English ending. The same words come again and again: in phrases, examples and questions."""
    if len(word) < 4 or not word.isalpha() or is_han(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3 and not _VOWELS.isdisjoint(base):
            word = base[:-1] if base[-1] == base[-2] and base[-1] not in "lsz" else base
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


class Speller:
    """Unknown words brought to the nearest known one; known English words and short ones are left alone."""

    def __init__(self, targets: Iterable[str], known: Iterable[str]) -> None:
        self._targets = frozenset(t for t in targets if t.isalpha() and len(t) > 2 and not is_han(t))
        self._known = self._targets | frozenset(known)
        self._by_length: dict[int, list[str]] = {}
        for length in range(3, 24):
            near = [t for t in sorted(self._targets) if abs(len(t) - length) <= 2]
            self._by_length[length] = near
        # A slip in the ending ("aboretd") hides it from the stemmer: such words are compared with the forms that have it.
        self._forms: dict[int, dict[str, str]] = {}
        for target in sorted(self._targets):
            if len(target) >= 4:
                for form in (f"{target}ed", f"{target}ing"):
                    self._forms.setdefault(len(form), {})[form] = target

    def __call__(self, stem: str, length: int) -> str:
        """`stem` (of a word of `length` letters) or the stem it is probably a misspelling of."""
        if stem in self._known or length < 4 or not stem.isalpha() or len(stem) > 22:
            return stem
        allowed = 1 if length < 7 else 2
        found = process.extract(
            stem, self._by_length[max(3, len(stem))], scorer=OSA.distance, score_cutoff=allowed, limit=5
        )
        best = min(
            found, default=None,
            key=lambda f: (f[1], f[0][0] != stem[0], f[0][-1] != stem[-1], abs(len(f[0]) - len(stem)), f[0]),
        )  # fmt: skip
        if best is None or len(best[0]) < 3:
            return self._ending(stem)
        word, slips = best[0], best[1]
        # A slip is seldom at the start of a word, and two of them seldom leave neither end as it was.
        doubtful = (slips == 2 or length < 6) if word[0] != stem[0] else (slips == 2 and word[-1] != stem[-1])
        return self._ending(stem) if doubtful else word

    def _ending(self, word: str) -> str:
        """The stem whose form with -ed or -ing is one slip away from `word` (two, in a long one), else `word`."""
        if len(word) < 6 or not (_ENDINGS & {word[-1], word[-2]}):
            return word
        slips = 1 if len(word) < 8 else 2
        for more in range(slips + 1):
            forms = self._forms.get(len(word) + more, {})
            found = process.extractOne(word, forms.keys(), scorer=OSA.distance, score_cutoff=max(1, more))
            if found and found[0][:2] == word[:2]:
                return forms[found[0]]
        return word
