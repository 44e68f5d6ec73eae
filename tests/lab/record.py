"""`make lab`: every scenario on this machine's HAProxy and on other majors; writes `knowledge/evidence/<version>.jsonl`."""

import argparse
import asyncio
import importlib
import os
import pkgutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from knowledge.evidence import Record, version_key
from tests.lab import scenarios as package
from tests.lab.judge import faults, record, settled
from tests.lab.scenario import Scenario
from tests.lab.versions import MISSING, SUITES, Build, Unreachable, branch, own, suite

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "knowledge" / "evidence"
CACHE = ROOT / ".cache" / "lab"


def all_scenarios() -> tuple[Scenario, ...]:
    """Every scenario of every module in `scenarios/`, in the order of module and declaration."""
    modules = (importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__))
    return tuple(scenario for module in modules for scenario in getattr(module, "SCENARIOS", ()))


def builds(suites: tuple[str, ...]) -> list[Build]:
    """The builds to run on, one per version; says on standard error what cannot be had."""
    found: dict[str, Build] = {}
    if (mine := own()) is not None:
        found[mine.version] = mine
        if os.environ.get("HAPROXY"):
            return [mine]
    else:
        print(MISSING, file=sys.stderr)
    for name in suites:
        try:
            made = suite(name, CACHE)
        except (Unreachable, OSError) as error:
            print(f"{name}: skipped, {error}", file=sys.stderr)
            continue
        found.setdefault(made.version, made)
    return list(found.values())


def run_on(build: Build, scenarios: tuple[Scenario, ...], at_once: int) -> tuple[list[Record], list[str]]:
    """The evidence and the faults of a build."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = asyncio.run(settled(scenarios, build, Path(folder), at_once))
    kept: list[Record] = []
    wrong: list[str] = []
    for scenario in sorted(scenarios, key=lambda s: s.name):
        if scenario.name in outcomes:
            found = faults(scenario, build, outcomes[scenario.name])
            wrong += [f"{scenario.name}: {fault.strip()}" for fault in found]
            if not found:
                kept.append(record(scenario, build, outcomes[scenario.name]))
    return kept, wrong


def write(build: Build, found: Sequence[Record]) -> None:
    """Writes the version's file in place of any of its branch. A record that says the same as the old one but for
    milliseconds, bytes and counters stays as it was, so that recording again changes only what has changed."""
    old: dict[str, Record] = {}
    for path in EVIDENCE.glob("*.jsonl"):
        if branch(path.stem) == build.major:
            if path.stem == build.version:
                old = {kept.scenario: kept for kept in msgspec.json.Decoder(Record).decode_lines(path.read_bytes())}
            path.unlink()

    def gist(kept: Record) -> tuple[object, ...]:
        return kept.state, kept.mode, kept.status, kept.seen, kept.retries, [timer < 0 for timer in kept.timers.values()]

    lines = [old[new.scenario] if new.scenario in old and gist(old[new.scenario]) == gist(new) else new for new in found]
    EVIDENCE.mkdir(exist_ok=True)
    (EVIDENCE / f"{build.version}.jsonl").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def main() -> int:
    """Runs, prints a line per version and the faults, writes the evidence. Exit 1 where a scenario did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.record", description=__doc__)
    parser.add_argument("--suites", nargs="*", default=SUITES, help="Debian suites and PyPI packages to take HAProxy from (none: only your own)")
    parser.add_argument("--only", default="", help="only scenarios whose name contains this; nothing is written")
    parser.add_argument("--at-once", type=int, default=8, help="scenarios in flight")
    args = parser.parse_args()
    chosen = tuple(s for s in all_scenarios() if args.only in s.name)
    failed = False
    table: dict[str, dict[str, str]] = {}
    for build in builds(tuple(args.suites)):
        started = time.monotonic()
        kept, wrong = run_on(build, chosen, args.at_once)
        failed = failed or bool(wrong)
        for made in kept:
            seen = "" if made.seen == made.status or made.mode == "tcp" else f" ({made.seen or 'nothing'})"
            table.setdefault(made.scenario, {})[build.version] = f"{made.state or 'no line'} {made.status or ''}{seen}".rstrip()
        print(f"HAProxy {build.version} ({build.origin}): {len(kept)} recorded, {len(wrong)} faults, {time.monotonic() - started:.0f} s")
        for fault in wrong:
            print(f"  {fault[:300]}")
        if not args.only:
            write(build, kept)
    versions = sorted({version for row in table.values() for version in row}, key=version_key)
    for name, row in {"": {version: version for version in versions}, **table}.items():
        print(f"{name:45}" + "".join(f"{row.get(version, ''):21}" for version in versions).rstrip())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
