"""knowledge.question: one reading of any text; codes are found in sentences, and words that only look like codes are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from knowledge import code as codes
from knowledge.question import Question, read

BASE = knowledge.load()
LINE = (
    "Nov 24 03:12:45 lb1 haproxy[812]: 198.51.100.7:52144 [24/Nov/2026:03:12:25.101] web app/s1 0/0/-1/-1/20004 "
    '503 217 - - sC-- 12/12/3/1/3 0/0 "GET /api HTTP/1.1"'
)


def reading(text: str) -> Question:
    return read(text, BASE)


@pytest.mark.parametrize("state", [*codes.PAIRS, "sC--", "SHVN", "----", "cDNI", "PR--"])
def test_a_state_alone_is_that_state(state: str):
    question = reading(state)
    assert (question.kind, question.state, question.ids) == ("state", state, (state[:2],))


@pytest.mark.parametrize("cookie", [c for c in codes.COOKIE_PAIRS if c != "--"])
def test_dashes_and_two_letters_are_the_cookie(cookie: str):
    question = reading(f"--{cookie}")
    assert (question.kind, question.ids, question.state) == ("cookie", (f"cookie:{cookie}",), f"--{cookie}")


@pytest.mark.parametrize(
    ("text", "state", "status"),
    [
        ("504 sC", "sC", 504),
        ("sC 504", "sC", 504),
        ("what does a 504 with sC mean", "sC", 504),
        ("seeing lots of cD-- in my logs", "cD--", None),
        ("status -1 CC--", "CC--", -1),
        ("403 PR-- which acl blocked my request", "PR--", 403),
        ("app/<NOSRV> 503 sQVN decode", "sQVN", 503),
        ("SD-- status 200 但是文件不完整 why", "SD--", 200),
        ("sH-- after 500ms, 504", "sH--", 504),
        ('"termination_state":"sC"', "sC", None),
        ("termination_state=SD", "SD", None),
        ("what does SH mean", "SH", None),
        ("PR 是什么意思", "PR", None),
        ("is CH bad?", "CH", None),
        ("sC—", "sC--", None),
        ("the ID flag in haproxy log", "ID", None),
        ("SCNI what do the last two letters say", "SCNI", None),
        ("what does ---- mean", "----", None),
        ("almost every line ends with ----, do I have to worry", "----", None),
        ("who does KD point at", "KD", None),
        ("option abortonclose is on and now I get CH everywhere", "CH", None),
        ("why CC after the upgrade", "CC", None),
        ("升级之后很多 CC", "CC", None),
        ("my dashboard has a fat slice of SD", "SD", None),
        ("never saw DD before last night", "DD", None),
        ("LH 要不要处理", "LH", None),
        ("监控里 SQ 突然多起来", "SQ", None),
    ],
)
def test_a_code_is_found_in_a_sentence(text: str, state: str, status: int | None):
    question = reading(text)
    assert (question.kind, question.state, question.status) == ("state", state, status)


@pytest.mark.parametrize(
    "text",
    [
        "k8s 的 SC 怎么设置默认", "这个 SD 是谁负责的", "CR LF is missing",
        "can someone review my PR please", "CD pipeline is red again on main", "帮忙 review 一下 PR", "SD card is broken",
        "DI container", "CC me on the mail", "PD disk full", "PR merged", "we use CI/CD", "my user ID is wrong", "CRUD 500",
        "PROD haproxy is down", "haproxy CD pipeline", "流水线 CD 阶段又失败了", "记得抄送 CC 我", "PR #4521 needs approvals",
        "it works -- but slowly", "CDN cache",
        "503 with 0/5000/-1/-1/5000", "log lines with 503 and 0/5000/-1/-1/5000", "Tq -1 and 408", "is my PR ok", "cc me",
        "istio 503 UC", "envoy sidecar logs 503 DC",
        "who is on call tonight", "should I open a PR or a CR",
    ],
)  # fmt: skip
def test_capitals_that_mean_something_else_are_no_code(text: str):
    assert reading(text).kind == "words"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("difference between sC and SC", ("sC", "SC")),
        ("sH/SH", ("sH", "SH")),
        ("cD vs CD vs sD", ("cD", "CD", "sD")),
        ("PR 和 PH 有什么区别", ("PR", "PH")),
        ("VN versus NI", ("cookie:VN", "cookie:NI")),
        ("how is PC different from RC", ("PC", "RC")),
        ("compare DD and KD", ("DD", "KD")),
        ("大写 S 和小写 s 有什么区别", ("pos1:S", "pos1:s")),
    ],
)
def test_several_are_compared(text: str, ids: tuple[str, ...]):
    question = reading(text)
    assert (question.kind, question.ids) == ("compare", ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("cd", ("cD", "CD")), ("cr", ("cR", "CR")), ("crvn", ("cR", "CR")), ("cdvn", ("cD", "CD")), ("Sc", ("SC", "sC")),
        ("our pipeline logs crvn", ("cR", "CR")), ("what is sd", ("SD", "sD")),
    ],
)  # fmt: skip
def test_small_letters_are_a_choice_and_never_picked(text: str, ids: tuple[str, ...]):
    question = reading(text)
    assert (question.kind, question.ids) == ("choice", ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("s", ("pos1:s",)), ("D", ("pos1:D", "pos2:D", "pos3:D", "pos4:D")), ("h", ("pos2:H",)),
        ("what is the s in sH", ("pos1:s",)), ("what does the H stand for in CH", ("pos2:H",)),
        ("sH 里的 s 是什么", ("pos1:s",)), ("second char Q in termination state", ("pos2:Q",)),
        ("in haproxy logs first flag P, who killed the session", ("pos1:P",)), ("第一位小写 c", ("pos1:c",)),
        ("大写C", ("pos1:C", "pos2:C")), ("fourth flag R in haproxy log", ("pos4:R",)), ("第三位 N 代表什么", ("pos3:N",)),
        ("what does I mean as third letter", ("pos3:I",)),
    ],
)  # fmt: skip
def test_letters_are_asked_for_by_name_or_place(text: str, ids: tuple[str, ...]):
    question = reading(text)
    assert (question.kind, question.ids) == ("letter", ids)


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("", "empty", ""), ("<!channel>", "empty", ""), ("help", "help", ""), ("帮助", "help", ""), ("list", "list", ""),
        ("SIDN", "fault", "SIDN"), ("sX", "fault", "sX"), ("what does cD- mean", "fault", "cD-"), ("---", "fault", "---"),
        ("502", "status", 502), ("haproxy 503", "status", 503), ("504 怎么办", "status", 504), ("-1", "status", -1),
        ("timeout tunnel", "directive", "timeout tunnel"), ("option redispatch", "directive", "option redispatch"),
        ("the old format has Tq as its first field, what does it include", "timer", "timer:Tq"),
        ("Tw 很大说明什么", "timer", "timer:Tw"),
        ("what does Tc -1 mean", "timer", "timer:Tc"), ("NOSRV", "message", "message:nosrv"),
        ("NI 两个 cookie 字母是什么意思", "cookie", "cookie:NI"), ("502 since the upgrade", "status", 502),
        ("what is VI in the cookie flags", "cookie", "cookie:VI"), ("II", "cookie", "cookie:II"),
        ("tevts={,,e1,S5s1,E6E1,M6M1,F3X3}", "events", ""), ("backend is fine but 503 after deploy", "words", ""),
    ],
)  # fmt: skip
def test_everything_else_has_its_kind(text: str, kind: str, found: object):
    question = reading(text)
    assert question.kind == kind
    assert found in ("", question.wrong, question.status, question.directive, *question.ids)


def test_log_lines_are_a_line_or_a_paste():
    assert reading(LINE).kind == "line"
    assert reading(f"look at this:\n```\n{LINE}\n{LINE}\n```").kind == "paste"


@given(st.text())
def test_no_text_breaks_it(text: str):
    assert reading(text).kind


@given(
    st.sampled_from(codes.PAIRS),
    st.sampled_from(codes.COOKIE_PAIRS),
    st.sampled_from(["{} --", "see {}, please", "({})", '"{}"']),
)
def test_four_letters_keep_their_case_in_any_surroundings(pair: str, cookie: str, frame: str):
    state = pair + cookie
    question = reading(frame.format(state))
    if question.kind == "state":
        assert question.state == state


@pytest.mark.parametrize("hostile", ["sC ", "PR-", "/", "1/", "D ", "客户端", "term_events ", "<NOSRV> ", "A" * 50])
def test_hostile_repetition_is_survived(hostile: str):
    assert reading(hostile * 4_000).kind


@pytest.mark.parametrize(
    ("text", "kind", "ids", "status"),
    [
        ("---- 413", "state", ("--",), 413), ("-- 503", "state", ("--",), 503), ("CC -1", "state", ("CC",), -1),
        ("-1 CC", "state", ("CC",), -1), ("--NI 200", "cookie", ("cookie:NI",), 200), ("cd 200", "choice", ("cD", "CD"), 200),
        ("304 ----", "state", ("--",), 304), ("ok 200", "status", (), 200),
    ],
)  # fmt: skip
def test_a_code_beside_a_status_and_nothing_else(text: str, kind: str, ids: tuple[str, ...], status: int):
    question = read(text, BASE)
    assert (question.kind, question.ids, question.status) == (kind, ids, status)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("sC--|503|app|s1|0/0/-1/-1/20004", "sC"),
        ("state='sH--' status='504' be='app'", "sH"),
        ("sQ-- 503 192.0.2.44 app/s1", "sQ"),
        ("192.0.2.7:51234 [24/Nov/2026:03:12:45.101] db db/s1 1/0/5007 212 – 5/5/1/1/0 0/0", "--"),
        ('192.0.2.7:51234 [24/Nov/2026:03:12:45.101] web a/s 0/0/3/5/9 503 217 - - SC—— 55/54/1/1/0 0/0 "GET / HTTP/1.1"', "SC"),
    ],
)
def test_a_record_of_any_separator_and_dash_is_read_as_a_line(text: str, state: str) -> None:
    answer = BASE.answer(text, "en")
    assert (answer.kind, [match.id for match in answer.matches]) == ("log", [state])
