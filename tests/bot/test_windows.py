"""Shortcuts, the window that asks, type-ahead, feedback and the workflow step."""

import json

import pytest

from bot.listeners.suggestions import suggest
from knowledge import base as knowledge
from tests.bot.slack_stub import TEAM, USER
from tests.bot.talking import CHANNEL, LINE, Talk, find, title, words


async def shortcut(talk: Talk, message: dict) -> None:
    """"Explain HAProxy log" on a message."""
    await talk.interaction(
        "message_action", callback_id="explain_log", message=message, message_ts="1.1", channel={"id": CHANNEL},
        response_url=f"{talk.slack.base}/response",
    )  # fmt: skip


async def ask(talk: Talk) -> dict:
    await talk.interaction("shortcut", callback_id="ask_haflag")
    return talk.windows[-1]


@pytest.mark.parametrize(
    "message",
    [
        {"text": f"look: ```{LINE}```", "blocks": [{"type": "rich_text", "elements": [
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": LINE}]}]}]},
        {"text": "", "attachments": [{"fields": [{"title": "line", "value": LINE}]}]},
        {"text": "alert", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"`{LINE}`"}}]},
        {"text": "alert", "attachments": [{"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": LINE}]}]}]},
        {"text": "", "attachments": [{"message_blocks": [{"message": {"blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": LINE}}]}}]}]},
    ],
)  # fmt: skip
async def test_a_line_is_found_wherever_a_message_has_it_and_counted_once(talk: Talk, message: dict):
    await shortcut(talk, {"ts": "1.1", "user": "U0OTHER001", **message})
    [window] = talk.windows
    assert "sC-- · " in title(window)
    assert "4111" not in json.dumps(window)


async def test_somebody_elses_english_is_explained_in_the_readers_language(talk: Talk):
    talk.slack.answers["users.info"] = (200, {"ok": True, "user": {"id": USER, "locale": "zh-CN"}})
    await shortcut(talk, {"ts": "1.1", "text": "please have a look at sC"})
    assert knowledge.load().answer("sC", "zh").title in title(talk.windows[0])


async def test_a_message_with_nothing_to_explain_opens_the_window_that_asks(talk: Talk):
    await shortcut(talk, {"ts": "1.1", "text": "lunch?"})
    [window] = talk.windows
    assert window["callback_id"] == "haflag:ask"
    assert "No HAProxy log line" in words(window["blocks"])


async def test_what_a_window_shows_can_be_posted_below_the_message(talk: Talk):
    await shortcut(talk, {"ts": "1.1", "text": LINE})
    window = talk.windows[0]
    await talk.press(find(window, "thread"), view={"id": "V1", **window}, container={"type": "view"})
    [said] = talk.posted
    assert (said["channel"], said["thread_ts"]) == (CHANNEL, "1.1")
    assert {"type": "user", "user_id": USER} in said["blocks"][-1]["elements"][0]["elements"]
    assert "Posted" in words(talk.called("views.update")[0]["view"]["blocks"])


async def test_a_window_that_was_closed_after_posting_is_no_failure(talk: Talk, caplog: pytest.LogCaptureFixture):
    await shortcut(talk, {"ts": "1.1", "text": LINE})
    talk.refuse("views.update", "not_found")
    window = talk.windows[0]
    await talk.press(find(window, "thread"), view={"id": "V1", **window}, container={"type": "view"})
    assert len(talk.posted) == len(talk.windows) == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_the_button_that_posts_survives_another_language(talk: Talk):
    await shortcut(talk, {"ts": "1.1", "text": LINE})
    window = talk.windows[0]
    await talk.press(find(window, "language"), view={"id": "V1", **window}, container={"type": "view"})
    changed = talk.called("views.update")[0]["view"]
    assert find(changed, "thread")["value"].startswith("zh ")
    assert json.loads(changed["private_metadata"])["thread"] == "1.1"


async def test_where_the_bot_is_not_in_the_channel_slack_posts_it_by_the_response_url(talk: Talk):
    await shortcut(talk, {"ts": "1.1", "text": LINE})
    talk.refuse("chat.postMessage", "not_in_channel")
    window = talk.windows[0]
    await talk.press(find(window, "thread"), view={"id": "V1", **window}, container={"type": "view"})
    [said] = talk.told
    assert (said["response_type"], said["thread_ts"], said["replace_original"]) == ("in_channel", "1.1", False)


async def test_a_window_that_comes_too_late_is_said(talk: Talk):
    talk.refuse("views.open", "expired_trigger_id")
    await shortcut(talk, {"ts": "1.1", "text": LINE})
    assert "in time" in talk.told[0]["text"]


async def test_a_window_from_anywhere_that_does_not_open_is_told_in_a_direct_message(talk: Talk):
    talk.refuse("views.open", "expired_trigger_id")
    await talk.interaction("shortcut", callback_id="ask_haflag")
    [told] = talk.posted
    assert told["channel"] == USER
    assert "in time" in told["text"]


async def test_the_window_that_asks_answers_in_itself(talk: Talk):
    window = await ask(talk)
    answer = await talk.submit(window, log=LINE)
    assert answer["response_action"] == "update"
    assert "sC-- · " in title(answer["view"])
    answer = await talk.submit(window, entry="cookie:NI")
    assert "NI" in title(answer["view"])


async def test_a_window_sent_empty_says_so_at_the_field(talk: Talk):
    answer = await talk.submit(await ask(talk))
    assert answer["response_action"] == "errors"
    assert "paste a line" in answer["errors"]["log"]


async def test_suggestions_come_while_typing(talk: Talk):
    await ask(talk)
    answer = await talk.interaction(
        "block_suggestion", action_id="haflag:field:entry", block_id="entry", value="sC", view={"type": "modal"}
    )
    assert answer["options"][0]["value"] == "sC"


@pytest.mark.parametrize(
    ("typed", "first"),
    [("sC", "sC"), ("SC", "SC"), ("NI", "cookie:NI"), ("Tc", "timer:Tc"), ("KC", "KC"), ("sC--", "sC"),
     ("refused the connection", "SC"), ("拒绝连接", "SC"), ("refusd the conection", "SC")],
)  # fmt: skip
def test_suggestions_know_codes_words_and_typos(typed: str, first: str):
    assert suggest(knowledge.load(), typed, "en")[0]["value"] == first


@pytest.mark.parametrize("typed", ["", "c", "q" * 500, "<!channel>", "。"])
def test_suggestions_fit_slacks_limits(typed: str):
    options = suggest(knowledge.load(), typed, "zh")
    assert len(options) <= 100
    assert all(0 < len(o["text"]["text"]) <= 75 and 0 < len(o["value"]) <= 150 for o in options)
    assert len({o["value"] for o in options}) == len(options)


def test_every_letter_case_is_offered():
    values = [o["value"] for o in suggest(knowledge.load(), "cd", "en")]
    assert values[:2] in (["cD", "CD"], ["CD", "cD"])


async def test_no_opens_a_form_and_its_words_are_kept_without_the_question(talk: Talk):
    said = await talk.slash("504 sH my secret question")
    button = find(said, "feedback")
    await talk.press(button, value=button["negative_button"]["value"])
    [window] = talk.windows
    assert (window["callback_id"], window["notify_on_close"]) == ("haflag:feedback", True)
    assert talk.store
    assert (await talk.store.stats(TEAM)).unhelpful == 0, "it counts when the window is left"
    await talk.submit(window, comment="it was the health check")
    assert (await talk.store.stats(TEAM)).unhelpful == 1
    [thanked] = talk.told
    assert thanked["replace_original"] is True
    with pytest.raises(AssertionError):
        find(thanked, "feedback")


async def test_a_form_that_is_closed_counts_too(talk: Talk):
    button = find(await talk.slash("sH"), "feedback")
    await talk.press(button, value=button["negative_button"]["value"])
    await talk.interaction("view_closed", view={"id": "V1", **talk.windows[0]}, is_cleared=False)
    assert talk.store
    assert (await talk.store.stats(TEAM)).unhelpful == 1


async def test_a_form_that_does_not_open_counts_at_once(talk: Talk):
    talk.refuse("views.open", "expired_trigger_id")
    button = find(await talk.slash("sH"), "feedback")
    await talk.press(button, value=button["negative_button"]["value"])
    assert talk.store
    assert (await talk.store.stats(TEAM)).unhelpful == 1


async def step(talk: Talk, execution: str = "Fx1", **inputs: str) -> None:
    await talk.event(
        {"type": "function_executed", "function": {"callback_id": "explain_log"}, "inputs": inputs,
         "function_execution_id": execution, "bot_access_token": "xwfp-1"}
    )  # fmt: skip


async def test_the_workflow_step_gives_its_outputs(talk: Talk):
    await step(talk, text=LINE)
    [done] = talk.called("functions.completeSuccess")
    outputs = done["outputs"]
    assert done["function_execution_id"] == "Fx1"
    assert (outputs["state"], outputs["severity"], outputs["blame"]) == ("sC", "critical", "network, server")
    assert outputs["text"].startswith("sC-- · ")
    assert outputs["verdict"]
    assert "4111" not in str(outputs)


async def test_the_workflow_step_speaks_the_language_that_is_asked_for(talk: Talk):
    await step(talk, text="sC", language="zh")
    [done] = talk.called("functions.completeSuccess")
    assert knowledge.load().answer("sC", "zh").title in done["outputs"]["text"]


async def test_a_step_without_a_state_fails_with_what_to_do(talk: Talk):
    await step(talk, text="hello there")
    [failed] = talk.called("functions.completeError")
    assert "sC" in failed["error"]
    assert not talk.called("functions.completeSuccess")


async def test_a_step_delivered_twice_completes_once(talk: Talk):
    await step(talk, text="sC")
    await step(talk, text="sC")
    assert len(talk.called("functions.completeSuccess")) == 1
