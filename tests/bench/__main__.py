"""`python -m tests.bench [--quick] [--only PART]`: measures, prints the table, and writes docs/performance.md (whole runs do)."""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measure import CACHE, ENVIRONMENT, ROOT, Row
from tests.bench.reasons import reasons

HEADER = ("what", "target", "beyond", "reached", "", "")
ORDER = ("http", "start", "answers", "logs", "memory", "decode", "large", "soak")


def main() -> int:
    """0; 1 where a part could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="under a minute: smaller files, fewer rounds, nothing written")
    parser.add_argument("--soak", type=float, default=600, metavar="SECONDS", help="how long --only soak lasts (default 600)")
    parser.add_argument("--only", action="append", choices=ORDER, help="measure one part; nothing is written")
    args = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    compiling = [sys.executable, "-m", "compileall", "-q", "bot", "knowledge", "tests/bench"]
    subprocess.run(compiling, cwd=ROOT, env=ENVIRONMENT, check=True)
    started, found, failed = time.monotonic(), [], 0
    for name, part in parts(args.quick, args.soak).items():
        if name not in (args.only or ORDER[:-1]):
            continue
        began = time.monotonic()
        try:
            rows = list(part())
        except (RuntimeError, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
            continue
        found += rows
        for row in rows:
            print(" | ".join(row.cells()), flush=True)
        print(f"({name}: {time.monotonic() - began:.0f} s)", file=sys.stderr)
    if not args.quick and not args.only and not failed:
        (ROOT / "docs" / "performance.md").write_text(page(found, time.monotonic() - started), "utf-8")
    return failed


def parts(quick: bool, soak: float) -> dict[str, Callable[[], Iterable[Row]]]:
    """Every part by name; each imports what it measures when it runs."""
    from tests.bench import answer_rows, http_rows, log_rows, logs

    def http() -> Iterable[Row]:
        return http_rows.rows(quick, logs.file(200_000_000 if quick else 1_000_000_000))

    def answers() -> Iterable[Row]:
        return [answer_rows.explain_row(quick), *answer_rows.words_rows(quick)]

    found: dict[str, Callable[[], Iterable[Row]]] = {
        "http": http,
        "start": lambda: [http_rows.start_row(quick)],
        "answers": answers,
        "logs": lambda: log_rows.report_rows(quick),
        "memory": lambda: [log_rows.memory_row(quick)],
        "decode": lambda: [log_rows.decode_row(quick)],
        "soak": lambda: [http_rows.soak_row(soak)],
    }
    if not quick:
        found["large"] = answer_rows.large_rows
    return found


def page(rows: list[Row], seconds: float) -> str:
    """docs/performance.md."""
    table = [HEADER, ("---",) * len(HEADER), *(row.cells() for row in rows)]
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in table)
    missed = [row.path for row in rows if row.verdict() == "missed"]
    last = f"Missed in this run, with what was tried:\n\n{reasons(missed)}" if missed else "Nothing was missed in this run.\n"
    return (
        f"# Performance\n\nWritten by `make bench` on {datetime.now(UTC):%d %B %Y}, in {seconds / 60:.0f} minutes,\n"
        f"on {machine()}.\n\n"
        "Every figure is a ratio of two things that were measured in turns in one run: the median of the ratios inside the\n"
        "rounds. Absolute figures of another machine, or of this one on another day, say nothing beside them. All traffic is\n"
        "loopback; servers share one processor, the load has the other; every answer is checked.\n\n"
        f"{lines}\n\n{last}\n"
        "What a box serves, and where to go when it does not suffice: [scaling](scaling.md).\n"
    )


def machine() -> str:
    """This machine in words."""
    model, memory = "", 0.0
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            memory = int(line.split()[1]) / 1e6
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return (
        f"{count} processors ({model or platform.machine()}), {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}; load average {busy:.1f} at the end, so whatever else ran took its share"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main())
