"""`haflag report`: every form of its output, on files and on standard input, and what it says when something is wrong."""

# ruff: noqa: E501  log lines are long

import csv
import gzip
import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.cli import main
from bot.report import Bar, write_csv
from knowledge.report_files import summarise_files
from tests.knowledge.loglines import LIVE, NOISE, WRAPPINGS

ROWS = [r for r in LIVE if r["format"] in ("httplog", "tcplog")]
STATES: dict[str, int] = {}
for _row in ROWS:
    STATES[_row["want"]["termination_state"]] = STATES.get(_row["want"]["termination_state"], 0) + 1


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "haproxy.log"
    lines = [WRAPPINGS["rfc3164"](r["line"]) for r in ROWS] + [NOISE[3]]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_json(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--json", str(log)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["lines"], found["other_lines"], found["states"]) == (len(ROWS) + 1, 1, STATES)
    assert {s: sum(row.values()) for s, row in found["states_by_server"].items()} == STATES
    assert all(sum(row.values()) == STATES[s] for s, row in found["states_by_status"].items())
    assert sum(n for m in found["over_time"]["counts"] for n in m["states"].values()) == len(ROWS)
    assert {e["state"] for e in found["explained"]} == {s for s in STATES if s[:2] not in ("--", "LR")}
    assert all(e["verdict"] and e["title"] for e in found["explained"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_terminal(log: Path, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--lang", language, str(log), str(log)]) == 0
    out = capsys.readouterr().out
    assert f"{2 * (len(ROWS) + 1)}" in out
    assert "SC--" in out
    assert "logcli" not in out
    assert ("Server" in out) if language == "en" else ("后端" in out)
    assert not re.search(r"Mozilla|/plain", out)


def test_csv_adds_up(log: Path) -> None:
    out = io.StringIO()
    write_csv(summarise_files([log]), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert {r["state"]: int(r["count"]) for r in rows if r["table"] == "state"} == STATES
    for table in ("server", "minute"):
        assert sum(int(r["count"]) for r in rows if r["table"] == table) == len(ROWS)


class Page(HTMLParser):
    """Counts tags, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "zh"])
def test_html_stands_alone(log: Path, tmp_path: Path, language: str) -> None:
    page = tmp_path / "report.html"
    assert main(["report", str(log), "--lang", language, "--html", str(page)]) == 0
    text = page.read_text("utf-8")
    parsed = Page()
    parsed.feed(text)
    assert parsed.open == []
    assert parsed.links == []
    assert "svg" in parsed.tags
    assert parsed.tags.count("rect") > 5
    assert "&lt;NOSRV&gt;" in text
    assert not re.search(r"<NOSRV>|https?://|Mozilla|198\.51\.100\.7[0-9]? ", text)


def test_html_escapes_names(tmp_path: Path) -> None:
    evil = tmp_path / "x.log"
    evil.write_text('x [24/Nov/2026:03:12:25.101] <b>fe app/<img/src=x> 0/0/1/2/3 502 9 - - SH-- 1/1/1/1/0 0/0 "GET / HTTP/1.1"\n' * 3)
    assert main(["report", str(evil), "--html", str(tmp_path / "o.html")]) == 0
    text = (tmp_path / "o.html").read_text()
    assert "<img" not in text
    assert "<b>" not in text


def test_png(log: Path, tmp_path: Path) -> None:
    assert main(["report", str(log), "--png", str(tmp_path / "c.png")]) == 0
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


def test_no_chart_without_dates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.log"
    path.write_text("be=app srv=s1 status=504 tsc=sH--\n")
    assert main(["report", str(path), "--png", str(tmp_path / "c.png")]) == 2
    assert "no chart" in capsys.readouterr().err
    assert main(["report", str(path), "--html", str(tmp_path / "o.html")]) == 0
    assert "no chart" in (tmp_path / "o.html").read_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_files_that_cannot_be_read(tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "b.gz"
    broken.write_bytes(gzip.compress(b"x\n" * 9000)[:-9])
    for path in (tmp_path / "none", tmp_path, broken):
        assert main(["report", "--lang", language, str(path)]) == 2
        assert path.name in capsys.readouterr().err


def test_packed_standard_input(log: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "report", "--json"], input=gzip.compress(log.read_bytes()), capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["states"] == STATES


def test_the_bar_draws_and_leaves_nothing(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    now = iter(range(100))
    monkeypatch.setattr("bot.report.time.monotonic", lambda: float(next(now)))
    bar = Bar(out, [str(log)])
    bar.advance(log.stat().st_size // 2)
    assert re.search(r"█{12}·{12}\]  50%", out.getvalue())
    bar.clear()
    assert out.getvalue().endswith("\r")
