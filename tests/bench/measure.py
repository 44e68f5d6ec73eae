"""Measuring: whole processes, alternating rounds, medians of the ratios inside a round, and rows of the table."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "bench"

ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "HAFLAG_", "PYTHON"))},
    "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode"),
    "LC_ALL": "C.UTF-8",
}
"""What every process runs in: with bytecode, as after an installation, which this machine's settings might not write."""


def haflag() -> list[str]:
    """The command `haflag` of this installation."""
    script = Path(sys.executable).with_name("haflag")
    return [str(script)] if script.exists() else [sys.executable, "-m", "bot"]


class Done(NamedTuple):
    """A process that has ended: wall seconds, CPU seconds, most memory held (MB), what it printed."""

    seconds: float
    cpu: float
    memory: float
    out: bytes


def run(command: Sequence[str], *, source: Path | None = None, processor: int | None = None, watch: bool = False) -> Done:
    """Runs a command to its end, `source` on standard input. RuntimeError where it fails. `watch` measures its memory."""
    with open(source or os.devnull, "rb") as given:
        started = time.perf_counter()
        child = subprocess.Popen(
            pinned(command, processor), stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, cwd=ROOT
        )
        memory = peak(child) if watch else 0.0
        out, errors = child.communicate()
        seconds = time.perf_counter() - started
    if child.returncode:
        raise RuntimeError(f"{command[0]}: exit {child.returncode}: {errors.decode(errors='replace')[-500:]}")
    return Done(seconds, 0.0, memory, out)


def pinned(command: Sequence[str], processor: int | None) -> list[str]:
    """The command kept on one processor, where there is more than one and the system can."""
    if processor is None or not hasattr(os, "sched_getaffinity"):
        return list(command)
    own = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(own[processor % len(own)]), *command] if len(own) > 1 else list(command)


def peak(child: subprocess.Popen[bytes]) -> float:
    """The most memory (MB) that a process and its children held, looked up every few milliseconds until it ends.

    Of a process that the kernel has forgotten nothing can be asked, and its resource usage counts what its parent had.
    """
    most: dict[int, float] = {}
    while child.poll() is None:
        for pid in (child.pid, *descendants(child.pid)):
            most[pid] = max(most.get(pid, 0.0), held(pid, "VmHWM"))
        time.sleep(0.005)
    return sum(most.values())


def descendants(pid: int) -> list[int]:
    with suppress(OSError):
        children = [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [*children, *(d for c in children for d in descendants(c))]
    return []


def held(pid: int, field: str = "VmRSS") -> float:
    """Memory of a process in MB, 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1000
    return 0.0


def rounds(count: int, things: Mapping[str, Callable[[], Any]]) -> dict[str, list[Any]]:
    """Does every thing once a round, every other round backwards: what is measured by a drifting machine drifts alike."""
    found: dict[str, list[Any]] = {name: [] for name in things}
    for number in range(count):
        for name in list(things)[:: -1 if number % 2 else 1]:
            found[name].append(things[name]())
    return found


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the ratios inside the rounds."""
    return median(a / b for a, b in zip(over, under, strict=True))


class Row(NamedTuple):
    """One line of the table. `reached` is None where it could not be measured, and `note` says why."""

    path: str
    reached: float | None
    target: float
    beyond: float | None = None
    at_least: bool = False
    unit: str = "×"
    note: str = ""

    def verdict(self) -> str:
        def holds(limit: float) -> bool:
            assert self.reached is not None
            return self.reached >= limit if self.at_least else self.reached <= limit

        if self.reached is None:
            return "not measured"
        if self.beyond is not None and holds(self.beyond):
            return "beyond"
        return "reached" if holds(self.target) else "missed"

    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.at_least else "≤"
        beyond = "" if self.beyond is None else f"{sign} {figure(self.beyond)} {self.unit}"
        reached = "–" if self.reached is None else f"{figure(self.reached)} {self.unit}"
        return self.path, f"{sign} {figure(self.target)} {self.unit}", beyond, reached, self.verdict(), self.note


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 or value == int(value) else f"{value:.2f}" if value < 10 else f"{value:.1f}"
