"""Single letters asked about: "second char Q", "what is the s in sH", "大写 S 和小写 s", "第一位小写 c"."""

import re

from knowledge import code as codes
from knowledge.mentions import Mention, prose

_NOUN = (
    r"(?:flags?|letters?|char(?:acter)?s?|codes?|positions?|fields?|slots?|places?|spots?|columns?|pos"
    r"|标志|标记|字母|字符|位|標誌|個字母)"
)
_ORDINAL = (
    r"(?:first|1st|second|2nd|third|3rd|fourth|4th|last|leading|position \d|pos \d|第\s*[一二三四1-4]\s*个?|首|末|最后一?)"
)
_CASE = r"(?:upper[- ]?case|lower[- ]?case|capital|small|big|大写|小写|大寫|小寫)"
_LETTER = r"(?<![A-Za-z0-9_-])([A-Za-z]|-)(?![A-Za-z0-9_'’-])"
_ASKED = (
    re.compile(
        rf"({_ORDINAL})\s*(?:termination\s+)?(?:state\s+)?{_NOUN}?\s*(?:的|是|为|of|is|=|:|being|in|a|an|the)?\s*"
        rf"(?:{_CASE})?\s*(?:字母|letter)?\s*['\"]?{_LETTER}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_LETTER}['\"]?\s*(?:means?|stands?(?:\s+for)?|says?|表示|代表)?\s*(?:as|in|at|on|is|for|在|是|作为)?\s*(?:the\s+|a\s+)?"
        rf"({_ORDINAL})\s*{_NOUN}",
        re.IGNORECASE,
    ),
)
_PLAIN = re.compile(rf"(?:{_CASE}|letter|字母)\s*(?:letter\s*|字母\s*)?(?:的\s*)?['\"]?{_LETTER}", re.IGNORECASE)
_WITHIN = re.compile(
    rf"{_LETTER}['\"]?\s*(?:letter\s+|flag\s+)?(?:(?:stands?|means?|standing)\s+(?:for\s+)?)?"
    rf"(?:in|of|from|inside)\s+(?:the\s+)?['\"]?([A-Za-z-]{{2,4}})(?![A-Za-z0-9_])"
)
_WITHIN_ZH = re.compile(
    rf"(?<![A-Za-z0-9_])([A-Za-z-]{{2,4}})['\"]?\s*(?:里面|里|中|裡)(?:的|那个|第[一二]个)?\s*(?:字母)?\s*['\"]?{_LETTER}"
)


_SPELLED = re.compile(
    rf"(?<![A-Za-z])({_CASE})\s*(?:letters?\s*|字母\s*|的\s*)?['\"]?([A-Za-z])['\"]?"
    rf"\s*(?:,|，|、)?\s*(?:followed\s+by|then|plus|with|接|加上?|后面跟?着?|再|跟着?)\s*(?:an?\s+)?({_CASE})?"
    rf"\s*(?:letter\s*|字母\s*|的\s*)?['\"]?([A-Za-z])(?![A-Za-z0-9_'’-])",
    re.IGNORECASE,
)


def spelled_pair(text: str) -> str:
    """`text` with a pair that is told letter by letter written out ("capital S followed by H" → "SH")."""
    return _SPELLED.sub(_written, text) if len(text) <= 300 else text


def _written(found: re.Match[str]) -> str:
    letters = [_cased(found[1], found[2]), _cased(found[3] or "", found[4])]
    code = "".join(letters)
    return code if codes.is_pair(code) or codes.case_variants(code) else found[0]


def _cased(word: str, letter: str) -> str:
    small = word.casefold().startswith(("lower", "small", "小"))
    return letter.lower() if small else letter.upper() if word else letter


def positions(letter: str) -> tuple[str, ...]:
    """The ids of a letter, one per position it is legal in, the first two letters first. Case counts unless it cannot."""
    for candidate in dict.fromkeys((letter, letter.upper())):
        ids = tuple(f"pos{n}:{candidate}" for n, alphabet in enumerate(codes.POSITIONS, 1) if candidate in alphabet)
        if ids:
            return ids
    return ()


def find(text: str, found: list[Mention]) -> tuple[str, ...]:
    """The ids of the letters that `text` asks about by name or place, empty where it asks about none."""
    if len(text) > 300:
        return ()
    for pattern, order in ((_WITHIN, (1, 2)), (_WITHIN_ZH, (2, 1))):
        if (hit := pattern.search(text)) and codes.is_state(code := hit[order[1]]):
            ids = tuple(f"pos{n}:{hit[order[0]]}" for n, c in enumerate(code, 1) if c == hit[order[0]])
            if ids:
                return ids
    if any(len(m.code) > 1 and m.kind != "lower" for m in found):
        return ()
    for pattern in _ASKED:
        if hit := pattern.search(text):
            ordinal, letter = (hit[1], hit[2]) if len(hit[1]) > 1 or hit[1] >= "\u3400" else (hit[2], hit[1])
            if ids := _placed(ordinal, letter):
                return ids
    plain = list(dict.fromkeys(m[1] for m in _PLAIN.finditer(text)))
    if len(plain) > 1:
        return tuple(positions(letter)[0] for letter in plain if positions(letter))
    return positions(plain[0]) if plain else ()


def _placed(ordinal: str, letter: str) -> tuple[str, ...]:
    number = _number(ordinal.casefold())
    if not number:
        return ()
    for place in (number, 2 if number == 4 else number):
        for candidate in dict.fromkeys((letter, letter.upper())):
            if candidate in codes.POSITIONS[place - 1]:
                return (f"pos{place}:{candidate}",)
    return ()


def _number(ordinal: str) -> int:
    words = prose().positions
    for number, names in words.items():
        if any(part in names for part in (ordinal, *ordinal.replace("第", "").replace("个", "").split())):
            return int(number)
    return next((int(n) for n in "1234" if n in ordinal), 0)
