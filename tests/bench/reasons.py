"""What a target that is missed would cost, and what was tried: told below the table by `make bench`."""

REASONS = {
    "memory over bare Starlette": (
        "Loaded for good: Bolt with its HTTP client 46 MB (of which the floor holds 36), SQLAlchemy 20 MB, the "
        "knowledge with its search index 25 MB. Bolt and SQLAlchemy alone are 1.85 ×, and both are given. Tried: the "
        "index as plain data instead of built at start (−17 MB), one dialect instead of two (−2 MB), fewer kept "
        "answers, templates and image code loaded only where used, tables of a new database without Alembic (−11 MB), what "
        "was seen lately kept as hashes (−20 MB under load), readers of logs loaded with the first log. Without docstrings "
        "(`python -OO`) it would be 5 MB less: not done."
    ),
    "start to first ack over bare Starlette": (
        "Imports: Bolt 0.3 s, SQLAlchemy 0.25 s, the knowledge's expressions 0.1 s, against 0.25 s for all of the "
        "floor. Tried: the index kept beside the bytecode (−0.8 s), no garbage collection while loading (−0.1 s), one "
        "dialect (−0.1 s), readers of logs loaded with the first log (−0.07 s). "
        "To answer before Bolt and the store are loaded would save 0.5 s and make the first second of "
        "a process another program: not done."
    ),
    "`haflag report`, all tables": (
        "One expression takes every line, about 400 MB/s on a free processor, in as many processes as there are "
        "processors; halog and mawk run on one and gain nothing from the second. Tried: HTTP lines only (9 % faster), "
        "two alternatives instead of three (2 %), a fixed width for the status (5 % slower), small parts that each process "
        "takes when it is free (15 % more work). One group less, counts folded by key and few collections took a fifth of "
        "the processor's time away. Half of it is the expression, a third the counting of what it found. "
        "Where the two processors share one core, the second adds little. numpy over "
        "byte windows would be 1.6 × as fast for a wheel of 15 MB and seventy dense lines: not done."
    ),
    "the same, 198 MB": (
        "As for `haflag report` above; a tenth of a second of it is the start of Python and the answer itself."
    ),
    "signed `/haflag cD`": (
        "An ack takes 0.06 ms of the process beside the server's own part. Tried: without Bolt (0.46 → 0.15 ms), answers "
        "kept as bytes and counts without a task (0.15 → 0.11 ms), forms without parse_qsl and counters kept "
        "(0.11 → 0.09 ms), no timer for a request that has arrived whole (0.09 → 0.06 ms)."
    ),
    "`haflag explain cD`": (
        "Milliseconds, not a ratio: on a processor at its slower speed 45 become 51. A third of it is msgspec with what it "
        "loads (uuid, platform, datetime), a quarter the answer laid out for a terminal. Tried: its tables read from what is "
        "kept (−100 ms), neither argparse nor JSON loaded, expressions compiled where they are used."
    ),
    "p99 over p50 of `rapidfuzz": (
        "The slowest question of a run decides: those of twenty words, with 120 entries that something speaks of. "
        "Tried: only the entries that a word speaks of are scored, rules under their rarest feature, tables read from "
        "what is kept."
    ),
}
"""By how a row's name begins."""


def reasons(missed: list[str]) -> str:
    """The reasons for the rows that were missed, as a list; empty where there are none."""
    told = {path: next((why for start, why in REASONS.items() if path.startswith(start)), "") for path in missed}
    return "".join(f"- **{path}**: {why}\n" for path, why in told.items() if why)
