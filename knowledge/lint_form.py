"""Lint rules on form and on the parity of the two languages (HK0xx, HK2xx, HK4xx)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from knowledge.lint import Subject, rule, texts
from knowledge.model import Cookie, Entry, State, Text

HAN = "㐀-鿿豈-﫿"
_CODE = re.compile(r"`([^`\n]+)`")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GLUED = re.compile(rf"[{HAN}][A-Za-z0-9`]|[A-Za-z0-9`][{HAN}]")
_HALF = re.compile(rf"[{HAN}]\s?[,;:!?](?=\s|$|[{HAN}])|[{HAN}]\.(?:\s|$)|[{HAN}]\([^)]*[{HAN}]")

Places = Iterator[tuple[str, str]]


@rule(
    "HK001",
    "Clean text files",
    "UTF-8, LF line ends, one newline at the end, no tabs and no blanks at line ends: so that a diff shows meaning only.",
)
def clean_files(subject: Subject) -> Places:
    for name, content in subject.files.items():
        if "\r" in content:
            yield name, "has CR line ends"
        if not content.endswith("\n") or content.endswith("\n\n"):
            yield name, "must end in exactly one newline"
        for number, line in enumerate(content.splitlines(), 1):
            if line != line.rstrip():
                yield f"{name}:{number}", "has blanks at the end of the line"
            if "\t" in line:
                yield f"{name}:{number}", "has a tab"


@rule(
    "HK002",
    "Entries load",
    "A file that is no TOML, lacks a field, has an unknown one or a wrong type would leave a question unanswered.",
)
def loads(subject: Subject) -> Places:
    yield from ()


@rule("HK003", "Composed characters", "Text in Unicode NFC, so that a search finds what looks the same.")
def composed_characters(subject: Subject) -> Places:
    for name, content in subject.files.items():
        if unicodedata.normalize("NFC", content) != content:
            yield name, "has text that is not in Unicode NFC"


@rule("HK201", "Both languages say something", "An empty leaf would show an empty line to half of the readers.")
def both_languages(subject: Subject) -> Places:
    for entry in subject.base:
        for path, text in texts(entry):
            if not text.en.strip() or not text.zh.strip():
                yield entry.id, f"{path}: {'en' if not text.en.strip() else 'zh'} is empty"
            if re.search(f"[{HAN}]", text.en):
                yield entry.id, f"{path}: en has Chinese characters"


@rule(
    "HK202",
    "The same code in both languages",
    "Commands, keywords and codes in backticks are facts: they must be the same on both sides.",
)
def same_code(subject: Subject) -> Places:
    for entry in subject.base:
        for path, text in texts(entry):
            left, right = set(_CODE.findall(text.en)), set(_CODE.findall(text.zh))
            if left != right:
                yield entry.id, f"{path}: `{'`, `'.join(sorted(left ^ right))}` stands in one language only"


@rule(
    "HK203",
    "The same numbers in both languages",
    "A number that differs between the languages is wrong in one of them.",
)
def same_numbers(subject: Subject) -> Places:
    for entry in subject.base:
        for path, text in texts(entry):
            left, right = (Counter(_NUMBER.findall(side.replace(",", ""))) for side in (text.en, text.zh))
            differing = set(left) ^ set(right)
            if differing:
                yield entry.id, f"{path}: {', '.join(sorted(differing))} stands in one language only"


@rule("HK204", "Chinese punctuation", "Between Han characters punctuation is full-width.")
def chinese_punctuation(subject: Subject) -> Places:
    for entry in subject.base:
        for path, text in texts(entry):
            if found := _HALF.search(_CODE.sub("C", text.zh)):
                yield entry.id, f"{path}: half-width punctuation at “{found[0]}”"


@rule(
    "HK205",
    "Air between Han and Latin",
    "A blank between Han characters and Latin letters, digits or code reads better and is what Chinese engineers write.",
)
def chinese_spacing(subject: Subject) -> Places:
    for entry in subject.base:
        for path, text in texts(entry):
            if found := _GLUED.search(text.zh):
                yield entry.id, f"{path}: no blank at “{found[0]}”"


@rule("HK206", "Sentences end", "Verdict, meaning and advice are sentences and end in a stop, in both languages.")
def sentences_end(subject: Subject) -> Places:
    for entry in subject.base:
        for field in ("verdict", "meaning", "page", "twin"):
            text = getattr(entry, field, None)
            if text and not text.en.rstrip().endswith((".", "!", "?", "`")):
                yield entry.id, f"{field}: en does not end in a stop"
            if text and not text.zh.rstrip().endswith(("。", "！", "？", "`")):
                yield entry.id, f"{field}: zh does not end in a stop"


_BOUNDS = {"title": (70, 30), "verdict": (200, 90), "page": (100, 50), "twin": (180, 90), "check": (120, 60),
           "fix": (170, 100), "risk": (130, 80)}  # fmt: skip
_ROOM = {"checks": 500, "fixes": 500, "page": 400}


def _seen_first(entry: Entry) -> Iterator[tuple[str, str, Text]]:
    """What a chat shows without a click: (path, bound, text)."""
    yield "title", "title", entry.title
    if isinstance(entry, State | Cookie):
        yield "verdict", "verdict", entry.verdict
        if entry.checks:
            yield "checks[1].text", "check", entry.checks[0].text
        shown = {fix.effect: number for number, fix in reversed(list(enumerate(entry.fixes))) if fix.effect != "hides"}
        for number in sorted(shown.values()):
            yield f"fixes[{number + 1}].text", "fix", entry.fixes[number].text
            yield f"fixes[{number + 1}].risk", "risk", entry.fixes[number].risk
    if isinstance(entry, State):
        first = Text(re.split(r"(?<=[.!?])\s", entry.page.en)[0], re.split("(?<=[。！？])", entry.page.zh)[0])
        yield "page", "page", first
        if entry.twin:
            yield "twin", "twin", entry.twin


@rule(
    "HK401",
    "Short enough for one screen",
    "In English and Chinese: title ≤ 70 and 30 characters, verdict ≤ 200 and 90, the first sentence of page ≤ 100 and 50, "
    "twin ≤ 180 and 90, the first check ≤ 120 and 60, the first remedy of a kind ≤ 170 and 100, its risk ≤ 130 and 80; "
    "any other check or remedy ≤ 500: a tired reader sees the answer without scrolling.",
)
def short_enough(subject: Subject) -> Places:
    for entry in subject.base:
        for path, bound, text in _seen_first(entry):
            for language, side, limit in zip(("en", "zh"), (text.en, text.zh), _BOUNDS[bound], strict=True):
                if len(side) > limit:
                    yield entry.id, f"{path}: {language} has {len(side)} characters, at most {limit}"
        for path, text in texts(entry):
            limit = _ROOM.get(path.split("[")[0].split(".")[0], 1500)
            longest = max(len(text.en), len(text.zh))
            if longest > limit:
                yield entry.id, f"{path}: {longest} characters, at most {limit}"


@rule(
    "HK901",
    "Findable",
    "An entry needs phrases as people say them, in both languages, or nobody finds it.",
    "advice",
)
def findable(subject: Subject) -> Places:
    for entry in subject.base:
        if isinstance(entry, State | Cookie) and (len(entry.symptoms.en) < 4 or len(entry.symptoms.zh) < 4):
            yield entry.id, "has fewer than four symptoms in a language"
