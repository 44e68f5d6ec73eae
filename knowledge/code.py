"""Termination states as codes: which letters are legal where, how text becomes a code, which legal codes are near.

The alphabets are those of HAProxy's manual, section 8.5, and of its source (`sess_term_cond`, `sess_fin_state`,
`sess_cookie`, `sess_set_cookie` in src/log.c).
"""

from itertools import product

from msgspec import Struct

POSITIONS: tuple[str, str, str, str] = ("-LcCsSPRIDKU", "-RCHDLQT", "NIDVEOU-", "NPDIRU-")

PAIRS: tuple[str, ...] = tuple(a + b for a, b in product(*POSITIONS[:2]))
COOKIE_PAIRS: tuple[str, ...] = tuple(a + b for a, b in product(*POSITIONS[2:]))

_DASHES = str.maketrans(dict.fromkeys("‐‑‒−﹣－", "-"))
_LONG_DASHES = "–—―⸺⸻"

_WORDS = (
    {"-": "normal", "L": "local", "c": "client-timeout", "C": "client-abort", "s": "server-timeout",
     "S": "server-abort", "P": "proxy-block", "R": "resource", "I": "internal", "D": "server-down",
     "K": "admin-kill", "U": "backup-release"},
    {"-": "done", "R": "request", "C": "connect", "H": "headers", "D": "data", "L": "last-data", "Q": "queue",
     "T": "tarpit"},
    {"-": "none", "N": "no-cookie", "I": "invalid", "D": "down", "V": "valid", "E": "expired", "O": "old",
     "U": "unused"},
    {"-": "none", "N": "nothing", "P": "provided", "D": "deleted", "I": "inserted", "R": "rewritten",
     "U": "updated"},
)  # fmt: skip


COMMON: tuple[str, ...] = (
    "cD", "SC", "sH", "PR", "SH", "SD", "cR", "CD", "CR", "sC", "PH", "sQ", "CH", "sD", "cH", "LR", "RC", "CC", "CQ",
    "PD", "PT", "CT", "DD", "KD", "LH", "PC", "LC", "--",
)  # fmt: skip
"""Pairs by how often people ask about them, most often first."""


class Fault(Struct, frozen=True):
    """Why a text is not a legal code: the first wrong character (1-based position), and the legal codes nearest to it.

    `position` is 0 where the length is wrong.
    """

    text: str
    position: int
    character: str
    legal: str
    nearest: tuple[str, ...]


def is_pair(code: str) -> bool:
    """True for one of the 96 pairs of the first two letters. Case is meaning."""
    return len(code) == 2 and code[0] in POSITIONS[0] and code[1] in POSITIONS[1]


def is_cookie_pair(code: str) -> bool:
    """True for one of the 56 pairs of the last two letters."""
    return len(code) == 2 and code[0] in POSITIONS[2] and code[1] in POSITIONS[3]


def is_state(code: str) -> bool:
    """True for a pair or for one of the 5,376 four-letter states."""
    return is_pair(code[:2]) and (len(code) == 2 or (len(code) == 4 and is_cookie_pair(code[2:])))


def slug(code: str, *, cookie: bool = False) -> str:
    """The file name of a pair's entry in words: sC is server-timeout-connect. Unique even where case is folded."""
    first, second = _WORDS[2:] if cookie else _WORDS[:2]
    return f"{first[code[0]]}-{second[code[1]]}"


def who(pair: str) -> str:
    """The first letter in words: "server-timeout" for sC."""
    return _WORDS[0][pair[0]]


def phase(pair: str) -> str:
    """The second letter in words: "connect" for sC."""
    return _WORDS[1][pair[1]]


def rank(pair: str) -> int:
    """How often people ask about a pair: 0 is most often; pairs outside `COMMON` come last."""
    return COMMON.index(pair) if pair in COMMON else len(COMMON)


def spellings(text: str) -> tuple[str, ...]:
    """What a typed code may have been before a phone joined its hyphens: every long dash as one and as two hyphens."""
    text = text.strip().translate(_DASHES)
    found = [""]
    for character in text[:8]:
        parts = ("--", "-") if character in _LONG_DASHES else (character,)
        found = [head + part for head in found for part in parts]
    return tuple(dict.fromkeys(found))


def parse(text: str) -> str | None:
    """The legal code that `text` spells (2 or 4 letters), None where it spells none. Never changes case."""
    if len(text) > 8:
        return None
    return next((s for s in spellings(text) if is_state(s)), None)


def case_variants(text: str) -> tuple[str, ...]:
    """The legal codes that differ from `text` in case only, likeliest first (`cd`: cD, CD)."""
    def options(index: int, character: str) -> list[str]:
        both = (character, character.swapcase())
        return [c for c in dict.fromkeys(both) if c in POSITIONS[index]]

    for spelled in spellings(text):
        if len(spelled) in (2, 4):
            found = ["".join(p) for p in product(*(options(i, c) for i, c in enumerate(spelled)))]
            if found:
                return tuple(found)
    return ()


def fault(text: str) -> Fault:
    """What keeps `text` from being a legal code. Call it where `parse` gave None."""
    spelled = spellings(text)[-1]
    nearest = case_variants(text)
    if len(spelled) not in (2, 4):
        return Fault(spelled, 0, "", "", nearest or _nearest(spelled[:2].ljust(2, "-")))
    index = next((i for i, c in enumerate(spelled) if c not in POSITIONS[i]), 0)
    return Fault(spelled, index + 1, spelled[index], POSITIONS[index], nearest or _nearest(spelled))


def _nearest(spelled: str) -> tuple[str, ...]:
    tail = spelled[2:] if is_cookie_pair(spelled[2:]) else ""
    folded = spelled.casefold()

    def distance(code: str) -> int:
        pair = (code[0] != spelled[0]) + (code[1] != spelled[1])
        loose = (code[0].casefold() != folded[0]) + (code[1].casefold() != folded[1])
        return 2 * loose + pair

    return tuple(code + tail for code in sorted(COMMON, key=distance)[:3])
