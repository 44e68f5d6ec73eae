"""The rows of single answers: the terminal's start, words in process, a knowledge base a hundred times as large."""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from rapidfuzz import fuzz, process

from knowledge import base as bases
from knowledge import prebuilt
from knowledge.base import KnowledgeBase
from knowledge.search import Index, index
from tests.bench.load import questions
from tests.bench.measure import Row, haflag, rounds, run

LARGE = 12_000


def explain_row(quick: bool) -> Row:
    """A whole `haflag explain cD`, printed into a pipe, over an interpreter that does nothing: the best of each, for
    what else a machine does only ever adds."""
    run([*haflag(), "explain", "cD"])
    timed = rounds(9 if quick else 31, {
        "pass": lambda: run([sys.executable, "-c", "pass"]).seconds,
        "ours": lambda: run([*haflag(), "explain", "cD"]).seconds,
    })  # fmt: skip
    more = 1000 * (min(timed["ours"]) - min(timed["pass"]))
    return Row("`haflag explain cD`, whole process, over `python -c pass`", more, 50, 25, unit="ms more",
               note=f"`python -c pass`: {1000 * min(timed['pass']):.0f} ms")  # fmt: skip


def words_rows(quick: bool) -> list[Row]:
    """Questions in words, answered in process, and `extract(WRatio)` over the same phrases."""
    base = bases.load()
    asked = questions()[: 60 if quick else None]
    phrases = [text for entry in base for text in (*entry.symptoms.en, *entry.symptoms.zh)]
    base.answer("the index is built by the first question")
    ours = _times(base.answer, asked, 3)
    theirs = _times(lambda text: process.extract(text, phrases, scorer=fuzz.WRatio), asked[:40], 1)
    p50, p99 = median(ours), _p99(ours)
    return [
        Row("question in words, in process: p50", p50, 1, unit="ms"),
        Row("the same: p99", p99, 5, unit="ms"),
        Row("p99 over p50 of `rapidfuzz.process.extract(WRatio)`", p99 / median(theirs), 0.15, 0.03,
            note=f"{len(phrases):,} phrases: {median(theirs):.1f} ms"),
    ]  # fmt: skip


def _times(ask: Callable[[str], Any], asked: Sequence[str], times: int) -> list[float]:
    """Milliseconds per question: the best of `times`, for what else this machine does is not ours."""
    found = []
    for text in asked:
        best = float("inf")
        for _ in range(times):
            started = time.perf_counter()
            ask(text)
            best = min(best, time.perf_counter() - started)
        found.append(1000 * best)
    return found


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def large_rows() -> list[Row]:
    """A knowledge base of `LARGE` synthetic entries: the price of a question, and of opening it from what is kept."""
    base = bases.load()
    large = enlarged(base)
    asked = questions()[:60]
    index(base)
    started = time.perf_counter()
    found = Index(large, {})
    built = time.perf_counter() - started
    ratio = median(_times(found.find, asked, 2)) / median(_times(index(base).find, asked, 2))
    entries = bases.Entries(*({**shelf} for shelf in (large.states, large.cookies, large.letters, large.timers, large.messages)))
    with tempfile.TemporaryDirectory() as root:
        parts = [Path(root, part) for part in bases.PARTS]
        parts[0].mkdir()
        parts[1].mkdir()
        for path in (*parts[2:], *(parts[0] / f"{number}.toml" for number in range(len(large.states)))):
            path.touch()
        prebuilt.kept("entries", map(str, parts), object, lambda: entries, root)

        def opening(where: str) -> None:
            bases.load_folder(where, where)
            prebuilt.built("index", map(str, parts), Index, lambda: found, where)

        opening(root)
        opened = min(_times(opening, [root] * 5, 1)) / 1000
    return [
        Row(f"search among {LARGE:,} entries: p50 over today's {len(list(base))}", ratio, 20,
            note=f"its index takes {built:.0f} s to build, once"),
        Row(f"opening {LARGE:,} entries and their index from what is kept", opened, 1, unit="s"),
    ]  # fmt: skip


def enlarged(base: KnowledgeBase) -> KnowledgeBase:
    """The entries, and copies of the states with other ids and with words of their own in their symptoms."""
    originals = list(base.states.values())
    states = dict(base.states)
    for number in range(LARGE - len(list(base))):
        state = originals[number % len(originals)]
        word = f"zq{number:05d}"
        symptoms = msgspec.structs.replace(
            state.symptoms, en=tuple(f"{text} {word}" for text in state.symptoms.en[:2]), zh=state.symptoms.zh[:1]
        )
        states[f"{state.code}-{word}"] = msgspec.structs.replace(state, code=f"{state.code}-{word}", symptoms=symptoms)
    return KnowledgeBase(states, base.cookies, base.letters, base.timers, base.messages)
