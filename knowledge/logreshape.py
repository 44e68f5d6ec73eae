"""Notations that no other reader knows, written again as the ones they know: `key=value` and fields parted by one character.

Tried only for lines in which nothing or little was found; what comes out is judged as any other line is.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from knowledge.logrecord import STATE

_LONGEST = 4_000
"""Characters that a line in an odd notation may have: each way of reading it costs as much as the first."""
_STATE = re.compile(rf"(?<![A-Za-z0-9_-]){STATE}(?![A-Za-z0-9_-])")
_LINK = re.compile(r"<?(?:https?://[^\s?]{1,200}\?)?[^\s\"]{20,}>?")
_SEPARATORS = (
    " ::: ", ":::", " :: ", "||", " // ", " ## ", "##", " # ", "#", " ~ ", "~~", "~", "^", "¦", "§", "•", "·", "»", "¬", "→", "⇒",
    "│", "↦", "⟶", "¤", "¶", " => ", " -> ", " > ", " - ", " – ", " — ", " * ", " + ", " \\ ", "\\t", "!", "\x01", "\x1e", "\x1f",
    " . ", " _ ", "_|_", " = ", "`", "%09", "@@", "$$", "&&",
)  # fmt: skip
_BOXES = (
    ("<", re.compile(r"<(<?[^<>]{0,400}>?)>")), ("[", re.compile(r"\[([^\[\]]{0,400})\]")),
    ("(", re.compile(r"\(([^()]{0,400})\)")), ("{", re.compile(r"\{([^{}]{0,400})\}")),
    ("'", re.compile(r"'([^']{0,400})'")), ("«", re.compile(r"«([^«»]{0,400})»")),
)  # fmt: skip
_BETWEEN = re.compile(r"[\s,;|:/>-]*")
_NAMED_BOX = re.compile(
    r"(?<![^\s,;|])([A-Za-z_\u00c0-\u9fff\uac00-\ud7af][\w.-]{0,40})[=:]?"
    r"(?:\{([^{}]{0,400})\}|\[([^\[\]]{0,400})\]|\(([^()]{0,400})\)|<(<?[^<>]{0,400}>?)>)"
)
_INNER = re.compile(r"(?:^|[,; ]\s?)[A-Za-z_]\w{0,30}[:=]")
_ROUTE = re.compile(r"[\w.:~-]+(?:\s?(?:->|=>|>|→)\s?[\w.:~<-]+>?){1,2}")
_ARROW = re.compile(r"\s?(?:->|=>|→|>(?=.))\s?")
_SIGN = re.compile(r"(?<=[\w.\])])\s?(?::=|==|=>|→|⇒|＝|\.{2,}|~>)\s?(?=[\"'<\w-])")
_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]{0,40})>([^<]{0,400}|<[A-Z]{3,8}>)</\1>")
_QUERY_STRING = re.compile(r"[\w.]{1,40}=[^&\s]{0,400}(?:&[\w.]{1,40}=[^&\s]{0,400}){3,}")
_LISP = re.compile(r"(?<![^\s({,]):?([A-Za-z_][\w.-]{0,40})\s(?:\.\s)?(\"[^\"]{0,400}\"|[^\s(){}\",]{1,200})(?=[\s)},]|$)")
_CEF = re.compile(r"\bCEF:\d+\|(?:[^|]{0,200}\|){3}([1-5]\d\d)\|")
_LEEF = re.compile(r"LEEF:[\d.]+\|(?:[^|]{0,200}\|){4}(?:(0?x[0-9A-Fa-f]{1,4}|[^|\w\s])\|)?")


def reshaped(text: str) -> Iterator[str]:
    """Other ways to write `text`, likeliest first; none for a line in a notation that needs none."""
    if len(text) > _LONGEST:
        return
    if (line := _unlinked(text)) is not None:
        yield line
    if _STATE.search(text) is None:
        return
    for way in (_leef, _elements, _named_boxes, _signs, _query_string, _boxes, _lisp, _separated):
        if (plainer := way(text)) is not None:
            yield plainer


def _unlinked(text: str) -> str | None:
    """A line percent-encoded in a link, where the link is all there is: another line's request may hold anything."""
    if text.count("%20") + text.count("+") < 4 or _LINK.fullmatch(text) is None:
        return None
    query = text.strip("<>").partition("?")[2] or text.strip("<>")
    value = max((part.partition("=")[2] or part for part in query.split("&")), key=len)
    return unquote(value if "%20" in value else value.replace("+", " "))


def _leef(text: str) -> str | None:
    """LEEF, whose header names the separator of its fields."""
    if (leef := _LEEF.search(text)) is not None:
        mark = leef[1] or "\t"
        mark = chr(int(mark.rpartition("x")[2], 16)) if len(mark) > 1 else mark
        return text[leef.end() :].replace(mark, "|")
    return None


def _elements(text: str) -> str | None:
    """`<status>502</status><state>SD--</state>`."""
    found = _ELEMENT.findall(text) if "</" in text else []
    return " ".join(f"{name}={_value(value)}" for name, value in found) if len(found) > 2 else None


def _value(value: str) -> str:
    value = value.strip()
    return f'"{value}"' if " " in value and '"' not in value else value


def _named_boxes(text: str) -> str | None:
    """`code[200] state(SD--) TIME={Tw:1,Tc:2} ROUTE={fe>be>srv}`."""
    found = list(_NAMED_BOX.finditer(text))
    if len(found) < 2:
        return None
    return _NAMED_BOX.sub(lambda m: _opened(m[1], next((g for g in m.groups()[1:] if g is not None), "")), text)


def _opened(key: str, inner: str) -> str:
    inner = inner.strip()
    if _INNER.search(inner) is not None and not inner[:1].isdigit():
        return f" {inner.replace(',', ' ')} "
    if "<" in inner[1:]:
        inner = re.sub(r"><|(?<=\w)<(?=[A-Z]{3,8}>)", "><", inner)
    if _ROUTE.fullmatch(inner) is not None and not inner[:1].isdigit():
        names = [name for name in _ARROW.split(inner) if name]
        keys = ("frontend", "backend", "server")[-len(names) :]
        return " " + " ".join(f"{k}={n}" for k, n in zip(keys, names, strict=False)) + " "
    return f" {key}={_value(inner)} "


def _signs(text: str) -> str | None:
    """`state := SD--`, `:status=>502`, `fe..web`."""
    if not any(sign in text for sign in (":=", "==", "=>", "→", "⇒", "＝", "..", "~>")):
        return None
    return re.sub(r"(?<![^\s{,(]):(?=[A-Za-z_])", "", _SIGN.sub("=", text)) if len(_SIGN.findall(text)) > 2 else None


def _query_string(text: str) -> str | None:
    """`fe=web&be=app&ts=SD`, where that is the whole line."""
    return unquote(text.replace("&", " ")) if "&" in text and _QUERY_STRING.fullmatch(text) is not None else None


def _boxes(text: str) -> str | None:
    """`<a> <b> <c>`, `[a] [b] [c]`: each field in brackets of one kind."""
    for mark, box in _BOXES:
        found = box.findall(text) if text.count(mark) > 3 else ()
        if len(found) > 3 and _BETWEEN.fullmatch(box.sub("", text)) is not None:
            return "|".join(field.strip() for field in found)
    return None


def _lisp(text: str) -> str | None:
    """`(status 502) (state "SD--")`, `{:status 502 :state "SD--"}`."""
    if not text.startswith(("(", "{:", "[:", "#")):
        return None
    found = _LISP.findall(text)
    return " ".join(f"{key}={value}" for key, value in found) if len(found) > 2 else None


def _separated(text: str) -> str | None:
    """Fields parted by what nobody else parts them with: four times or more, by the mark that is there most."""
    counts = {mark: count for mark in _SEPARATORS if mark in text and (count := text.count(mark)) > 3}
    if not counts:
        return None
    best = max(counts, key=lambda mark: (counts[mark], len(mark)))
    return "|".join(field.strip() for field in text.strip(best).split(best))


def labelled(found: list[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """CEF's `cs1Label=backend cs1=app`: the value under the name that its label gives; its event may be the status."""
    labels = {key.removesuffix("Label"): value for key, value in found if key.endswith("Label")}
    event = [("status", cef[1])] if (cef := _CEF.search(text)) is not None else []
    return [(labels.get(key, key), value) for key, value in found if not key.endswith("Label")] + event
