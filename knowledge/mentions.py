"""Codes mentioned in a sentence: which tokens are termination states, and which only look like one ("my CD pipeline")."""

import re
from functools import cache
from typing import Literal

from msgspec import Struct

from knowledge import code as codes
from knowledge import prebuilt

COOKIE_PAIRS = frozenset({"NN", "II", "NI", "VN", "VU", "EI", "OI", "DI", "VI", "DN", "UN", "IN", "EN", "ON"})
"""Cookie pairs that HAProxy really logs; others (IP, OR, UP) are taken for words."""

_RUN = re.compile(r"[A-Za-z0-9_./@#+&%~*-]+")
_CODE = re.compile(r"[A-Za-z-]{2,4}")
TIMER = re.compile(r"(?<![\w/])(T[hiRqwcrdatu])(?![\w/])")
_LAST_TWO = re.compile(
    r"\b(?:last|final) (?:two|2)\b|\b(?:third|3rd)(?: ?(?:and|&|/) ?| )(?:the )?(?:fourth|4th)\b"
    r"|第?[三3][、和与到]?第?[四4]位",
    re.IGNORECASE,
)
_LINES = re.compile(r"(?<![\d.])[1-5]\d\d(?![\d.])|\b(?:lines?|logs?|sessions?)\b|日志|日誌", re.IGNORECASE)
_OURS = re.compile(r"\b(?:queue|connect|server|client|request|tunnel)[ -]timers?\b", re.IGNORECASE)
"""A timeout of HAProxy's by another name: says what ran out, asks nothing."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_']*|\d+|[\u3400-\u9fff]+")


class Prose(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of `prose.toml`: what stands around codes in sentences."""

    ordinary: frozenset[str]
    beside: frozenset[str]
    plain: frozenset[str]
    about: frozenset[str]
    not_before: frozenset[str]
    not_after: frozenset[str]
    elsewhere: frozenset[str]
    fillers: frozenset[str]
    compare: frozenset[str]
    cookie: frozenset[str]
    help: frozenset[str]
    list: frozenset[str]
    measures: frozenset[str]
    others: frozenset[str]
    domains: frozenset[str]
    positions: dict[str, tuple[str, ...]]


@cache
def prose() -> Prose:
    """The shipped word lists, read once. msgspec's error names the field at fault."""
    return prebuilt.table("prose", Prose)


class Mention(Struct, frozen=True):
    """One token of a text read as a code. `code` is as written, for "lower" and "cookie" too; `start` and `end` its place."""

    kind: Literal["state", "cookie", "lower"]
    code: str
    start: int
    end: int


def has_any(text: str, words: frozenset[str]) -> bool:
    """True where one of `words` occurs: Latin ones as whole words whatever their case, Han ones anywhere."""
    low = text.casefold()
    if not words.isdisjoint(_WORD.findall(low)):
        return True
    return bool(_HAN.search(low)) and any(w in low for w in words if _HAN.match(w))


def find(text: str) -> list[Mention]:
    """The codes in `text` in their order. Linear in its length."""
    words = prose()
    if has_any(text, words.others) and "hap" not in text.casefold():
        return []  # "istio 503 UC": other software has flags of its own
    about: bool | None = None
    cookie = has_any(text, words.cookie) or bool(_LAST_TWO.search(text))
    found: list[Mention] = []
    sure = False
    doubtful: list[Mention] = []
    for run in _RUN.finditer(text):
        start, parts = run.start(), run[0].rstrip(".").split("/")
        if len(parts) > 1 and not all(_CODE.fullmatch(p) or p.isdigit() for p in parts):
            continue
        for part in parts:
            end = start + len(part)
            if _CODE.fullmatch(part) and part != "---" and not (part == "DC" and has_any(text, words.domains)):
                strength = _strength(part, cookie)
                if strength == 0 and about is None:
                    about = _is_about(text)
                kind = _kind(part, cookie)
                mention = Mention(kind, part, start, end) if kind else None
                if mention and strength > 0:
                    sure = True
                    found.append(mention)
                elif mention and strength == 0 and _accept(text, start, end, bool(about)):
                    found.append(mention)
                elif mention and strength == 0 and kind == "state" and part.isupper():
                    doubtful.append(mention)
            start = end + 1
    compared = bool(doubtful) and has_any(text, words.compare)
    if compared and not sure and len({m.code for m in (*found, *doubtful)}) == 2:
        # "how is PC different from RC": two of them are compared, and nothing says that they are something else.
        both = sorted((*found, *doubtful), key=lambda m: m.start)
        return found if any(_refused(text, m.start, m.end) for m in both) else both
    if doubtful and sure:
        # "sC or SC", "sC/SC": beside a code that is one for sure, two capitals are one too.
        places = [place for m in found for place in (m.start, m.end)]
        found += [m for m in doubtful if compared or any(min(abs(m.start - p), abs(m.end - p)) <= 2 for p in places)]
        found.sort(key=lambda m: m.start)
    return found


def timer(text: str) -> str:
    """The one timer that a sentence asks the meaning of ("Tc is high, what does it measure"), empty where there is none."""
    named = set(TIMER.findall(text))
    asked = len(named) == 1 and "-1" not in text and has_any(_OURS.sub(" ", text), prose().measures)
    return named.pop() if asked else ""


def _kind(token: str, cookie: bool) -> Literal["state", "cookie", "lower"] | None:
    if token.startswith("--") and len(token) == 4 and token != "----" and codes.is_cookie_pair(token[2:]):
        return "cookie"
    if len(token) == 2 and token.isupper() and codes.is_cookie_pair(token) and (cookie or not codes.is_pair(token)):
        return "cookie" if token in COOKIE_PAIRS else None
    if codes.is_state(token):
        return "state"
    return "lower" if codes.case_variants(token) else None


def _strength(token: str, cookie: bool) -> int:
    """1: a code whatever stands around it; 0: the words around decide; -1: never in a sentence."""
    if token in ("--", "----"):
        return 0
    if cookie and len(token) == 2 and token.isupper():
        return int(token in COOKIE_PAIRS and token.casefold() not in prose().ordinary)
    if codes.is_state(token):
        sure = token.endswith("--") or token[0] in "cs" or token.startswith("--")
        if len(token) == 4 and token[2:] in COOKIE_PAIRS and token.casefold() not in prose().ordinary:
            sure = True
        return int(sure)
    if token.casefold() in prose().ordinary or "-" in token:
        return -1 if "-" in token and not token.endswith("--") else 0
    return 0


def _is_about(text: str) -> bool:
    return has_any(text, prose().about) or bool(re.search(r"(?<!\d)(?:40[0378]|50[0234])(?!\d)|<NOSRV>|<BADREQ>", text))


def _accept(text: str, start: int, end: int, about: bool) -> bool:
    """Whether the words beside a doubtful token make it a code."""
    words, token = prose(), text[start:end]
    before, after = _neighbours(text, start, end)
    quoted = text[start - 1 : start] in ('"', "'") and text[end : end + 1] in ('"', "'")
    beside = quoted or bool(words.beside & {*before[-2:], *after[:2]}) or _status(text, start, end)
    if token in ("--", "----"):
        whole = len(token) == 4
        return (about or whole) and (beside or _equated(text, token) or (whole and _LINES.search(text) is not None))
    negative = _refused(text, start, end)
    if token.casefold() in words.ordinary:
        return False
    if token.isupper():
        if re.match(r"\s*#\s*\d", text[end:]) or (not about and has_any(text, words.elsewhere)):
            return False
        if negative:
            return about and beside and not (after and after[0] in words.not_after)
        return about or beside or token in words.plain
    return beside and not negative and (about or len(token) == 4 or quoted)


def _refused(text: str, start: int, end: int) -> bool:
    """Whether the words that touch a token make it something else ("my PR", "SD card")."""
    before, after = _neighbours(text, start, end)
    words = prose()
    touching = before[-4:] if before and _HAN.match(before[-1]) else before[-1:]
    return not (words.not_before - words.beside).isdisjoint(touching) or bool(after and after[0] in words.not_after)


def _equated(text: str, token: str) -> bool:
    """Whether a sentence says that something is, or asks what is, a run of dashes."""
    asked = rf"(?:is|mean|logged|as|是|为|显示|都)\s*[\"']?{token}|{token}[\"']?\s*(?:mean|in|是|什么)"
    return bool(re.search(asked, text))


def _status(text: str, start: int, end: int) -> bool:
    near = text[max(0, start - 8) : start] + " " + text[end : end + 8]
    return bool(re.search(r"(?<!\d)(?:40[01378]|50[0234]|200)(?!\d)", near))


def _neighbours(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """Up to three words on either side; a Han run counts as itself and as its one- to four-character end that touches."""
    before = _WORD.findall(text[max(0, start - 40) : start].casefold())
    after = _WORD.findall(text[end : end + 40].casefold())
    if before and _HAN.match(before[-1]):
        run = before.pop()
        before += [run[-n:] for n in (4, 3, 1, 2)]
    if after and _HAN.match(after[0]):
        run = after.pop(0)
        after = [*(run[:n] for n in (2, 1, 3, 4)), *after]
    return before, after
