"""The rows of logs: report beside halog and mawk, its memory, decode beside haproxy_log_analysis."""

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from statistics import median

from tests.bench import logs
from tests.bench.measure import CACHE, ENVIRONMENT, ROOT, Row, haflag, peak, ratio, rounds, run

AWK = '{ n[$15 " " $11 " " $9]++ } END { for (k in n) print n[k], k }'
"""State, status and backend/server of an HTTP line: the one table that a one-liner gives."""
PEER = CACHE / "haproxy_log_analysis"
_PEER = (
    "import sys, collections, datetime; from haproxy.line import Line; n = collections.Counter()\n"
    "for raw in open(sys.argv[1]):\n"
    "    line = Line(raw.strip())\n"
    "    if line.is_valid: n[line.termination_state, line.status_code, line.backend_name, line.server_name] += 1\n"
    "print(sum(n.values()))"
)


def report_rows(quick: bool) -> list[Row]:
    """Wall of the whole report over halog's three passes and over mawk's table; the counts must agree first."""
    big, small = (logs.file(200_000_000), logs.file(50_000_000)) if quick else (logs.file(1_000_000_000), logs.file(200_000_000))
    count = 3 if quick else 5
    found = []
    if shutil.which("halog"):
        agree(small)
        timed = rounds(count, {
            **{flag: lambda flag=flag: run(["halog", "-q", flag], source=big).seconds for flag in ("-tc", "-st", "-srv")},
            "ours": lambda: run([*haflag(), "report", str(big), "--json"]).seconds,
        })  # fmt: skip
        passes = [sum(t) for t in zip(timed["-tc"], timed["-st"], timed["-srv"], strict=True)]
        speed = big.stat().st_size / 1e6 / median(timed["ours"])
        found.append(Row(f"`haflag report`, all tables, {_size(big)}: wall over halog's `-tc` + `-st` + `-srv`",
                         ratio(timed["ours"], passes), 1.5, 1.0, note=f"{speed:,.0f} MB/s"))  # fmt: skip
    else:
        found.append(Row("`haflag report` over halog", None, 1.5, 1.0, note="halog is not installed (Debian: haproxy)"))
    if shutil.which("mawk"):
        timed = rounds(count, {
            "mawk": lambda: run(["mawk", AWK, str(small)]).seconds,
            "ours": lambda: run([*haflag(), "report", str(small), "--json"]).seconds,
        })  # fmt: skip
        found.append(Row(f"the same, {_size(small)}: wall over mawk's one table", ratio(timed["ours"], timed["mawk"]), 1.0, 0.7))
    else:
        found.append(Row("`haflag report` over mawk", None, 1.0, 0.7, note="mawk is not installed"))
    return found


def agree(path: Path) -> None:
    """RuntimeError where our counts per state are not halog's, which counts HTTP lines only, by two letters."""
    ours: Counter[str] = Counter()
    for state, count in json.loads(run([*haflag(), "report", str(path), "--json"]).out)["states"].items():
        ours[state[:2]] += count if len(state) == 4 else 0
    printed = run(["halog", "-q", "-tc"], source=path).out.decode()
    theirs = {line.split()[0]: int(line.split()[1]) for line in printed.splitlines()}
    if theirs != dict(ours):
        different = {k: (ours.get(k), theirs.get(k)) for k in ours.keys() | theirs.keys() if ours.get(k) != theirs.get(k)}
        raise RuntimeError(f"counts differ from halog's: {different}")


def memory_row(quick: bool) -> Row:
    """Most memory over a stream of 10 GB over most memory for 1 MB; the stream ends early where it takes too long."""
    size, most_seconds = (1_000_000_000, 8.0) if quick else (10_000_000_000, 75.0)
    small, _ = streamed(1_000_000, most_seconds)
    big, written = streamed(size, most_seconds)
    note = f"{written / 1e9:.1f} GB through a pipe: {big:.0f} MB"
    if written < 0.97 * size:
        note += f" (cut after {most_seconds:.0f} s)"
    return Row("peak memory of `haflag report`, 10 GB stream over 1 MB", big / small, 1.2, note=note)


def streamed(size: int, most_seconds: float) -> tuple[float, int]:
    """Most memory (MB) of a report on a pipe, and the bytes that went through it."""
    command = [sys.executable, "-c", f"import tests.bench.log_rows as r; r.pour({size}, {most_seconds})"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, cwd=ROOT) as source:
        report = [*haflag(), "report", "-", "--json"]
        child = subprocess.Popen(report, stdin=source.stdout, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        assert source.stdout is not None
        assert source.stderr is not None
        source.stdout.close()
        memory = peak(child)
        written = int(source.stderr.read() or 0)
    return memory, written


def pour(size: int, most_seconds: float) -> None:
    """Writes a log to standard output, and how many bytes it were to standard error."""
    until, written = time.monotonic() + most_seconds, 0
    blocks = logs.stream(size)
    block = next(blocks)[: size if size < 4_000_000 else None]
    while written < size and time.monotonic() < until:
        sys.stdout.buffer.write(block)
        written += len(block)
    with suppress(BrokenPipeError):
        sys.stdout.buffer.flush()
    print(written, file=sys.stderr)


def decode_row(quick: bool) -> Row:
    """Lines a second that `haflag decode` turns into JSON, over those that haproxy_log_analysis reads."""
    row = Row("`haflag decode` over `haproxy_log_analysis`, lines/s", None, 20, 100, at_least=True)
    if not (PEER / "haproxy").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(PEER)]
        try:
            subprocess.run([*command, "haproxy_log_analysis==6.0.0"], check=True, capture_output=True, timeout=60)
        except (subprocess.SubprocessError, OSError):
            return row._replace(note="skipped: the package index cannot be reached")
    ours, theirs = CACHE / "decode.log", CACHE / "decode-peer.log"
    # A forged record in a captured header stops haproxy_log_analysis with an exception: such lines are left out for both.
    lines = (line for line in logs.template().splitlines(True) if logs.FORGED.encode() not in line)
    block = b"".join(line for line in lines if line.endswith(b'HTTP/1.1"\n'))
    head = b"".join(block.splitlines(True)[: 1_000 if quick else 4_000])
    theirs.write_bytes(head)
    ours.write_bytes(block * (10 if quick else 40))
    ENVIRONMENT["PYTHONPATH"] = str(PEER)
    try:
        timed = rounds(3 if quick else 5, {
            "ours": lambda: run([*haflag(), "decode", str(ours)]).seconds,
            "theirs": lambda: run([sys.executable, "-c", _PEER, str(theirs)]).seconds,
        })  # fmt: skip
    finally:
        del ENVIRONMENT["PYTHONPATH"]
    rates = {
        name: [path.read_bytes().count(b"\n") / s for s in timed[name]] for name, path in (("ours", ours), ("theirs", theirs))
    }
    note = f"{median(rates['ours']):,.0f} lines/s, whole processes"
    return row._replace(reached=ratio(rates["ours"], rates["theirs"]), note=note)


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e9:.1f} GB" if path.stat().st_size > 900_000_000 else f"{path.stat().st_size / 1e6:.0f} MB"
