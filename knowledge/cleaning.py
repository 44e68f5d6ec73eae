"""What chat does to text, undone: Slack's entities, links and mentions, fences, quotes, smart dashes, full-width letters."""

import re

_TERMINAL = re.compile(r"\x1b\[[0-9;?]{0,40}[A-Za-z]")
_NEWLINES = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_ANGLE = re.compile(r"<([^<>\n|]*)(?:\|([^<>\n]*))?>")
_LINK = re.compile(r"(?:https?|ftps?)://|mailto:|tel:")
_MENTION = re.compile(r"@[UWB][A-Z0-9]{2,}$")
_CHANNEL = re.compile(r"#[CGD][A-Z0-9]{2,}$")
_SPECIAL = re.compile(r"!(?:here|channel|everyone|subteam\^\w+|date\^[^|]*)$")
_ENTITY = re.compile(r"&(?:amp;)*(?:(lt|gt|quot|apos|nbsp|#(?:3[49]|45|47|6[02]|12[345]|x(?:2[27DdFf]|3[CcEe]|7[BbCcDd])));)?")
_ENTITIES = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}
_FENCE = re.compile(r"```(?:(?:text|txt|log|logs|haproxy|sh|bash|shell|console|json|plaintext|plain|none)(?=\n))?")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_BOLD = re.compile(r"(?<![A-Za-z0-9*/])\*(?=[\w-])([^*\n]*[\w-])\*(?![A-Za-z0-9*/])")
_ITALIC = re.compile(r"(?<![A-Za-z0-9_/])_([A-Za-z-]{1,9})_(?![A-Za-z0-9_/])")

_STRIKE = re.compile(r"(?<!\S)~{1,2}([A-Za-z-]{1,9})~{1,2}(?!\S)")

_SMART = str.maketrans(
    {
        **dict.fromkeys("‐‑‒−﹣－", "-"),
        **dict.fromkeys("“”„‟″＂", '"'),
        **dict.fromkeys("‘’‚‛′＇", "'"),
        **{chr(0xFF01 + n): chr(0x21 + n) for n in range(94) if chr(0x21 + n).isalnum()},
        **dict(zip("〈〉‹›＜＞／＆＿＝＋＊＃％＠［］｛｝｜｀＼．", "<><><>/&_=+*#%@[]{}|`\\.", strict=True)),
    }
)
_CHINESE_DASH = re.compile(r"(?<=[^\s—―⸺–-])[ ]?[—―⸺]{2}[ ]?(?=[^\s—―⸺–-])")
_AFTER_PAIR = re.compile(r"(?<=(?<![A-Za-z])[LcCsSPRIDKU][RCHDLQT])[—―⸺]{2}(?![A-Za-z0-9])")
_BEFORE_COUNTERS = re.compile(
    r"(?<=(?<![A-Za-z])[LcCsSPRIDKU][RCHDLQT])[—―⸺]{2}(?=[ \t]{1,3}\d+/\d)|(?<!\S)–(?=[ \t]{1,3}\d+/\d+/\d)"
)
_EM_DASH = re.compile(r"[—―⸺⸻]")
# An en dash is what a phone makes of one hyphen or of two: two where a state needs them (`sC–`), one before a number.
_EN_AS_TWO = re.compile(
    r"(?<![A-Za-z–-])([-LcCsSPRIDKU][-RCHDLQT])–(?![A-Za-z0-9–-])|(?<![A-Za-z0-9–-])–([NIDVEOU][NPDIRU])(?![A-Za-z0-9])"
)


def clean(text: str) -> str:
    """`text` as its writer meant it: one line of output per line of input, case and ASCII codes untouched.

    A mention of a person is dropped; a link becomes its label, a channel its name. Linear in the length of `text`;
    cleaning twice changes nothing more.
    """
    text = _NEWLINES.sub("\n", _TERMINAL.sub("", text))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text)).translate(_SMART)
    if "<" in text:
        text = _ANGLE.sub(_unwrap, text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if "`" in text:
        text = _FENCE.sub("", text).replace("`", "")
    if ">" in text:
        text = _QUOTED.sub("", text)
    if "*" in text:
        text = _BOLD.sub(r"\1", text)
    if "_" in text:
        text = _ITALIC.sub(r"\1", text)
    if "~" in text:
        text = _STRIKE.sub(r"\1", text)
    return _dashes(text)


def _entity(found: re.Match[str]) -> str:
    name = found[1] or ""
    if name.startswith("#"):
        return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))
    return _ENTITIES.get(name, "&")


def _unwrap(found: re.Match[str]) -> str:
    """Slack's own angle brackets resolved; anything else in angle brackets (`<NOSRV>`, `<134>`) kept as it is."""
    target, label = found[1], found[2]
    if _LINK.match(target):
        return label or target.removeprefix("mailto:").removeprefix("tel:")
    if _MENTION.match(target):
        return ""
    if _CHANNEL.match(target):
        return f"#{label}" if label else ""
    if _SPECIAL.match(target):
        return label or "" if target.startswith("!date^") else ""
    return found[0]


def _dashes(text: str) -> str:
    """Long dashes back to the hyphens that were typed: an em dash was two, an en dash one, or two where a code needs two."""
    if "—" in text or "–" in text:
        text = _BEFORE_COUNTERS.sub("--", text)
    if "—" in text or "―" in text or "⸺" in text or "⸻" in text:
        text = _EM_DASH.sub("--", _AFTER_PAIR.sub("--", _CHINESE_DASH.sub(", ", text)))
    if "–" in text:
        if text.strip() == "–":
            return text.replace("–", "--")
        text = _EN_AS_TWO.sub(r"\1--\2", text).replace("–", "-")
    return text
