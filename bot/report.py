"""`haflag report`: what a log of any size holds, for the terminal, as JSON, CSV, PNG or a page of its own."""

import argparse
import csv
import json
import os
import sys
import time
from pathlib import Path
from typing import TextIO

from knowledge.base import load
from knowledge.language import sentences
from knowledge.report import Report
from knowledge.report_files import summarise_files


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `haflag report`."""
    parser.add_argument("files", nargs="*", metavar="FILE", default=["-"], help="plain, gzip or zstd; - is standard input")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the explanations")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="counts and explanations as one JSON object")
    form.add_argument("--csv", action="store_true", help="one row per state, status, frontend and server table entry")
    form.add_argument("--html", metavar="OUT", type=Path, help="write a self-contained page with a chart")
    form.add_argument("--png", metavar="OUT", type=Path, help="write the chart of failures over time")
    parser.add_argument("--short", action="store_true", help="only what fits on one screen")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Counts, explains and writes. 0; 2 where a file cannot be read or there is no chart to write."""
    say = sentences("report").say
    bar = Bar(sys.stderr, args.files) if sys.stderr.isatty() else None
    report: Report | None = None
    try:
        for name in args.files:
            if name != "-" and Path(name).is_dir():
                raise IsADirectoryError(21, os.strerror(21), name)
        report = summarise_files(args.files, bar.advance if bar else _quiet)
    except (OSError, EOFError, ValueError) as error:
        name = getattr(error, "filename", None) or " ".join(args.files)
        reason = getattr(error, "strerror", None) or str(error)
        print("haflag report: " + say(args.lang, "cannot_read", file=name, reason=reason), file=sys.stderr)
        return 2
    finally:
        if bar:
            bar.clear()
    return _write(report, args)


def _quiet(read: int) -> None:
    pass


def _write(report: Report, args: argparse.Namespace) -> int:
    if args.csv:
        write_csv(report, sys.stdout)
        return 0
    if args.png:
        from knowledge.report_chart import png

        picture = png(report)
        if picture is None:
            print("haflag report: " + sentences("report").say(args.lang, "no_time"), file=sys.stderr)
            return 2
        args.png.write_bytes(picture)
        return 0
    from knowledge.report_answer import answer, report_data

    base = load()
    if args.json:
        print(json.dumps(report_data(base, report, args.lang), ensure_ascii=False, indent=2))
        return 0
    found = answer(base, report, args.lang)
    if args.html:
        from bot.report_page import page

        args.html.write_text(page(report, found), "utf-8")
        return 0
    from bot.render.terminal import render

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(render(found, colour=colour, details=not args.short), end="")
    return 0


def write_csv(report: Report, out: TextIO) -> None:
    """All tables as rows `table,state,key,count`."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("table", "state", "key", "count"))
    writer.writerow(("lines", "", "", report.lines))
    writer.writerow(("other_lines", "", "", report.other_lines))
    for state, count in report.states.items():
        writer.writerow(("state", state, "", count))
    for name, table in (("status", report.statuses), ("server", report.servers), ("frontend", report.frontends)):
        for state, row in table.items():
            for key, count in row.items():
                writer.writerow((name, state, key, count))
    for moment in report.over_time.moments:
        for state, count in moment.states.items():
            writer.writerow((report.over_time.unit, state, moment.time, count))


class Bar:
    """A progress bar on a terminal: bytes read of those that the files have (of packed files: an estimate of none)."""

    def __init__(self, out: TextIO, names: list[str]) -> None:
        self._out = out
        self._total = sum(os.stat(n).st_size for n in names if n != "-" and os.path.isfile(n))
        self._exact = not any(n == "-" or n.endswith((".gz", ".zst", ".zstd")) for n in names)
        self._read = 0
        self._started = self._drawn = time.monotonic()

    def advance(self, read: int) -> None:
        """Adds `read` bytes, and draws at most ten times a second."""
        self._read += read
        now = time.monotonic()
        if now - self._drawn < 0.1:
            return
        self._drawn = now
        rate = self._read / max(0.001, now - self._started) / 1e6
        if self._exact and self._total:
            share = min(1.0, self._read / self._total)
            full = round(24 * share)
            text = f"[{'█' * full}{'·' * (24 - full)}] {100 * share:3.0f}%"
        else:
            text = f"{self._read / 1e6:,.0f} MB"
        self._out.write(f"\r{text} {rate:,.0f} MB/s ")
        self._out.flush()

    def clear(self) -> None:
        """Takes the bar off the terminal."""
        self._out.write("\r" + " " * 60 + "\r")
        self._out.flush()

