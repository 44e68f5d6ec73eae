"""Lint rules on form and on the parity of the two languages (HK0xx, HK2xx, HK4xx)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from knowledge.lint import Subject, rule, texts
from knowledge.model import Cookie, State

HAN = "㐀-鿿豈-﫿"
_CODE = re.compile(r"`([^`\n]+)`")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GLUED = re.compile(rf"[{HAN}][A-Za-z0-9`]|[A-Za-z0-9`][{HAN}]")
_HALF = re.compile(rf"[{HAN}]\s?[,;:!?](?=\s|$|[{HAN}])|[{HAN}]\.(?:\s|$)|[{HAN}]\([^)]*[{HAN}]")

Places = Iterator[tuple[str, str]]


@rule("HK001", "Clean text files", "UTF-8, LF line ends, one newline at the end, no tabs and no blanks at line ends: so that a diff shows meaning only.")
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


@rule("HK002", "Entries load", "A file that is no TOML, lacks a field, has an unknown one or a wrong type would leave a question unanswered.")
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


@rule("HK202", "The same code in both languages", "Commands, keywords and codes in backticks are facts: they must be the same on both sides.")
def same_code(subject: Subject) -> Places:
    for entry in subject.base:
        for path, text in texts(entry):
            left, right = set(_CODE.findall(text.en)), set(_CODE.findall(text.zh))
            if left != right:
                yield entry.id, f"{path}: `{'`, `'.join(sorted(left ^ right))}` stands in one language only"


@rule("HK203", "The same numbers in both languages", "A number that differs between the languages is wrong in one of them.")
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


@rule("HK205", "Air between Han and Latin", "A blank between Han characters and Latin letters, digits or code reads better and is what Chinese engineers write.")
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


@rule("HK401", "Short enough for one screen", "Title ≤ 90, verdict ≤ 320, page and twin ≤ 400, a check or remedy ≤ 500 characters: a tired reader sees the answer without scrolling.")
def short_enough(subject: Subject) -> Places:
    bounds = {"title": 90, "verdict": 320, "page": 400, "twin": 400}
    for entry in subject.base:
        for path, text in texts(entry):
            name = path.split("[")[0].split(".")[0]
            limit = bounds.get(name, 500 if name in ("checks", "fixes") else 1500)
            longest = max(len(text.en), len(text.zh))
            if longest > limit:
                yield entry.id, f"{path}: {longest} characters, at most {limit}"


@rule("HK901", "Findable", "An entry needs phrases as people say them, in both languages, or nobody finds it.", "advice")
def findable(subject: Subject) -> Places:
    for entry in subject.base:
        if isinstance(entry, State | Cookie) and (len(entry.symptoms.en) < 4 or len(entry.symptoms.zh) < 4):
            yield entry.id, "has fewer than four symptoms in a language"
