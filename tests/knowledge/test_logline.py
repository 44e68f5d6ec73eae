"""One log line: what it says, whatever a pipeline wrapped around it and a chat made of it."""

# ruff: noqa: E501  log lines are long

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import code as codes
from knowledge.logline import read_line, read_record
from knowledge.logrecord import LogLine
from tests.knowledge.loglines import CHAT, LIVE, NOISE, WRAPPINGS

SOME = LIVE[::4]


def wrong(want: dict[str, Any], got: LogLine) -> list[tuple[str, Any, Any]]:
    """Which fields differ. A field that was not found is no fault, a wrong one is."""
    found = []
    for name, value in want.items():
        seen = getattr(got, name)
        if name == "timers":
            found += [(t, value.get(t), v) for t, v in seen.items() if value.get(t) != v]
        elif name == "redispatched" and got.retries is None:
            continue
        elif seen != value and (seen is not None or name == "termination_state"):
            found.append((name, value, seen))
    return found


@pytest.mark.parametrize("row", LIVE, ids=lambda r: f"{r['format']}-{r['want']['termination_state']}")
def test_what_a_live_haproxy_wrote(row: dict[str, Any]) -> None:
    assert wrong(row["want"], read_line(row["line"])) == []


@pytest.mark.parametrize("format", ["httplog", "httpslog", "tilde_all", "eight", "bid", "errs", "clf", "json3"])
def test_every_field_of_known_formats(format: str) -> None:
    for row in (r for r in LIVE if r["format"] == format):
        got = read_line(row["line"])
        assert all(getattr(got, name) is not None for name in row["want"] if name != "redispatched"), row["line"]
        assert list(got.timers) == ["TR", "Tw", "Tc", "Tr", "Ta"]


@pytest.mark.parametrize("name", WRAPPINGS)
def test_wrapped(name: str) -> None:
    for row in SOME:
        line = WRAPPINGS[name](row["line"])
        assert wrong(row["want"], read_line(line)) == [], line


@pytest.mark.parametrize("name", CHAT)
def test_mangled_by_chat(name: str) -> None:
    for row in SOME:
        line = CHAT[name](WRAPPINGS["rfc3164"](row["line"]))
        faults = [f for f in wrong(row["want"], read_line(line)) if f[0] != "request"]
        assert faults == [], line


@pytest.mark.parametrize("line", NOISE)
def test_no_state_where_there_is_none(line: str) -> None:
    assert read_line(line).termination_state is None
    assert read_record(line).termination_state is None


@pytest.mark.parametrize(
    ("line", "reason", "foreign"),
    [
        (NOISE[2], "notice", None), (NOISE[9], "connect", None), (NOISE[10], "handshake", None),
        (NOISE[14], "foreign", "clf"), (NOISE[16], "foreign", "nginx"), (NOISE[17], "foreign", "apache"),
        (NOISE[18], "foreign", "envoy"), (NOISE[1], "none", None),
    ],
)  # fmt: skip
def test_lines_without_a_state_are_known_for_what_they_are(line: str, reason: str, foreign: str | None) -> None:
    got = read_line(line)
    assert (got.reason, got.foreign) == (reason, foreign)


def test_notices_lead_to_their_entry() -> None:
    assert read_line(NOISE[4]).notice == "message:no-server-left"
    assert read_line(NOISE[9]).frontend == "www"
    assert read_line(NOISE[9]).mode == "http"
    assert read_line(NOISE[10]).frontend == "frt"


HEAD = 'Nov 24 03:12:45 lb1 haproxy[812]: 198.51.100.7:52144 [24/Nov/2026:03:12:25.101] web~ app/s1 0/0/1/-1/30002 504 217 '
TAIL = '12/12/3/1/+3 0/2 {curl/8|example.com} {} "GET /x HTTP/1.1"'


@pytest.mark.parametrize("pair", codes.PAIRS)
def test_all_pairs_with_cookies_in_both_modes(pair: str) -> None:
    for cookie in codes.COOKIE_PAIRS[::5]:
        got = read_line(f"{HEAD}- - {pair}{cookie} {TAIL}")
        assert (got.termination_state, got.status, got.redispatched, got.retries) == (pair + cookie, 504, True, 3)
        assert (got.pair, got.cookie, got.total, got.queues["backend_queue"]) == (pair, cookie, 30002, 2)
    tcp = read_line(f"198.51.100.7:52144 [24/Nov/2026:03:12:25.101] pg pool/db1 1/0/5007 212 {pair} 4/4/3/3/0 0/0")
    assert (tcp.termination_state, tcp.mode, tcp.timers) == (pair, "tcp", {"Tw": 1, "Tc": 0, "Tt": 5007})
    assert read_line(f"lb: fe=web be=app srv=s1 status=503 ts={pair}").termination_state == pair
    assert read_line(f'{{"backend":"app","status":503,"termination_state":"{pair}--"}}').termination_state == f"{pair}--"


FORGED = "cD-- 1/1/1/1/1 0/0"


@pytest.mark.parametrize(
    "line",
    [
        f'{HEAD}- - sH-- 12/12/3/1/0 0/0 {{x {FORGED} #22GET / HTTP/1.1#22|example.com}} {{}} "GET / HTTP/1.1"',
        f'{HEAD}- - sH-- 12/12/3/1/0 0/0 "GET /?{FORGED.replace(" ", "%20")}&state=cD-- HTTP/1.1"',
        f'{HEAD}sid=q - {FORGED} - sH-- 12/12/3/1/0 0/0 {{curl}} "GET / HTTP/1.1"',
        f'{HEAD}sid=q - {FORGED} "GET / HTTP/1.1" - sH-- 12/12/3/1/0 0/0 "GET / HTTP/1.1"',
        f'{{"ua":"x {FORGED}","status":504,"backend":"app","termination_state":"sH--","uri":"/?termination_state=cD--"}}',
        f'be=app srv=s1 status=504 uri=/a?state=cD--&tsc=cD-- tsc=sH-- ua="state=cD-- {FORGED}"',
        f'198.51.100.7 - - [24/Nov/2026:03:12:25 +0000] "GET /cD-- HTTP/1.1" 504 0 "" "" 1 2 "w" "a" "s1" 0 0 1 -1 30001 '
        f'sH-- 1 1 1 1 0 0 0 "" "" "{FORGED}" ""',
        f'{HEAD}- - sH-- 12/12/3/1/0 0/0 {{CH|PR--|----}} "GET /---- HTTP/1.1" CH SC cD',
    ],
)  # fmt: skip
def test_a_client_cannot_forge_the_state(line: str) -> None:
    assert read_line(line).termination_state == "sH--"
    assert read_record(line).termination_state == "sH--"


def test_a_country_or_a_word_is_no_state() -> None:
    assert read_line("198.51.100.7 CH DROP web app/s1 503 sC-- 0/0/-1/-1/20004").termination_state == "sC--"


def test_long_dashes_are_read_as_the_mode_needs() -> None:
    assert read_line(f"{HEAD}– – —— {TAIL}").termination_state == "----"
    assert read_line(f"{HEAD}- - –– {TAIL}").termination_state == "----"
    assert read_line("x:1 [24/Nov/2026:03:12:25.101] pg pool/db1 1/0/5007 212 — 4/4/3/3/0 0/0").termination_state == "--"


def test_cut_at_either_end() -> None:
    whole = f"{HEAD}- - sC-- {TAIL}"
    at = whole.index("sC--")
    for end in range(at + 4, len(whole)):
        assert read_line(whole[:end]).termination_state == "sC--"
    for end in range(10, at + 2):
        assert read_line(whole[:end]).termination_state is None
    assert read_line(whole[: at + 2]).termination_state == "sC"
    for start in range(at + 1):
        assert read_line(whole[start:]).termination_state == "sC--"
    for start in range(at + 1, len(whole)):
        assert read_line(whole[start:]).termination_state is None


def test_names_keep_what_the_log_says() -> None:
    got = read_line('x:1 [24/Nov/2026:03:12:25.101] fe be_http:ns:app/pod:a-1:app:8080-tcp:192.0.2.5:8080 0/0/1/2/3 200 9 - - ---- 1/1/1/1/0 0/0 "GET / HTTP/1.1"')
    assert (got.backend, got.server) == ("be_http:ns:app", "pod:a-1:app:8080-tcp:192.0.2.5:8080")
    assert got.has_server
    assert not read_line(f'{HEAD.replace("app/s1", "app/<NOSRV>")}- - SC-- {TAIL}').has_server


def test_newer_fields() -> None:
    got = read_line(f"{HEAD}- - sC-- {TAIL} fc_err=0 bc_err=33 term_events={{,,,S1,,,C4}}")
    assert (got.fc_err, got.bc_err, got.term_events) == ("0", "33", "{,,,S1,,,C4}")


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet='sCHD-/ 0123456789"{}[]|=:\\\n<>&;—–haproxy')))
def test_never_raises(text: str) -> None:
    got = read_line(text)
    assert got.termination_state is None or codes.is_state(got.termination_state)
    assert 0 <= got.confidence <= 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LIVE), st.integers(0, 400), st.text(max_size=3))
def test_a_damaged_line_never_has_an_illegal_state(row: dict[str, Any], place: int, junk: str) -> None:
    line = row["line"]
    place %= len(line)
    state = read_line(line[:place] + junk + line[place:]).termination_state
    assert state is None or codes.is_state(state)


def test_record_and_line_agree() -> None:
    for row in LIVE:
        for name in ("bare", "rfc3164", "docker", "filebeat", "cri"):
            line = WRAPPINGS[name](row["line"])
            assert read_record(line) == read_line(line)


def test_backslashes_of_a_configuration_over_several_lines_do_no_harm():
    line = (
        'Sep 13 10:43:21 lb haproxy[666]: 192.0.2.7 - - [13/Sep/2018:08:43:21 +0000] "GET /a HTTP/1.1" 401 248 \\"\\" \\"\\" 31006 '
        '\\709 "https~" "app" "<NOSRV>" \\-1 -1 -1 -1 194 PR-- 1 1 \\0 0 3 0 0 "" "" \\'
    )
    found = read_line(line)
    assert (found.termination_state, found.status, found.backend, found.retries) == ("PR--", 401, "app", 3)
    assert found.timers == {"TR": -1, "Tw": -1, "Tc": -1, "Tr": -1, "Ta": 194}
