"""Buttons: what each click does to the message, the channel and the window, by Slack's own rules for response_url."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.app import OneWorkspace, build_app, http_session, web_client
from bot.limits import RateLimit
from bot.listeners.actions import _ACTION
from bot.render.blocks import message
from bot.settings import Settings
from bot.store import Store, open_store
from bot.tasks import Tasks
from knowledge import base as knowledge
from tests.bot.slack_stub import TEAM, USER, SlackStub, running_stub


class Slack:
    """The application beside a stub of Slack; clicks buttons of messages that it rendered."""

    def __init__(self, stub: SlackStub, app: Any, tasks: Tasks, store: Store) -> None:
        self.stub, self.app, self.tasks, self.store = stub, app, tasks, store

    async def click(self, kind: str, question: str = "sC", *, private: bool = True, thread: str = "", view: bool = False,
                    value: str | None = None, action_id: str = "") -> int:  # fmt: skip
        said = message(knowledge.load().answer(question, "en"))
        found = [e for b in said["blocks"] if b["type"] in ("actions", "context_actions") for e in b["elements"]]
        element = next((e for e in found if e["action_id"].split(":")[1] == kind), {"action_id": action_id, "value": ""})
        carried = value or element.get("value") or element["positive_button"]["value"]
        body: dict[str, Any] = {
            "type": "block_actions", "user": {"id": USER}, "team": {"id": TEAM}, "trigger_id": "1.2.x",
            "actions": [{"action_id": action_id or element["action_id"], "value": carried, "type": "button"}],
        }  # fmt: skip
        if view:
            window = {"id": "V1", "type": "modal", "callback_id": "haflag:details"}
            body |= {"view": window, "container": {"type": "view", "view_id": "V1"}}
        else:
            place = {"type": "message", "is_ephemeral": private, "channel_id": "C1", **({"thread_ts": thread} if thread else {})}
            body |= {"container": place, "channel": {"id": "C1"}, "response_url": f"{self.stub.base}/response"}
        answer = await self.app(body, {})
        assert not answer.body, "Slack ignores a body in this ack"
        await self.stub.until(lambda: not len(self.tasks))
        return answer.status

    @property
    def titles(self) -> list[str]:
        return [said["blocks"][0]["text"]["text"] for said in self.stub.said if said.get("blocks")]


@pytest.fixture
async def slack(tmp_path) -> AsyncIterator[Slack]:
    async with running_stub() as stub, http_session() as session:
        settings = Settings(api_url=f"{stub.base}/api/")
        client = web_client(settings, session)
        tasks = Tasks()
        kept = await open_store(None, tmp_path)
        workspace = OneWorkspace("xoxb-1", client)
        app = build_app(settings, knowledge.load(), client=client, authorize=workspace, store=kept, tasks=tasks)
        yield Slack(stub, app, tasks, kept)
        await kept.close()


def title(question: str, language: str) -> str:
    return knowledge.load().answer(question, "zh" if language == "zh" else "en").title


async def test_details_open_a_window(slack: Slack):
    assert await slack.click("details") == 200
    [(method, args)] = slack.stub.calls
    assert (method, args["trigger_id"]) == ("views.open", "1.2.x")
    assert args["view"]["title"]["text"] == "sC"
    assert not slack.stub.said


async def test_the_other_language_replaces_a_private_answer(slack: Slack):
    await slack.click("language")
    [said] = slack.stub.said
    assert (said["replace_original"], said["response_type"]) == (True, "ephemeral")
    assert title("sC", "zh") in slack.titles[0]


async def test_below_a_shared_answer_the_clicker_gets_one_of_his_own(slack: Slack):
    await slack.click("language", private=False, thread="1.5")
    [said] = slack.stub.said
    assert (said["replace_original"], said["response_type"], said["thread_ts"]) == (False, "ephemeral", "1.5")


async def test_a_related_state_takes_the_place_of_the_answer(slack: Slack):
    await slack.click("ask")
    [said] = slack.stub.said
    assert said["replace_original"] is True
    first = next(a for a in knowledge.load().answer("sC", "en").actions if a.kind == "ask")
    assert title(first.question, "en") in slack.titles[0]


async def test_share_goes_to_the_channel_with_a_name_and_takes_the_private_copy_away(slack: Slack):
    await slack.click("share", thread="1.5")
    shared, gone = slack.stub.said
    assert (shared["response_type"], shared["replace_original"], shared["thread_ts"]) == ("in_channel", False, "1.5")
    assert (shared["unfurl_links"], shared["unfurl_media"]) == (False, False)
    assert {"type": "user", "user_id": USER} in shared["blocks"][-1]["elements"][0]["elements"]
    assert gone["delete_original"] is True


async def test_a_share_that_slack_refuses_is_said(slack: Slack):
    slack.stub.response_status = 404
    await slack.click("share")
    assert [said.get("delete_original") for said in slack.stub.said] == [None, None]
    assert "ask again" in slack.stub.said[1]["text"]


async def test_a_yes_is_kept_thanked_for_and_not_asked_again(slack: Slack):
    await slack.click("feedback", value="right en sC")
    [said] = slack.stub.said
    assert said["replace_original"] is True
    assert [b["type"] for b in said["blocks"]].count("context_actions") == 0
    stats = await slack.store.stats(TEAM)
    assert (stats.helpful, stats.unhelpful) == (1, 0)


async def test_feedback_below_a_shared_answer_leaves_it_as_it_is(slack: Slack):
    await slack.click("feedback", private=False)
    [said] = slack.stub.said
    assert (said["replace_original"], said["response_type"]) == (False, "ephemeral")
    assert "Thank you" in said["text"]


@pytest.mark.parametrize("value", ["zh sC", "en SC"])
async def test_buttons_in_a_window_change_the_window(slack: Slack, value: str):
    await slack.click("ask", view=True, value=value)
    [(method, args)] = slack.stub.calls
    assert (method, args["view_id"]) == ("views.update", "V1")
    language, question = value.split()
    assert title(question, language) in args["view"]["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(("error", "words"), [("expired_trigger_id", "in time"), ("invalid_auth", "invalid_auth")])
async def test_a_window_that_does_not_open_is_said(slack: Slack, error: str, words: str):
    slack.stub.answers["views.open"] = (200, {"ok": False, "error": error})
    await slack.click("details")
    [said] = slack.stub.said
    assert (said["replace_original"], said["response_type"]) == (False, "ephemeral")
    assert words in said["text"]


@pytest.mark.parametrize("action_id", ["haflag:gone:0", "somebody:elses", "", "haflag:details:x"])
async def test_a_button_of_another_version_is_answered(slack: Slack, action_id: str):
    assert await slack.click("none", action_id=action_id or "x", value="en sC") == 200
    assert "older answer" in slack.stub.said[0]["text"]


async def test_a_failure_after_the_ack_goes_to_the_log_and_no_further(
    slack: Slack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("bot.listeners.click.answer_for", lambda *_, **__: 1 / 0)
    assert await slack.click("language") == 200
    assert "background work failed" in caplog.text


def test_action_ids_are_read_as_they_are_written():
    for block in message(knowledge.load().answer("sC", "en"))["blocks"]:
        for element in block.get("elements", []):
            if "action_id" in element:
                assert _ACTION.fullmatch(element["action_id"])


def test_the_rate_limit_refills_and_is_per_user():
    now = [0.0]
    limit = RateLimit(2, clock=lambda: now[0])
    assert [limit.wait("T", "U") for _ in range(3)] == [0.0, 0.0, 30.0]
    assert limit.wait("T", "V") == 0.0
    now[0] = 29.0
    assert limit.wait("T", "U") == pytest.approx(1.0)
    now[0] = 31.0
    assert limit.wait("T", "U") == 0.0
    assert not any(RateLimit(0).wait("T", "U") for _ in range(1000))
