"""What the numbers of a line add up to: said truly, in both languages, and nothing private with it."""

# ruff: noqa: E501  log lines are long

import re

import pytest

from knowledge.base import load
from knowledge.language import sentences
from knowledge.line_answer import line_answer, stateless_answer
from knowledge.line_reading import canonical, facts
from knowledge.logline import read_line
from knowledge.timers import as_timeout, spell
from tests.knowledge.loglines import LIVE, NOISE


def http(names: str, timers: str, status: int, state: str, rest: str = "12/12/3/1/0 0/0", size: str = "217") -> str:
    return f'198.51.100.7:52144 [24/Nov/2026:03:12:25.101] {names} {timers} {status} {size} - - {state} {rest} "GET /secret?token=1 HTTP/1.1"'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (http("web app/s1", "0/0/-1/-1/20004", 503, "sC--", "12/12/3/1/3 0/0"),
         ["`Tc` is -1", "20,004 ms = 4 attempts × `timeout connect 5s`", "3 retries, all in vain"]),
        (http("web app/s1", "0/0/-1/-1/5002", 503, "sC--"), ["5,002 ms equals `timeout connect 5s`: one attempt"]),
        (http("web app/s1", "0/0/-1/-1/3004", 503, "SC--", "12/12/3/1/3 0/0"), ["4 attempts in 3,004 ms: each was refused at once"]),
        (http("web app/s1", "0/0/-1/-1/0", 503, "SC--"), ["an immediate refusal"]),
        (http("web app/<NOSRV>", "0/-1/-1/-1/0", 503, "SC--"), ["`Tw` is -1", "`<NOSRV>`: no server could be chosen"]),
        (http("web app/s1", "2/0/1/-1/30004", 504, "sH--"), ["`Tr` is -1", "30,001 ms of waiting for the server equals `timeout server 30s`"]),
        (http("web app/s1", "0/0/1/-1/812", 502, "SH--"), ["gave up 811 ms after the connection stood"]),
        (http("web app/<NOSRV>", "0/5001/-1/-1/5001", 503, "sQ--", "9/9/9/0/0 0/14"),
         ["5,001 ms in the queue equals `timeout queue 5s`", "14 requests were before it in the backend's queue"]),
        (http("web web/<NOSRV>", "-1/-1/-1/-1/10002", 408, "cR--"), ["`TR` is -1", "10,002 ms equals `timeout http-request 10s`"]),
        (http("web app/s1", "0/0/1/-1/60001", 499, "CH--"), ["The client left after 60,001 ms: a round 1m"]),
        (http("web app/s1", "0/210/1/4/220", 200, "----", "2000/2000/9/4/1 3/0"),
         ["It took one retry", "210 ms in the queue", "3 requests were before it in this server's queue", "`feconn`"]),
        (http("web app/s2", "0/0/1/4/5", 200, "----", "9/9/9/4/+3 0/0"), ["redispatched, so the retries belong to another server"]),
        (http("web app/s1", "0/0/1/4/+5", 200, "----", size="+243"), ["`option logasap` wrote the line before the end"]),
        (http("web web/<NOSRV>", "0/-1/-1/-1/0", 302, "LR--"), ["`<NOSRV>` is normal here"]),
        (http("web web/<NOSRV>", "-1/-1/-1/-1/0", -1, "CR--", size="0"), ["Status -1", "0 bytes"]),
        (http("web app/s1", "0/0/1/4/5", 200, "--VN"), ["Cookie letters `VN`: the client's was valid; none was set"]),
        ("x:1 [24/Nov/2026:03:12:25.101] pg pool/db1 1/0/60003 0 sD 4/4/3/3/0 0/0", ["equals `timeout server 1m`", "0 bytes"]),
        ("x:1 [24/Nov/2026:03:12:25.101] pg pool/db1 1/0/50002 812 cD 4/4/3/3/0 0/0", ["`timeout client 50s`", "812 bytes"]),
    ],
)  # fmt: skip
def test_what_a_line_says(line: str, expected: list[str]) -> None:
    said = " | ".join(facts(read_line(line), "en"))
    for sentence in expected:
        assert sentence in said
    assert "20004" not in said
    assert len(facts(read_line(line), "en")) == len(facts(read_line(line), "zh")) <= 6


def test_no_fact_contradicts_the_state() -> None:
    failing = re.compile(r"timeout (?:connect|server|queue|http-request|client|tarpit)")
    for row in LIVE:
        line = read_line(row["line"])
        said = " ".join(facts(line, "en"))
        if line.pair in ("--", "LR", "SC", "SH", "PR", "CR", "CD", "PH", "SD"):
            assert "equals `timeout" not in said, row["line"]
        if line.pair == "--":
            assert "in vain" not in said
            assert not failing.search(said)


@pytest.mark.parametrize("row", LIVE, ids=lambda r: r["format"])
def test_the_canonical_line_reads_back_to_the_same_facts(row: dict) -> None:
    line = read_line(row["line"])
    text = canonical(line)
    again = read_line(text)
    assert again.termination_state == line.termination_state
    assert facts(again, "en") == facts(line, "en")
    assert canonical(again) == text


def test_nothing_private_is_repeated() -> None:
    base = load()
    for row in LIVE:
        line = read_line(row["line"])
        said = " ".join([canonical(line), *facts(line, "en"), *facts(line, "zh")])
        if line.termination_state:
            answer = line_answer(base, line, "en")
            said += repr((answer.title, answer.question, answer.summary[:2], answer.actions, answer.data["line"]))
        assert not re.search(r"198\.51\.100\.|2001:db8::\w+:|sid=|Mozilla|shop\.example|/plain|GET /", said), said


def test_the_answer_to_a_line_is_its_state_with_its_facts() -> None:
    answer = line_answer(load(), read_line(http("web app/s1", "0/0/-1/-1/20004", 503, "sC--", "12/12/3/1/3 0/0")), "zh")
    assert answer.kind == "log"
    assert answer.matches[0].id == "sC"
    assert "4 次尝试" in repr(answer.summary[1])
    assert answer.question.startswith("state=sC-- status=503")
    assert all(a.question == answer.question for a in answer.actions if a.kind in ("details", "language", "share"))
    assert answer.data["line"]["timers"]["Tc"] == -1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("line", NOISE)
def test_a_line_without_a_state_gets_an_answer(line: str, language: str) -> None:
    answer = stateless_answer(load(), read_line(line), language)
    assert answer.title
    assert answer.summary


def test_round_timeouts() -> None:
    assert [as_timeout(ms) for ms in (30001, 29998, 30000, 4999, 5011, 3600030)] == ["30s", "30s", "30s", "5s", "5s", "1h"]
    assert [as_timeout(ms) for ms in (0, 37, 812, 29980, 30200, 4321)] == [None] * 6
    assert [spell(ms) for ms in (250, 1000, 30000, 60000, 90000, 300000, 3600000, 86400000)] == [
        "250ms", "1s", "30s", "1m", "90s", "5m", "1h", "24h",
    ]  # fmt: skip


def test_both_languages_have_the_same_places() -> None:
    for name in ("line", "report"):
        for key, text in sentences(name).items():
            places = [sorted(set(re.findall(r"\{(\w+)\}", side))) for side in (text.en, text.zh)]
            codes_ = [sorted(set(re.findall(r"`([^`]+)`", side))) for side in (text.en, text.zh)]
            assert places[0] == places[1], key
            assert codes_[0] == codes_[1] or key in ("queue_server", "client_idle"), (key, codes_)
