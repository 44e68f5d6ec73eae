"""Fits the weights that decide whether a question is one of ours: `python -m tests.eval.calibrate`.

Logistic regression over the tuned questions. Each fifth of them is weighed by an index that has not seen its examples,
so that the weights are right for questions never seen; the same fifths give the cross-validated figures. What it prints
below them goes to `[relevance]` in rules.toml.
"""

import math
import sys

import knowledge
from knowledge.lexicon_files import asked
from knowledge.question import read
from knowledge.search import LEAST, SIGNS, Index
from tests.eval.evaluate import HERE, Ask, Case, report, run
from tests.eval.evaluate import read as read_cases

FOLDS = 5
NEGATIVE_WEIGHT = 1.5
"""What a wrong answer to a question that is none of ours costs beside a right question refused."""

NAMED = 1.5
"""The least weight of HAProxy's name beside a fault: nearly every such question is ours, too few of them doubtful to tell."""


def folds(cases: list[Case]) -> list[tuple[Index, list[Case]]]:
    """The cases in fifths, each with an index built without the examples that the fifth holds."""
    base = knowledge.load()
    parts = []
    for n in range(FOLDS):
        part = [case for k, case in enumerate(cases) if k % FOLDS == n]
        hidden = {case.query for case in part}
        examples = {id: [text for text in texts if text not in hidden] for id, texts in asked().items()}
        parts.append((Index(base, examples), part))
    return parts


def worded(cases: list[Case]) -> list[Case]:
    """The cases that are read as words, and so reach the search."""
    base = knowledge.load()
    return [case for case in cases if read(case.query, base).kind == "words"]


def finder(index: Index) -> Ask:
    """What finds the ids by one index."""
    return lambda text: tuple(id for id, _ in index.find(text).hits)


def fit(rows: list[tuple[float, ...]], ours: list[bool]) -> list[float]:
    """Weights, the constant first, by gradient descent on standardised signs."""
    width = len(rows[0])
    mean = [sum(r[i] for r in rows) / len(rows) for i in range(width)]
    spread = [math.sqrt(sum((r[i] - mean[i]) ** 2 for r in rows) / len(rows)) or 1.0 for i in range(width)]
    scaled = [(1.0, *((r[i] - mean[i]) / spread[i] for i in range(width))) for r in rows]
    weights = [0.0] * (width + 1)
    for _ in range(1500):
        slope = [0.001 * w for w in weights]
        for row, right in zip(scaled, ours, strict=True):
            odds = sum(w * x for w, x in zip(weights, row, strict=True))
            error = 1 / (1 + math.exp(-odds)) - right
            cost = 1.0 if right else NEGATIVE_WEIGHT
            for i, x in enumerate(row):
                slope[i] += cost * error * x / len(rows)
        weights = [w - 1.0 * s for w, s in zip(weights, slope, strict=True)]
    plain = [w / s for w, s in zip(weights[1:], spread, strict=True)]
    plain[-1] = max(plain[-1], NAMED)
    return [weights[0] - sum(w * m for w, m in zip(plain, mean, strict=True)), *plain]


def main() -> int:
    """Prints the weights and what they keep and refuse."""
    cases = worded([case for name in ("questions", "questions-tuned") for case in read_cases(HERE / f"{name}.jsonl")])
    rows, ours, outcomes = [], [], []
    for index, part in folds(cases):
        outcomes += run(part, finder(index))
        for case in part:
            rows.append(index.scores(case.query)[1])
            ours.append(bool(case.expected))
    print(report("cross-validated, with the weights in rules.toml", outcomes))
    weights = fit(rows, ours)
    names = ("constant", *SIGNS)
    print("[relevance]")
    for name, weight in zip(names, weights, strict=True):
        print(f"{name} = {weight:.2f}")
    least = math.log(LEAST / (1 - LEAST))
    kept = [sum(w * x for w, x in zip(weights, (1.0, *row), strict=True)) >= least for row in rows]
    right = sum(k for k, o in zip(kept, ours, strict=True) if o) / sum(ours)
    refused = sum(not k for k, o in zip(kept, ours, strict=True) if not o) / (len(ours) - sum(ours))
    print(f"# ours kept {right:.1%} of {sum(ours)}, others refused {refused:.1%} of {len(ours) - sum(ours)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
