"""`make lab`: every scenario on this machine's HAProxy and on other majors; writes `knowledge/evidence/<version>.jsonl`."""

import argparse
import asyncio
import importlib
import pkgutil
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.lab import scenarios as package
from tests.lab.harness import run_all
from tests.lab.judge import faults, record
from tests.lab.scenario import Scenario
from tests.lab.versions import MISSING, SUITES, Build, Unreachable, own, suite

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


def run_on(build: Build, scenarios: tuple[Scenario, ...], at_once: int) -> tuple[list[bytes], list[str]]:
    """The evidence lines and the faults of a build. A scenario that fails runs once more by itself before it counts."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = asyncio.run(run_all(scenarios, build, Path(folder), at_once))
    by_name = {scenario.name: scenario for scenario in scenarios}
    shaky = [by_name[name] for name, outcome in outcomes.items() if faults(by_name[name], build, outcome)]
    if shaky:
        with tempfile.TemporaryDirectory() as folder:
            outcomes |= asyncio.run(run_all(shaky, build, Path(folder), 2))
    lines: list[bytes] = []
    wrong: list[str] = []
    for name in sorted(outcomes):
        outcome = outcomes[name]
        found = faults(by_name[name], build, outcome)
        wrong += [f"{name}: {fault.strip()}" for fault in found]
        if not found and (evidence := record(by_name[name], build, outcome)) is not None:
            lines.append(msgspec.json.encode(evidence) + b"\n")
    return lines, wrong


def main() -> int:
    """Runs, prints a line per version and the faults, writes the evidence. Exit 1 where a scenario did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.record", description=__doc__)
    parser.add_argument("--suites", nargs="*", default=SUITES, help="Debian suites to take HAProxy from (none: only your own)")
    parser.add_argument("--only", default="", help="only scenarios whose name contains this; nothing is written")
    parser.add_argument("--at-once", type=int, default=12, help="scenarios in flight")
    args = parser.parse_args()
    chosen = tuple(s for s in all_scenarios() if args.only in s.name)
    failed = False
    for build in builds(tuple(args.suites)):
        started = time.monotonic()
        lines, wrong = run_on(build, chosen, args.at_once)
        failed = failed or bool(wrong)
        print(f"HAProxy {build.version} ({build.origin}): {len(lines)} recorded, {len(wrong)} faults, {time.monotonic() - started:.0f} s")
        for fault in wrong:
            print(f"  {fault[:300]}")
        if not args.only:
            EVIDENCE.mkdir(exist_ok=True)
            (EVIDENCE / f"{build.version}.jsonl").write_bytes(b"".join(lines))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
