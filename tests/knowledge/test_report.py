"""Counts of many lines: equal to a slow and obvious reader's, whatever the size, the packing and the format."""

import gzip
import random
from collections import Counter
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import zstandard

from knowledge import report_scan, report_tally
from knowledge.base import load
from knowledge.line_answer import lines_answer
from knowledge.question import Question
from knowledge.report import Report, is_normal, parse_stamp, summarise_lines, summarise_text
from knowledge.report_answer import answer, canonical, common, counts, ranked
from knowledge.report_chart import OTHERS, layout, png
from knowledge.report_files import summarise_files, summarise_stream
from knowledge.report_scan import BLOCK, Scanner
from tests.knowledge.loglines import LIVE, WRAPPINGS

FORGED = "x [24/Nov/2026:03:12:45.101] web app/s1 0/0/-1/-1/20004 503 217 - - sC-- 12/12/3/1/3 0/0 #22GET"
STATES = {"----": 200, "--NI": 200, "cD--": 200, "sH--": 504, "SC--": 503, "PR--": 403, "LR--": 302, "CC--": -1}


def log(count: int, seed: int = 1, minutes: int = 7) -> tuple[bytes, Counter[str], int]:
    """A log of `count` lines with forged captures and cookies, its states, and how many lines have none."""
    chance = random.Random(seed)
    lines, states, others = [], Counter(), 0
    start = datetime(2026, 11, 24, 3, 0)
    for n in range(count):
        when = start + timedelta(milliseconds=60_000 * minutes * n // count)
        date = when.strftime("%d/%b/%Y:%H:%M:%S.") + f"{n % 1000:03}"
        head = f"{when:%b %d %H:%M:%S} lb1 haproxy[812]: 198.51.100.{n % 250}:4000 "
        kind = chance.random()
        if kind < 0.70:
            state = chance.choice(list(STATES))
            server = "<NOSRV>" if state[:2] in ("PR", "LR", "CC") else f"s{n % 3}"
            cookie = chance.choice(["-", "-", "sid=1", "sid=q - cD-- 1/1/1/1/1 0/0"])
            agent = chance.choice(["curl/8", FORGED, "Mozilla/5.0 (X11) cD-- 1/1/1/1/1 0/0"])
            captures = chance.choice(["", f"{{{agent}|example.com}} {{nginx}} "])
            tls = chance.choice(["", " 0/0000/0/0/0 example.com/TLSv1.3/TLS_AES_256_GCM_SHA384"])
            plus = chance.choice(["", "", "+"])
            lines.append(
                f"{head}[{date}] web~ app/{server} 0/0/1/-1/{plus}{n} {STATES[state]} {plus}{n} {cookie} - {state} "
                f'9/9/1/1/{plus}2 0/0 {captures}"GET /{n}?x=cD-- HTTP/1.1"{tls}'
            )
        elif kind < 0.95:
            state = chance.choice(["--", "cD", "SC", "sD"])
            lines.append(f"{head}[{date}] pg pool/db{n % 2} 1/0/{n} {n} {state} 4/4/3/3/0 0/0")
        else:
            others += 1
            lines.append(chance.choice([
                f"{head}[{date}] web/1: SSL handshake failure",
                f"{when:%b %d %H:%M:%S} lb1 haproxy[812]: Server app/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms.",
                f"{head}[{date}] web~ app/s1 0/0/1/-1/5 504 {n} - -",
                "",
            ]))  # fmt: skip
            continue
        states[state] += 1
    return ("\n".join(lines) + "\n").encode(), states, others


def slowly(raw: bytes) -> Report:
    """The obvious way: one line after the other."""
    from knowledge.logline import read_line

    return summarise_lines(read_line(line.decode()) for line in raw.split(b"\n")[:-1])


def test_equal_to_the_slow_and_obvious_way() -> None:
    raw, states, others = log(4000)
    fast, slow = summarise_stream(BytesIO(raw)), slowly(raw)
    assert Counter(fast.states) == states
    assert (fast.lines, fast.other_lines) == (4000, others)
    assert counts(fast) == counts(slow)
    assert sum(n for m in fast.over_time.moments for n in m.states.values()) == fast.records


@pytest.mark.parametrize("name", ["rfc5424", "iso", "docker", "cri", "filebeat", "compose", "syslog-ng"])
def test_wrapped_logs_are_counted_as_the_slow_way_does(name: str) -> None:
    raw = "".join(WRAPPINGS[name](r["line"]).rstrip("\n") + "\n" for r in LIVE).encode()
    assert Counter(summarise_stream(BytesIO(raw)).states) == Counter(
        r["want"]["termination_state"] for r in LIVE if r["want"]["termination_state"]
    )


@pytest.mark.parametrize("format", sorted({r["format"] for r in LIVE}))
def test_every_format_alone(format: str) -> None:
    rows = [r for r in LIVE if r["format"] == format]
    raw = "".join(r["line"] + "\n" for r in rows).encode()
    found = summarise_stream(BytesIO(raw * 3))
    expected = Counter({s: 3 * n for s, n in Counter(r["want"]["termination_state"] for r in rows).items() if s})
    assert Counter(found.states) == expected
    assert found.lines == 3 * len(rows)
    assert counts(found) == counts(slowly(raw * 3))


def test_files_packed_or_not_in_one_process_or_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, states, _ = log(6000)
    plain, zipped, packed = tmp_path / "a.log", tmp_path / "b", tmp_path / "c"
    plain.write_bytes(raw)
    zipped.write_bytes(gzip.compress(raw[: len(raw) // 2]) + gzip.compress(raw[len(raw) // 2 :]))
    packed.write_bytes(zstandard.compress(raw))
    reference = counts(summarise_stream(BytesIO(raw)))
    assert Counter(reference["states"]) == states
    monkeypatch.setattr("knowledge.report_files._WORTH_A_PROCESS", 100_000)
    for path in (plain, zipped, packed):
        for processes in (1, 2, 4):
            assert counts(summarise_files([path], processes=processes)) == reference
    both = summarise_files([plain, str(packed)])
    assert Counter(both.states) == Counter({s: 2 * n for s, n in states.items()})


def test_progress_tells_every_byte(tmp_path: Path) -> None:
    raw, _, _ = log(300)
    (tmp_path / "a.log").write_bytes(raw)
    told: list[int] = []
    summarise_files([tmp_path / "a.log"], told.append)
    assert sum(told) == len(raw)


def test_no_newline_at_the_end_and_lines_longer_than_the_buffer() -> None:
    raw, states, _ = log(50)
    assert Counter(summarise_stream(BytesIO(raw.rstrip(b"\n"))).states) == states
    long = raw + b"x" * (3 * BLOCK) + b" [24/Nov/2026:03:12:45.101] web app/s1\n" + raw
    found = summarise_stream(BytesIO(long))
    assert Counter(found.states) == Counter({s: 2 * n for s, n in states.items()})
    assert found.lines == 101
    assert summarise_stream(BytesIO(b"")).lines == 0


def test_blocks_may_end_anywhere() -> None:
    raw, states, _ = log(400)
    for size in (1, 7, 1000, 4096):
        class Slow(BytesIO):
            def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
                return super().readinto(buffer[:size])  # noqa: B023

        assert Counter(summarise_stream(Slow(raw)).states) == states


def test_bounded_where_names_and_dates_never_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_tally, "_MOST_KEYS", 50)
    monkeypatch.setattr(report_tally, "_MOST_STAMPS", 20)
    monkeypatch.setattr(report_scan, "_MOST_RAW", 100)
    scanner, states = Scanner(), 0
    for n in range(600):
        line = (
            f"lb haproxy[1]: 198.51.100.7:1 [{1 + n % 28:02}/Nov/2026:{n % 24:02}:{n % 60:02}:01.101] fe be{n}/s{n} "
            f'0/0/1/2/3 200 9 - - sD-- 1/1/1/1/0 0/0 "GET / HTTP/1.1"\n'
        ).encode()
        scanner.feed(line, len(line))
        states += 1
    tally = scanner.finish()
    assert sum(tally.keys.values()) == sum(tally.times.values()) == states
    assert len(tally.keys) <= 51
    assert tally.precision == 11


def test_time_is_in_minutes_hours_or_days() -> None:
    assert summarise_stream(BytesIO(log(200, minutes=30)[0])).over_time.unit == "minute"
    assert summarise_stream(BytesIO(log(200, minutes=60 * 30)[0])).over_time.unit == "hour"
    days = summarise_stream(BytesIO(log(200, minutes=60 * 24 * 20)[0])).over_time
    assert days.unit == "day"
    assert days.moments[0].time == "2026-11-24"
    assert len(days.moments) == 21
    assert parse_stamp("nonsense") is None


def paste() -> str:
    head = "Nov 24 03:12:45 lb1 haproxy[812]: 198.51.100.7:52144 [24/Nov/2026:03:12:25.101] web "
    bad = f'{head}app/s2 0/0/-1/-1/20004 503 217 - - sC-- 12/12/3/1/3 0/0 "GET /secret HTTP/1.1"'
    good = f'{head}app/s1 0/0/1/4/5 200 217 - - ---- 12/12/3/1/0 0/0 "GET /secret HTTP/1.1"'
    down = "Nov 24 03:12:45 lb1 haproxy[812]: Server app/s2 is DOWN, reason: Layer4 timeout, check duration: 2001ms."
    return "\n".join([good] * 9 + [bad] * 3 + [down])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_answer_to_a_paste(language: str) -> None:
    base = load()
    found = lines_answer(base, Question("paste", paste()), language)
    assert found.kind == "report"
    assert found.matches[0].id == "sC"
    assert "3" in found.title
    assert found.data["states"] == {"----": 9, "sC--": 3}
    assert found.data["other_lines"] == 1
    said = repr(found.summary)
    assert "app/s2" in said
    assert "`Tc`" in said
    assert "secret" not in repr(found)
    assert not any("198.51.100.7" in repr(p) for p in found.summary)


def test_normal_ends_do_not_drown_failures() -> None:
    base = load()
    report = summarise_text(paste())
    assert [state for state, _ in ranked(base, report)] == ["sC--"]
    assert report.normal() == 9
    assert is_normal("--NI")
    assert not is_normal("SD")
    assert common(report, "sC--", "en")[0] == "All 3 on `app/s2`."


def test_the_worst_is_not_the_most_frequent() -> None:
    report = summarise_text("\n".join([paste()] + [paste().split("\n")[0].replace("----", "CD--")] * 5))
    assert ranked(load(), report)[0][0] == "sC--"


def test_the_canonical_counts_can_be_asked_again() -> None:
    report = summarise_text(paste())
    again = summarise_text(canonical(report))
    assert again.states == report.states
    assert again.statuses == report.statuses


def test_all_normal_and_nothing_at_all() -> None:
    base = load()
    normal = answer(base, summarise_text(paste().split("\n")[0]), "en")
    assert normal.title == "1 sessions, all ended normally"
    nothing = answer(base, summarise_text("hello"), "zh")
    assert nothing.title == "1 行日志里没有终止状态"


def test_chart() -> None:
    report = summarise_stream(BytesIO(log(3000)[0]))
    chart = layout(report)
    assert chart is not None
    assert all(chart.left <= b.x and b.x + b.width <= chart.right + 0.1 and b.y >= chart.top - 0.1 for b in chart.bars)
    assert chart.y_marks[0][1] == "0"
    assert len(chart.x_marks) <= 9
    assert chart.legend[-1][1] == OTHERS
    assert all(b.y + b.height <= chart.bottom + 0.1 for b in chart.bars)
    picture = png(report)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    from PIL import Image

    image = Image.open(BytesIO(picture)).convert("RGB")
    colours = {colour for _, colour in image.getcolors(1_000_000) or []}
    assert {tuple(bytes.fromhex(c[1:])) for c, _ in chart.legend} <= colours
    assert png(summarise_text("hello")) is None


@pytest.mark.parametrize("most", [1, 3, 4, 5, 9, 11, 99, 250, 3600, 100000])
def test_the_top_of_the_chart_is_round(most: int) -> None:
    from knowledge.report_chart import _ceiling

    top = _ceiling(most)
    assert most <= top <= max(4, 2 * most)
    assert top % 4 == 0
