"""The terminal: contracts of explain, ask, list; what each command loads."""

import json
import os
import re
import subprocess
import sys

import pytest

import knowledge
from bot.cli import _plain, _state, build_parser, main
from knowledge import code as codes
from knowledge.state_answer import state_answer


def run(*argv: str, input: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *argv], input=input, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONUTF8": "1", **env},
    )  # fmt: skip


def as_json(capsys: pytest.CaptureFixture[str], *argv: str) -> dict:
    assert main([*argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("argv", [("--",), ("--", "--"), ("—",), ("--", "--lang", "zh"), ("--lang", "en", "--", "--")])
def test_a_code_may_start_with_a_dash(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    assert as_json(capsys, "explain", *argv)["pair"] == "--"


def test_four_letters_with_dashes(capsys: pytest.CaptureFixture[str]):
    assert as_json(capsys, "explain", "--NI")["cookie"] == "NI"
    assert as_json(capsys, "explain", "----")["cookie"] == "--"


def test_explain_with_status(capsys: pytest.CaptureFixture[str]):
    told = as_json(capsys, "explain", "sC", "--status", "504", "--lang", "zh")
    assert (told["kind"], told["language"], told["status"]) == ("state", "zh", 504)
    assert told["matches"][0]["id"] == "sC"
    assert told["blame"]
    assert told["phase"] == "connect"


@pytest.mark.parametrize("wrong", ["xD", "xyz", "what is love", "cDXX"])
def test_an_unknown_code_exits_2_and_names_the_nearest(wrong: str):
    done = run("explain", wrong)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.search(r"[A-Za-z-][RCHDLQT-](?:[NIDVEOU-][NPDIRU-])?, ", done.stderr)
    assert "Traceback" not in done.stderr


def test_batch_answers_line_by_line():
    done = run("ask", "--batch", "--json", input="cD\nwhat does a 504 with sC mean\n\nreview my PR please\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["kind"] for row in rows] == ["state", "state", "help", "nothing"]
    assert rows[1]["matches"][0] == {"id": "sC", "title": rows[1]["matches"][0]["title"], "score": 1.0}
    assert rows[3]["matches"] == []


def test_batch_survives_bytes_that_are_no_text():
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--batch", "--json"], input=b"\xff\xfe\x00\ncD\n", capture_output=True, timeout=60
    )
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1])["matches"][0]["id"] == "cD"


def test_list_names_every_entry(capsys: pytest.CaptureFixture[str]):
    assert main(["list", "--json"]) == 0
    ids = {row["id"] for row in json.loads(capsys.readouterr().out)}
    assert {"cD", "--", "cookie:NI", "pos1:C", "timer:Tc"} <= ids


def test_explain_loads_neither_slack_nor_database_nor_web():
    code = (
        "import sys; from bot.cli import main; main(['explain', 'cD']);"
        "heavy = {'slack_bolt', 'slack_sdk', 'sqlalchemy', 'starlette', 'aiohttp', 'jinja2', 'uvicorn'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_piped_output_is_plain():
    assert "\x1b" not in run("explain", "cD").stdout


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(f"{sys.executable} -m bot explain cD | head -1", shell=True, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_short_way_to_a_state_says_what_the_long_way_says(language: str):
    base = knowledge.load()
    states = [*codes.PAIRS, *(pair + cookie for pair in ("sC", "--", "cD") for cookie in codes.COOKIE_PAIRS)]
    short = [state for state in states if _state([state])]
    assert len(short) > 200
    for state in short:
        assert state_answer(base, state, None, language) == base.answer(state, language)
    for status in (200, 400, 502, 503, 504):
        assert state_answer(base, "sC", status, language) == base.answer(f"sC {status}", language)


@pytest.mark.parametrize("given", [["--NI"], ["NI"], ["s"], ["xD"], ["sC", "SC"], ["cd"], ["504"]])
def test_only_a_state_alone_goes_the_short_way(given: list[str]):
    assert _state(given) is None


def test_the_short_way_loads_no_reader_of_questions():
    code = (
        "import sys; from bot.cli import main; main(['explain', 'cD']);"
        "heavy = {'rapidfuzz', 'wcwidth', 'tomllib', 'typing_extensions', 'knowledge.question'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    knowledge.load().answer("cD")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_without_argparse_the_same_is_understood():
    given = ["explain", "cD"]
    plain = _plain(given)
    assert plain is not None
    assert vars(plain) == vars(build_parser(given).parse_args(given))
    assert [_plain(g) for g in (["explain", "--help"], ["explain", "cD", "--json"], ["list", "x"], ["explain"])] == [None] * 4
