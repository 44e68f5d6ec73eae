"""Several lines pasted at once: how many there are, what each says, and lines that were broken in two."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.logline import logged, read_line, read_paste
from tests.knowledge.loglines import CHAT, LIVE, NOISE, WRAPPINGS

STANDARD = [r for r in LIVE if r["format"] in ("httplog", "httpslog", "tcplog", "sni") and "sid=q" not in r["line"]]
OTHERS = [s for s in NOISE if s.startswith(("Nov", "[20", "198", "20"))]


@pytest.mark.parametrize("seed", range(12))
def test_counts_of_a_paste_are_exact(seed: int) -> None:
    chance = random.Random(seed)
    rows = chance.sample(LIVE, chance.randrange(2, 25))
    wrap = WRAPPINGS[chance.choice(["bare", "rfc3164", "docker", "cri", "filebeat", "iso", "syslog-ng"])]
    others = chance.sample(OTHERS, chance.randrange(0, 4))
    lines = [wrap(r["line"]) for r in rows] + others
    chance.shuffle(lines)
    mangle = chance.choice(["none", "entities", "fence", "quote"])
    text = "\n".join(lines)
    if mangle == "quote":
        text = "\n".join(f"> {line}" for line in lines)
    elif mangle != "none":
        text = CHAT[mangle](text)
    found = read_paste(text)
    assert len(found) == len(lines)
    assert Counter(line.termination_state for line in found) == Counter(
        [r["want"]["termination_state"] for r in rows] + [None] * len(others)
    )


@pytest.mark.parametrize("row", STANDARD[::3], ids=lambda r: r["format"])
def test_a_line_broken_at_any_space_is_one_line(row: dict) -> None:
    line = WRAPPINGS["rfc3164"](row["line"])
    spaces = [n for n, character in enumerate(line) if character == " " and n > 40]
    for n in spaces[::2]:
        for broken in (f"{line[:n]}\n{line[n + 1:]}", f"{line[:n]} \\\n   {line[n + 1:]}"):
            found = read_paste(broken)
            states = [f.termination_state for f in found if f.termination_state is not None]
            assert states == [row["want"]["termination_state"]], broken
            assert read_line(broken).termination_state == row["want"]["termination_state"]


def test_a_terminal_of_80_columns() -> None:
    for row in STANDARD:
        line = WRAPPINGS["rfc3164"](row["line"])
        broken = "\n".join(line[n : n + 80] for n in range(0, len(line), 80))
        got = read_line(broken)
        assert got.termination_state == row["want"]["termination_state"], broken
        assert got.timers == row["want"]["timers"]


def test_two_broken_lines_are_two_lines() -> None:
    lines = [WRAPPINGS["rfc3164"](r["line"]) for r in STANDARD[:2]]
    broken = "\n".join(f"{line[:90]}\n{line[90:]}" for line in lines)
    assert [f.termination_state for f in read_paste(broken)] == [r["want"]["termination_state"] for r in STANDARD[:2]]


def test_prose_around_lines_is_no_record() -> None:
    text = "since the deploy we see this:\n\n```\n" + "\n".join(r["line"] for r in STANDARD[:3]) + "\n```\nany idea why?"
    found = read_paste(text)
    assert [f.termination_state for f in found if f.termination_state] == [r["want"]["termination_state"] for r in STANDARD[:3]]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=40), st.sampled_from([r["line"] for r in STANDARD[:5]])), max_size=8))
def test_never_raises(lines: list[str]) -> None:
    assert len(read_paste("\n".join(lines))) <= sum(1 + line.count("\n") for line in lines)


def test_what_is_a_log_and_what_a_question() -> None:
    for row in LIVE:
        assert logged(row["line"]), row["line"]
    for line in (NOISE[2], NOISE[9], NOISE[10], NOISE[14], NOISE[18]):
        assert logged(line), line
    questions = [
        "what does sC-- mean?", "503 with NOSRV while the backend is fine", "sC vs SC", "timeout server 30s and a 504",
        "后端是好的，为什么 503 NOSRV", "is cD-- 200 normal when Ta is 60001 ms?", "why is my server DOWN", NOISE[1], NOISE[27],
    ]  # fmt: skip
    assert [q for q in questions if logged(q)] == []
