"""What pipelines and chats put around a log line, taken off: JSON envelopes, escapes, fences, quotes, lines broken in two."""

import re

from knowledge.cleaning import clean

_LONG_DASHES = str.maketrans({"–": "\ue000", "—": "\ue001", "―": "\ue001", "⸺": "\ue001", "⸻": "\ue001", "−": "-"})
_BACK = str.maketrans({"\ue000": "–", "\ue001": "—"})
_BEFORE_NUMBER = re.compile(r"(?<![\w–—])[–—](?=\d)")
_MARKDOWN = re.compile(r"\\([_/<>*\[\]{}|~`#()!.-])")
_RECORD_START = re.compile(
    r"\s*(?:>\s*)*(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\[\d{4}-\d\d-"
    r"|\[[A-Z]+\]|haproxy(?:\[|:)"
    r"|\S+ haproxy\[)"
)
_MESSAGE_START = re.compile(r"\s*(?:>\s*)*(?:\S+:\d{1,5} \[\d\d/|[\d.]{7,15}[: ]|\[\d\d/[A-Z][a-z]{2}/\d{4}|unix:\d|\{\s*\")")
_HEADER_ONLY = re.compile(r".*haproxy(?:\[\d+\])?:(?: [^ ]*)?", re.DOTALL)
_IN_NAME = re.compile(r"(?<=\w\w)[–‐‑](?=[a-z0-9]{2})|(?<=[a-z0-9])[–‐‑](?=[a-z]{2})")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE_LETTERS = re.compile(r"[０-９Ａ-Ｚａ-ｚ]{3}")
_HTML = re.compile(r"</?(?:br|p|span|div|pre|code|b|i|u|em|strong|td|tr|li|font)(?: [^<>]{0,200})?/?>", re.IGNORECASE)
_COLOURS = re.compile(r"(?:\^\[|␛)?\[(?:\d{1,2}(?:;\d{1,2}){0,3})?[mK]")
_CUT_END = re.compile(r"[ \t]?(?:…|\.{3,})[ \t]*$")
_PADDED = re.compile(r"(?<![\w.:])([+-]?\d{1,12}/) {1,8}(?=[+-]?\d{1,12}[/ ])")
_BLANKS = re.compile(r" [ \t]+|\t[ \t]+")
_CELL = re.compile(r'(?<![^,;\t])"((?>(?:[^"]++|"")*))"(?![^,;\t])')
_ALL_CELLS = re.compile(r'"[^"]*"(?:[,;|\t ]"[^"]*")+')
_TWICE = re.compile(r'(?<!")""(?!")')
_STARS = re.compile(r"(?<![\w*])\*\*([\w<-][^*\n]{0,60})\*\*(?![\w*])")
_MARKED = re.compile(r"(?<!\S)__([A-Za-z0-9<-][\w<>/-]{0,60}?)__(?!\S)")
_NAMED = re.compile(r"&(?:amp;)?(ndash|mdash|minus);")
_KANA = re.compile(
    r"(?<![^\s|,;=:\[(*\"'])([A-Za-z]{0,2})([ーｰ─━⁃˗➖]{1,4})([A-Z]{0,2})(?![^\s|,;\])*\"'])|(?<![^\s/])[ーｰ─━⁃˗➖](?=\d)"
)
"""Long vowel marks and drawn lines that stand for hyphens: a Japanese keyboard has them under the same key."""
_ROW = re.compile(r"\|(?: [^|\n]*\|){8,}")
_ONE_WORD = re.compile(r"\{([^\s{}|\"]{1,100})\}")
_LISTED = re.compile(r"\{(?=[\w.@-]{1,60}[:=][^,{}|\"]{0,200},\s?[\w.@-]{1,60}[:=])([^{}\"]*+)\}?")
_KEY = re.compile(r'["\d\]}e],\s*"[\w.@-]{1,60}"\s*:')
_JIRA = re.compile(r"\{(?:color|noformat|code|quote|panel|monospace)(?::[^{}\n]{0,100})?\}|\{\{([^{}\n]{1,2000})\}\}")
_BOLD = re.compile(r"(?<![^\s\[(])\*([\w<-][^\s*]{0,60})\*(?![^\s\])])")
_SPACED = re.compile(r"(?<![^\s=:,;|\[(])[+-]?\d{1,12}(?: {1,4}/ {1,4}\+?-?\d{1,12}){1,8}(?![\w/.])")
_DAMAGED = re.compile(
    r"\d +/ +[\d+-]|\{(?:color|noformat|code|quote|panel|monospace)[:}]|\{\{"
    r"|[^\x20-\x7e\t]|&(?:[a-z]{2,5}|#\w{2,4});|`|</?[a-z]|^\s*[>*|]|\\[_<*/\[{|]|  "
    r"|\*\s*$|\*\*|(?<!\S)(?:\*|__)\w|\.\.\.\s*$|\[0?m|(?<!\S)~"
)
_MAY_BE_DAMAGED = (
    " / ", "{color", "{noformat", "{code", "{quote", "{panel", "{monospace", "{{", "&", "`", "<", "\\", "  ", " ~", "[m", "[0m",
    "...", "**", " *", " __",
)  # fmt: skip
_CONTINUED = re.compile(r"[ \t]*\\$")


def is_linked(text: str) -> bool:
    """True where a request may hold what chat made of it: entities, a link's angle brackets, other characters than ASCII."""
    return not text.isascii() or "&amp;" in text or "<http" in text


def unquoted(text: str) -> str:
    """`text` without quotes around all of it, where those that it has itself were not written twice for them."""
    if text.startswith('"') and text.endswith('""') and text.find('""') == len(text) - 2 > 0:
        return text[1:-1]
    if '""' in text and text.count('"') == 2 * (found := len(_TWICE.findall(text))) and found > 1:
        return text.replace('""', '"')  # a cell of a table that lost the quotes around it
    return text


def is_damaged(text: str) -> bool:
    """True where `untangle` may find something to do in a line; what most lines have not is seen at a tenth of the price."""
    plain = text.isascii() and text.isprintable() and not text.startswith((">", "*", "~", " ", "|"))
    if plain and not text.endswith(("*", " ")):
        for mark in _MAY_BE_DAMAGED:
            if mark in text:
                return _DAMAGED.search(text) is not None
        return False
    return _DAMAGED.search(text) is not None


def untangle(text: str) -> str:
    """`text` as it was logged, chat's mangling undone; long dashes stay where a state may stand, for its reader to judge."""
    text = text.replace("\ue000", "").replace("\ue001", "")
    if "&" in text:
        text = _NAMED.sub(lambda m: {"ndash": "–", "mdash": "—"}.get(m[1], "−"), text)
    if not text.isascii():
        text = text.translate(_LONG_DASHES)
        if _WIDE_LETTERS.search(text) is not None:
            text = text.translate(_WIDE)  # a whole line typed wide: its punctuation is no Chinese sentence's
        text = _KANA.sub(lambda m: (m[1] or "") + "-" * len(m[2] or "-") + (m[3] or ""), text)
    if "<" in text:
        text = _HTML.sub(" ", text)
    if "**" in text or "__" in text:
        text = _MARKED.sub(r"\1", _STARS.sub(r"\1", text))
    text = clean(text)
    if "[m" in text or "[0m" in text:
        text = _COLOURS.sub("", text)  # escapes that lost their first character
    if not text.isascii():
        text = _IN_NAME.sub("-", _BEFORE_NUMBER.sub("-", text.translate(_BACK)))
    if "\\" in text:
        text = _MARKDOWN.sub(r"\1", text)
    text = _CUT_END.sub("", _BLANKS.sub(" ", text).strip())
    if "{" in text and (bare := _JIRA.sub(r"\1", text)) != text:
        text = _BOLD.sub(r"\1", bare).strip()
    if " / " in text:
        text = _SPACED.sub(lambda m: m[0].replace(" ", ""), text)
    if "/ " in text:
        text = _PADDED.sub(r"\1", text)
    if text[:1] == "|" == text[-1:] and _ROW.fullmatch(text) is not None:
        return text[1:-1].replace(" | ", " ").strip()
    return text[1:-1] if text[:1] == "*" == text[-1:] else text


def is_mark(line: str) -> bool:
    """True for a line that holds one of Jira's marks and nothing else (`{noformat}`)."""
    return "{" in line and not _JIRA.sub("", line).strip()


def unescaped(text: str) -> str | None:
    """`text` with one level of JSON escapes undone, None where it has none: JSON in JSON that a cut left unreadable."""
    if '\\"' not in text:
        return None
    return re.sub(r'\\(["\\/])', r"\1", text)


def cells(text: str) -> tuple[str, ...]:
    """The cells of a CSV line that may hold a log line: a quoted one, longest first. Quotes in a cell are written twice."""
    if '""' not in text and '","' not in text:
        return ()
    found = (cell.replace('""', '"') for cell in _CELL.findall(text))
    return tuple(sorted((cell for cell in found if len(cell) > 40), key=len, reverse=True)[:3])


def uncelled(text: str) -> str | None:
    """A line all of whose fields are quoted (`"fe","be","sC--"`), with those quotes off that no field needs."""
    if text[:1] != '"' or text[-1:] != '"' or _ALL_CELLS.fullmatch(text) is None:
        return None
    return ",".join(cell if " " in cell else cell[1:-1] for cell in re.findall(r'"[^"]*"', text))


def unbraced(text: str) -> str | None:
    """`text` with the braces off that are no captures: around one word each, three times or more, or around named values."""
    if "{" not in text:
        return None
    if (found := _LISTED.sub(r" \1 ", text)) != text:
        return found
    return _ONE_WORD.sub(r" \1 ", text) if len(_ONE_WORD.findall(text)) > 2 else None


def fragment(text: str) -> str | None:
    """The part of a JSON object that a cut left whole, where the cut went through a quoted string."""
    found = _KEY.search(text) if not text.startswith("{") else None
    if found is None or text.count('"', 0, found.start()) % 2 == (text[found.start()] == '"'):
        return None
    return text[found.start() + 1 :]


def all_escaped(text: str) -> bool:
    """True where every double quote has a backslash before it, as some syslog daemons write them."""
    count = text.count('\\"')
    return count > 0 and count == text.count('"')


def starts_record(line: str, after: str = "") -> bool:
    """True where a line begins as log records do: a date, a priority, an address with its date, a JSON object.

    What HAProxy writes itself does not start a record where `after`, the line before, is a syslog header without more.
    """
    if _RECORD_START.match(line[:200]) is not None:
        return True
    return _MESSAGE_START.match(line[:200]) is not None and _HEADER_ONLY.fullmatch(after[:300].rstrip(" \\")) is None


def joined(first: str, second: str, *, tight: bool) -> tuple[str, ...]:
    """The ways in which a line broken in two may have read: cut at a space, or in the middle of a word (`tight` first)."""
    first, second = _CONTINUED.sub("", first).rstrip("\n"), second.strip()
    loose = f"{first.rstrip()} {second}"
    return (first + second, loose) if tight else (loose, first + second)


def continues(first: str, second: str) -> bool:
    """True where `second` looks like the rest of `first` and not like a sentence: indented, after an open quote, no prose."""
    if second[:1] in " \t" or first.endswith("\\") or first.count('"') % 2 or first.count("{") > first.count("}"):
        return True
    return all(re.search(r"[^A-Za-z,.!?']", word) or (len(word) < 4 and word.isupper()) for word in second.split())
