"""Mentions, direct messages and threads: one answer each, in the right place, understood from the conversation."""

import asyncio
from pathlib import Path

import pytest

from bot.listeners.follow_up import follow_up
from bot.render.blocks import MESSAGE_LINES
from bot.render.fitting import fit, lines
from knowledge import base as knowledge
from knowledge.model import Language
from tests.bot.slack_stub import USER
from tests.bot.talking import BOT, CHANNEL, DIRECT, LINE, Talk, find, talking, title, words


async def test_a_mention_is_answered_in_its_thread_without_broadcast_or_unfurling(talk: Talk):
    ts = await talk.mention("504 sC")
    [said] = talk.posted
    assert (said["channel"], said["thread_ts"]) == (CHANNEL, ts)
    assert "sC — " in title(said)
    assert (said["unfurl_links"], said["unfurl_media"]) == (False, False)
    assert "reply_broadcast" not in said
    assert said["text"].startswith("sC — ")


async def test_a_direct_message_is_answered_beside_it_and_in_a_thread_there(talk: Talk):
    await talk.direct("cD")
    await talk.direct("SH", thread_ts="1795499000.000001")
    first, second = talk.posted
    assert (first["channel"], first.get("thread_ts")) == (DIRECT, None)
    assert second["thread_ts"] == "1795499000.000001"


async def test_one_message_as_two_events_gets_one_answer(talk: Talk):
    event = {"user": USER, "text": f"<@{BOT}> sC", "ts": talk.ts(), "channel": CHANNEL}
    await asyncio.gather(
        talk.event({**event, "type": "app_mention"}), talk.event({**event, "type": "message", "channel_type": "channel"})
    )
    await talk.event({**event, "type": "app_mention"})
    assert len(talk.posted) == 1


@pytest.mark.parametrize(("scopes", "answers"), [("app_mentions:read,chat:write", 0), ("channels:history,chat:write", 1)])
async def test_a_mention_counts_as_a_message_only_where_it_does_not_come_as_a_mention(
    tmp_path: Path, scopes: str, answers: int
):
    """So that two processes need no store to answer once."""
    async with talking(tmp_path, scopes=scopes) as talk:
        said = {"user": USER, "text": f"<@{BOT}> sC", "ts": talk.ts(), "channel": CHANNEL, "channel_type": "channel"}
        await talk.event({**said, "type": "message"})
        assert len(talk.posted) == answers
        await talk.event({**said, "type": "app_mention"})
        assert len(talk.posted) == 1


async def test_one_event_delivered_again_gets_one_answer(talk: Talk):
    event = {"type": "app_mention", "user": USER, "text": f"<@{BOT}> sC", "ts": talk.ts(), "channel": CHANNEL}
    for _ in range(3):
        await talk.event(dict(event), "EvSAME")
    assert len(talk.posted) == 1


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "channel_type": "channel", "channel": CHANNEL, "user": USER, "text": "sC is bad"},
        {"type": "message", "channel_type": "im", "channel": DIRECT, "user": USER, "bot_id": "B1", "text": "sC"},
        {"type": "message", "channel_type": "im", "channel": DIRECT, "user": BOT, "text": "sC"},
        {"type": "message", "channel_type": "im", "channel": DIRECT, "user": "USLACKBOT", "text": "sC"},
        {"type": "message", "subtype": "channel_join", "channel": CHANNEL, "user": USER, "text": f"<@{BOT}> joined"},
        {"type": "message", "subtype": "bot_message", "channel": DIRECT, "text": "sC"},
        {"type": "message", "subtype": "message_deleted", "channel": DIRECT, "deleted_ts": "1.1"},
        {"type": "app_mention", "channel": CHANNEL, "user": USER, "bot_profile": {"id": "B2"}, "text": f"<@{BOT}> sC"},
        {"type": "app_mention", "channel": CHANNEL, "text": f"<@{BOT}> sC"},
        {"type": "message", "subtype": "message_changed", "channel": DIRECT, "message": "odd"},
        {"type": "reaction_added", "user": USER},
    ],
)
async def test_what_is_not_said_to_the_bot_by_a_person_gets_no_answer(talk: Talk, event: dict):
    await talk.event({"ts": talk.ts(), **event})
    assert not talk.posted


@pytest.mark.parametrize(
    ("follow", "wanted"),
    [
        ("and SC?", "SC — "), ("SC 呢？", "SC — "), ("那 SC 呢？", "SC — "), ("换成SC呢", "SC — "), ("but SC?", "SC — "),
        ("那 NI 呢", "NI — "), ("那 cd 呢", "哪一个"), ("what about 502?", "sC — "),
        ("sC or SC, what is the difference?", "sC"),
    ],
)  # fmt: skip
async def test_a_thread_has_a_subject(talk: Talk, follow: str, wanted: str):
    ts = await talk.mention("504 sC")
    await talk.mention(follow, thread=ts)
    assert wanted in title(talk.posted[1])


async def test_a_follow_up_with_a_code_needs_no_subject(talk: Talk):
    await talk.direct("那 SC 呢？")
    assert "SC — " in title(talk.posted[0])


async def test_a_status_is_taken_over_to_the_next_state(talk: Talk):
    ts = await talk.mention("504 sC")
    await talk.mention("and sH?", thread=ts)
    alone = knowledge.load().answer("sH 504", "en")
    assert talk.posted[1]["metadata"]["event_payload"]["question"] == alone.question


@pytest.mark.parametrize(
    ("follow", "has", "lacks"), [("how do I fix it?", "Stop-gap", "First check"), ("怎么排查？", "nc -vz", "先止血")]
)
async def test_a_question_without_a_state_is_about_the_last_one(talk: Talk, follow: str, has: str, lacks: str):
    await talk.direct("sC")
    await talk.direct(follow)
    assert "sC — " in title(talk.posted[1])
    assert has in words(talk.posted[1]["blocks"])
    assert lacks not in words(talk.posted[1]["blocks"])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("text", ["how do I fix it?", "what should I check?", "why does it happen?", "is it normal?"])
def test_a_follow_up_fits_one_screen(text: str, language: Language):
    base = knowledge.load()
    for code in base.states:
        answer = follow_up(base, text, code, language)
        if answer is not None:
            shown, _ = fit(answer.summary, MESSAGE_LINES)
            assert sum(map(lines, shown)) <= MESSAGE_LINES, code


async def test_a_remedy_shows_the_lines_that_matter_and_says_that_there_are_more(talk: Talk):
    await talk.direct("sC")
    await talk.direct("how do I fix it?")
    said = words(talk.posted[1]["blocks"])
    assert "backend app\n    option redispatch 1\n" in said
    assert "# …" in said
    assert "bind :8080" not in said
    assert find(talk.posted[1], "details")


async def test_a_long_list_after_why_is_cut_where_the_screen_ends(talk: Talk):
    ts = await talk.mention("PR")
    await talk.mention("why?", thread=ts)
    [section] = [b for b in talk.posted[1]["blocks"] if b["type"] == "rich_text"]
    [items] = [e["elements"] for e in section["elements"] if e["type"] == "rich_text_list"]
    assert 0 < len(items) < 8
    assert find(talk.posted[1], "details")


async def test_a_new_question_in_a_thread_is_not_bent_to_the_subject(talk: Talk):
    ts = await talk.mention("sC")
    await talk.mention("cD", thread=ts)
    await talk.mention("why do websockets drop after 60 seconds", thread=ts)
    assert "cD — " in title(talk.posted[1])
    assert "sC" not in title(talk.posted[2])


async def test_the_subject_of_a_thread_that_this_process_does_not_know_is_read_from_our_answer_there(talk: Talk):
    about = {"event_type": "haflag_answer", "event_payload": {"question": "sC 503"}}
    messages = [
        {"user": USER, "text": "hm", "ts": "1.1"}, {"user": BOT, "bot_id": "B1", "ts": "1.2", "metadata": about},
    ]  # fmt: skip
    talk.slack.answers["conversations.replies"] = (200, {"ok": True, "messages": messages})
    await talk.mention("how do I fix it?", thread="1.1")
    assert "sC — " in title(talk.posted[0])


@pytest.mark.parametrize("question", ["", "what is this?", "这是什么意思？"])
async def test_a_bare_mention_in_a_thread_explains_the_line_there(talk: Talk, question: str):
    alert = {"bot_id": "B9", "text": "HAProxy alert", "ts": "1.1", "attachments": [{"text": f"```{LINE}```", "fallback": LINE}]}
    talk.slack.answers["conversations.replies"] = (200, {"ok": True, "messages": [alert]})
    await talk.mention(question, thread="1.1")
    assert "sC-- · " in title(talk.posted[0])
    assert "4111" not in str(talk.posted), "nothing of the request is repeated"


async def test_a_thread_that_may_not_be_read_is_said_with_the_permission(talk: Talk):
    talk.refuse("conversations.replies", "missing_scope", needed="channels:history")
    await talk.mention("what is this?", thread="1.1")
    assert "channels:history" in words(talk.posted[0]["blocks"])


async def test_an_edited_question_changes_its_answer_and_gets_no_second(talk: Talk):
    ts = await talk.direct("sC")
    message = {"type": "message", "user": USER, "text": "SH", "ts": ts, "edited": {"user": USER, "ts": "2.1"}}
    edit = {"type": "message", "subtype": "message_changed", "channel": DIRECT, "channel_type": "im", "message": message}
    await talk.event(edit)
    await talk.event(edit)
    assert len(talk.posted) == 1
    [changed] = talk.updated
    assert "SH — " in title(changed)
    other = {**edit, "message": {**message, "ts": "9.9"}}
    await talk.event(other)
    assert len(talk.updated) == 1, "a message that had no answer gets none by an edit"


async def test_an_edited_mention_changes_its_answer(talk: Talk):
    ts = talk.ts()
    event = {"type": "app_mention", "user": USER, "text": f"<@{BOT}> sC", "ts": ts, "channel": CHANNEL}
    await talk.event(dict(event))
    await talk.event({**event, "text": f"<@{BOT}> SH", "edited": {"user": USER, "ts": "2.1"}})
    assert len(talk.posted) == 1
    assert "SH — " in title(talk.updated[0])


@pytest.mark.parametrize("error", ["not_in_channel", "is_archived", "channel_not_found"])
async def test_where_the_bot_may_not_speak_the_asker_gets_the_answer_directly(talk: Talk, error: str):
    talk.refuse("chat.postMessage", error)
    await talk.mention("sC")
    refused, direct = talk.posted
    assert (refused["channel"], direct["channel"]) == (CHANNEL, USER)
    assert f"<#{CHANNEL}>" in words(direct["blocks"][:1])
    assert "sC — " in direct["blocks"][1]["text"]["text"]


@pytest.mark.parametrize("error", ["token_revoked", "missing_scope", "account_inactive"])
async def test_where_no_call_can_succeed_none_is_repeated(talk: Talk, error: str, caplog: pytest.LogCaptureFixture):
    talk.refuse("chat.postMessage", error, needed="chat:write")
    await talk.mention("sC")
    assert len(talk.posted) == 1
    assert "answer refused" in caplog.text


async def test_mentions_of_everybody_do_not_come_alive(talk: Talk):
    await talk.mention("<!channel> what is <https://evil.example.com|sC> <@U0OTHER001>")
    [said] = talk.posted
    assert "<!channel>" not in str(said)
    assert "U0OTHER001" not in str(said)


async def test_a_flood_is_answered_in_private(tmp_path: Path):
    async with talking(tmp_path, rate_limit=1) as talk:
        await talk.mention("sC")
        await talk.mention("sC")
        assert len(talk.posted) == 1
        [said] = talk.called("chat.postEphemeral")
        assert (said["user"], said["channel"]) == (USER, CHANNEL)
        assert "wait" in said["text"]


async def test_the_locale_decides_where_the_question_has_no_language(talk: Talk):
    talk.slack.answers["users.info"] = (200, {"ok": True, "user": {"id": USER, "locale": "zh-TW"}})
    await talk.mention("sC")
    await talk.mention("what does sC mean")
    assert knowledge.load().answer("sC", "zh").title in title(talk.posted[0])
    assert knowledge.load().answer("sC", "en").title in title(talk.posted[1])


async def test_without_a_store_everything_is_answered_and_nothing_offered_that_needs_one():
    async with talking(None) as talk:
        await talk.mention("sC")
        assert "sC — " in title(talk.posted[0])
        with pytest.raises(AssertionError):
            find(talk.posted[0], "menu")


@pytest.fixture
def defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer fails as a defect would."""

    def fail(*_: object) -> None:
        raise KeyError("the words of a question")

    for module in ("talk", "click", "shortcuts"):
        monkeypatch.setattr(f"bot.listeners.{module}.answer_for", fail)


@pytest.mark.usefixtures("defect")
async def test_a_defect_is_said_to_the_asker_where_he_asked_and_logged_without_content(
    talk: Talk, caplog: pytest.LogCaptureFixture
):
    ts = await talk.mention("sC")
    [told] = talk.called("chat.postEphemeral")
    assert (told["channel"], told["user"], told["thread_ts"]) == (CHANNEL, USER, ts)
    assert "Something went wrong" in told["text"]
    await talk.direct("sC")
    assert "Something went wrong" in talk.posted[0]["text"]
    await talk.press({"action_id": "haflag:ask:0", "type": "button", "value": "zh sC"})
    message = {"text": LINE, "ts": "1.1", "user": USER}
    where = {"channel": {"id": CHANNEL}, "response_url": f"{talk.slack.base}/response"}
    await talk.interaction("message_action", callback_id="explain_log", message=message, **where)
    assert [("Something went wrong" in said["text"], said["response_type"]) for said in talk.told] == [(True, "ephemeral")] * 2
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 4
