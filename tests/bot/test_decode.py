"""`haflag decode`: one JSON object per input line, the same whichever way it was read."""

# ruff: noqa: E501  log lines are long

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from bot.cli import main
from bot.decode import blocks
from knowledge.logjson import decode_block, to_object
from knowledge.logline import read_line
from tests.knowledge.loglines import CHAT, LIVE, NOISE, WRAPPINGS

SINGLE = [s for s in NOISE if "\n" not in s]
ROWS = [WRAPPINGS["rfc3164"](r["line"]) for r in LIVE] + SINGLE + [CHAT["entities"](r["line"]) for r in LIVE[::9]]
CONTRACT = {
    "termination_state", "status", "mode", "timers", "frontend", "backend", "server", "retries", "redispatched", "request",
}  # fmt: skip


def decoded(raw: bytes) -> list[dict]:
    return [json.loads(row) for row in raw.decode().split("\n")[:-1]]


def test_equal_to_reading_line_by_line() -> None:
    rows = decoded(decode_block("\n".join(ROWS).encode() + b"\n"))
    assert len(rows) == len(ROWS)
    for row, line in zip(rows, ROWS, strict=True):
        assert row == to_object(read_line(line)), line


def test_the_contract() -> None:
    row = json.loads(decode_block(LIVE[0]["line"].encode()))
    assert set(row) >= CONTRACT
    assert {key: row[key] for key in LIVE[0]["want"]} == LIVE[0]["want"]
    assert list(row["timers"]) == ["TR", "Tw", "Tc", "Tr", "Ta"]
    assert json.loads(decode_block(b"hello")) == {"termination_state": None}


@pytest.mark.parametrize(
    "request_line",
    ["GET /a\\b HTTP/1.1", "GET /ü HTTP/1.1", "GET /\x7f HTTP/1.1", "<BADREQ>", "GET /#22 HTTP/1.1", "G /\t HTTP/1.1"],
)
def test_any_request_is_valid_json(request_line: str) -> None:
    line = f'x:1 [24/Nov/2026:03:12:25.101] web app/s1 0/0/1/2/3 200 9 - - ---- 1/1/1/1/0 0/0 "{request_line}"'
    for raw in (line.encode(), line.encode("latin-1", "replace")):
        assert json.loads(decode_block(raw))["termination_state"] == "----"


def test_plus_signs_and_odd_numbers() -> None:
    line = 'x:1 [24/Nov/2026:03:12:25.101] web app/s1 007/0/-1/-1/+20004 503 +217 - - sC-- 1/1/1/1/+3 0/0 "GET / HTTP/1.1"'
    row = json.loads(decode_block(line.encode()))
    assert (row["timers"]["TR"], row["timers"]["Ta"], row["retries"], row["redispatched"]) == (7, 20004, 3, True)


def test_one_object_per_line_also_for_empty_ones() -> None:
    assert decode_block(b"a\n\nb\r\n") == b'{"termination_state":null}\n' * 3
    assert decode_block(b"") == b""


def test_blocks_are_whole_lines() -> None:
    class Slow(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            return super().read1(5)

    raw = b"one\ntwo long line\n\nthree"
    found = list(blocks(Slow(raw)))
    assert b"".join(found) == raw
    assert all(block.endswith(b"\n") for block in found[:-1])


def test_files_of_any_packing(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    raw = "".join(row + "\n" for row in ROWS).encode()
    for name, content in (("a.log", raw), ("b.gz", gzip.compress(raw)), ("c.zst", zstandard.compress(raw))):
        (tmp_path / name).write_bytes(content)
        assert main(["decode", str(tmp_path / name)]) == 0
        assert capfdbinary.readouterr().out == decode_block(raw)


def test_a_missing_and_a_broken_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good").write_bytes(LIVE[0]["line"].encode())
    (tmp_path / "bad.gz").write_bytes(gzip.compress(b"x" * 10_000)[:-20])
    assert main(["decode", str(tmp_path / "none"), str(tmp_path / "bad.gz"), str(tmp_path / "good"), "--json"]) == 2
    out, err = capfd.readouterr()
    assert json.loads(out.splitlines()[-1])["termination_state"] == LIVE[0]["want"]["termination_state"]
    assert "none: No such file" in err
    assert "bad.gz" in err


def test_standard_input_and_nothing_heavy_imported() -> None:
    script = (
        "import sys; from bot.cli import main; code = main(['decode']);"
        "heavy = {m.partition('.')[0] for m in sys.modules} & {'slack_bolt', 'slack_sdk', 'aiohttp', 'starlette', 'sqlalchemy', 'PIL'};"
        "sys.exit(code or (str(sorted(heavy)) if heavy else 0))"
    )
    raw = LIVE[0]["line"].encode() + b"\n"
    done = subprocess.run([sys.executable, "-c", script], input=raw, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == decode_block(raw)


def test_head_may_close_the_pipe() -> None:
    raw = (LIVE[0]["line"] + "\n").encode() * 20_000
    command = f"{sys.executable} -m bot decode | head -n 2"
    done = subprocess.run(["bash", "-c", command], input=raw, capture_output=True, timeout=60)
    assert len(done.stdout.splitlines()) == 2
    assert b"Traceback" not in done.stderr
