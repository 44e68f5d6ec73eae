"""How often the first answer to a question in words is right: `python -m tests.eval.evaluate [--misses] [FILE…]`.

A question is right where its first match is expected or acceptable, recalled where an expected one is among the first
three, and a negative is right where there is no match. Questions that guided the lexicon are reported apart from those
that were held out from it: the second figure is the one that means something.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

import knowledge

HERE = Path(__file__).parent
Ask = Callable[[str], tuple[str, ...]]


class Case(msgspec.Struct, frozen=True):
    """One line of a questions file. Negatives expect nothing."""

    id: str
    lang: str
    kind: str
    query: str
    expected: tuple[str, ...]
    acceptable: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True):
    """What came of a case: the ids in their order and the time in milliseconds."""

    case: Case
    ids: tuple[str, ...]
    took: float

    @property
    def hit(self) -> bool:
        if not self.case.expected:
            return not self.ids
        return bool(self.ids) and self.ids[0] in (*self.case.expected, *self.case.acceptable)

    @property
    def recalled(self) -> bool:
        return not self.case.expected or not set(self.case.expected).isdisjoint(self.ids[:3])


def read(path: Path) -> list[Case]:
    """The cases of a JSONL file."""
    return [msgspec.json.decode(line, type=Case) for line in path.read_bytes().splitlines() if line.strip()]


def asker() -> Ask:
    """The product's own way from a text to the ids of its matches."""
    base = knowledge.load()
    return lambda text: tuple(match.id for match in base.answer(text).matches)


def run(cases: Iterable[Case], ask: Ask) -> list[Outcome]:
    """Asks every case once, timed."""
    outcomes = []
    for case in cases:
        start = time.perf_counter()
        ids = ask(case.query)
        outcomes.append(Outcome(case, ids, 1000 * (time.perf_counter() - start)))
    return outcomes


def share(outcomes: list[Outcome], right: Callable[[Outcome], bool]) -> float:
    """The share (0–1) of outcomes that are right; 1 where there are none."""
    return sum(map(right, outcomes)) / len(outcomes) if outcomes else 1.0


def report(name: str, outcomes: list[Outcome], *, misses: bool = False) -> str:
    """The figures of one set as text, by kind and language."""
    asked = [o for o in outcomes if o.case.expected]
    negative = [o for o in outcomes if not o.case.expected]
    took = sorted(o.took for o in outcomes)
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    lines = [
        f"{name}: {len(outcomes)} questions, {len(negative)} of them negative",
        f"  hit@1 {share(asked, lambda o: o.hit):.1%}   recall@3 {share(asked, lambda o: o.recalled):.1%}   "
        f"negatives rejected {share(negative, lambda o: o.hit):.1%}   "
        f"median {took[len(took) // 2]:.2f} ms   p99 {p99:.2f} ms",
    ]
    for key in ("kind", "lang"):
        values = sorted({getattr(o.case, key) for o in outcomes})
        parts = []
        for value in values:
            group = [o for o in outcomes if getattr(o.case, key) == value]
            parts.append(f"{value} {share(group, lambda o: o.hit):.0%} of {len(group)}")
        lines.append(f"  by {key}: " + ", ".join(parts))
    if misses:
        for o in outcomes:
            if not (o.hit and o.recalled):
                wanted = " ".join(o.case.expected) or "nothing"
                verdict, got = "late" if o.hit else "MISS", " ".join(o.ids[:4]) or "nothing"
                lines.append(f"  {verdict} {o.case.id} {o.case.query!r}: wanted {wanted}, got {got}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Prints the figures of every set; 0 always: the figures are read, the bar is kept by tests/knowledge/test_search.py."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path, help="question files; default: all beside this module")
    parser.add_argument("--misses", action="store_true", help="name the questions that went wrong")
    options = parser.parse_args(arguments)
    files = options.files or sorted(HERE.glob("questions*.jsonl"))
    ask = asker()
    ask("warm up: the index is built with the first question")
    for path in files:
        print(report(path.stem, run(read(path), ask), misses=options.misses))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
