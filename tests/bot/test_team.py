"""What a team keeps: notes and who may write them, languages, totals; the App Home that shows them."""

import asyncio
from pathlib import Path

import pytest

from bot.listeners.note_work import split, tidy, valid_url
from knowledge import base as knowledge
from tests.bot.slack_stub import TEAM, USER
from tests.bot.talking import CHANNEL, DIRECT, Talk, find, talking, title, words

NOTE = "note sC our payments DB saturates: see https://wiki.example.com/runbook"


async def home(talk: Talk, tab: str = "home") -> dict:
    await talk.event({"type": "app_home_opened", "user": USER, "channel": DIRECT, "tab": tab})
    return talk.pages[-1] if talk.pages else {}


async def at_home(talk: Talk, page: dict, action: str, chosen: str = "") -> None:
    view = {"id": "VHOME", **page}
    await talk.press(find(page, action), chosen=chosen, view=view, container={"type": "view", "view_id": "VHOME"})


async def test_a_note_shows_below_everybodys_answer_with_author_and_date(talk: Talk):
    assert "Saved" in (await talk.slash(NOTE))["text"]
    said = await talk.slash("sC", user_id="U0OTHER001")
    quote = next(b for b in said["blocks"] if b["type"] == "rich_text" and b["elements"][0]["type"] == "rich_text_quote")
    parts = quote["elements"][0]["elements"]
    assert {"type": "user", "user_id": USER} in parts
    assert {"type": "link", "url": "https://wiki.example.com/runbook"} in parts
    assert any(p.get("text", "").startswith(" · 20") for p in parts)
    other = await talk.slash("sH", user_id="U0OTHER001")
    assert "payments" not in words(other["blocks"])


async def test_a_note_in_a_channel_names_its_author_without_calling_him(talk: Talk):
    await talk.slash(NOTE, user_name="alice")
    await talk.mention("sC", user="U0OTHER001")
    shown = words(talk.posted[0]["blocks"])
    assert "payments" in shown
    assert "— alice" in shown
    assert "user_id" not in str(talk.posted[0])


async def test_notes_take_their_lines_from_the_answer_not_from_the_screen(talk: Talk):
    alone = await talk.slash("sC")
    for _ in range(3):
        await talk.slash("note sC " + "our payments database saturates at month end, see the runbook " * 2)
    noted = await talk.slash("sC")
    assert len(words(noted["blocks"][1])) < len(words(alone["blocks"][1]))
    assert "nc -vz" in words(noted["blocks"][1])
    assert [words(e) for e in find(noted, "details").values() if isinstance(e, dict)] == ["Details"]


async def test_a_note_cannot_call_everybody_or_dress_up_a_link(talk: Talk):
    await talk.slash("note sC <!channel> <https://evil.example.com|https://bank.example.com> *bold*")
    said = await talk.slash("sC")
    assert "<!channel>" not in str(said)
    assert "bank.example.com" not in str(said)
    assert {"type": "link", "url": "https://evil.example.com"} in _all(said)
    listed = await talk.slash("notes")
    assert "<!channel>" not in str(listed)


def _all(found: object) -> list:
    if isinstance(found, dict):
        return [found, *(e for v in found.values() for e in _all(v))]
    return [e for item in found for e in _all(item)] if isinstance(found, list) else []


@pytest.mark.parametrize(
    ("words_", "text", "url"),
    [
        ("see https://a.example.com/x", "see", "https://a.example.com/x"),
        ("https://a.example.com/x first", "https://a.example.com/x first", "https://a.example.com/x"),
        ("看手册 https://a.example.com/x。", "看手册 https://a.example.com/x。", "https://a.example.com/x"),
        ("javascript:alert(1)", "javascript:alert(1)", ""),
        ("two\nlines", "two lines", ""),
    ],
)
def test_words_and_link_of_a_note(words_: str, text: str, url: str):
    assert split(words_) == (text, url)


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "https://", "https://u:p@example.com", "ftp://example.com", "https://a b"]
)
def test_links_that_are_none(bad: str):
    assert valid_url(bad) == ""


def test_a_note_is_one_short_paragraph():
    assert len(tidy("x " * 1000)) <= 400


@pytest.mark.parametrize(
    ("text", "has"),
    [("note", "/haflag note sC"), ("note cd hello", "cD"), ("note what is love", "/haflag note sC"),
     ("note sC", "No notes on sC"), ("notes", "No notes yet"), ("备注 sC", "No notes on sC")],
)  # fmt: skip
async def test_the_note_command_says_how(talk: Talk, text: str, has: str):
    assert has in (await talk.slash(text))["text"]


async def test_a_note_is_changed_and_deleted_by_its_author(talk: Talk):
    await talk.slash(NOTE)
    listed = await talk.slash("note sC")
    await talk.press(find(listed, "noteedit"), chosen=find(listed, "noteedit")["options"][0]["value"])
    window = talk.windows[0]
    answer = await talk.submit(window, text="call Ada", url="")
    assert answer == ""
    assert "call Ada" in words((await talk.slash("sC"))["blocks"])
    await talk.press(find(window, "notedelete"), view={"id": "V1", **window}, container={"type": "view"})
    assert "Deleted" in words(talk.called("views.update")[0]["view"]["blocks"])
    assert "call Ada" not in words((await talk.slash("sC"))["blocks"])


async def test_somebody_elses_note_is_safe(talk: Talk):
    talk.admin(False)
    await talk.slash(NOTE, user_id="U0OTHER001")
    listed = await talk.slash("note sC")
    with pytest.raises(AssertionError):
        find(listed, "noteedit")
    note = (await talk.store.notes(TEAM))[0] if talk.store else None
    assert note
    await talk.press({"type": "button", "action_id": "haflag:noteedit:1", "value": f"en {note.id}"})
    assert "Only the author" in talk.told[-1]["text"]
    assert not talk.windows


async def test_the_menu_of_an_answer_opens_the_form(talk: Talk):
    said = await talk.slash("sC")
    await talk.press(find(said, "menu"), chosen="note en sC")
    [window] = talk.windows
    answer = await talk.submit(window, text="watch it", url="not a link")
    assert answer["response_action"] == "errors"
    assert "https://" in answer["errors"]["url"]
    assert await talk.submit(window, text="watch it", url="https://wiki.example.com/x") == ""
    assert "Saved" in talk.told[-1]["text"]
    assert "watch it" in words((await talk.slash("sC"))["blocks"])


async def test_only_admins_write_where_the_workspace_says_so(talk: Talk):
    talk.admin()
    page = await home(talk)
    await at_home(talk, page, "notesby", "admins")
    talk.admin(False)
    answer = await talk.slash(NOTE, user_id="U0OTHER001")
    assert "only admins" in answer["text"]
    assert talk.store
    assert not await talk.store.notes(TEAM)


async def test_no_more_than_a_screenful_of_notes_on_one_entry(talk: Talk):
    for n in range(10):
        assert "Saved" in (await talk.slash(f"note sC number {n}"))["text"]
    assert "10" in (await talk.slash("note sC one more"))["text"]
    shown = words((await talk.slash("sC"))["blocks"])
    assert shown.count("number ") == 2
    assert "8 more" in shown


@pytest.mark.parametrize(("text", "zh"), [("lang zh", True), ("语言 中文", True), ("lang en", False)])
async def test_an_own_choice_comes_before_everything(talk: Talk, text: str, zh: bool):
    await talk.slash(text)
    said = await talk.slash("why does the server refuse sC" if zh else "sC 是什么意思")
    assert knowledge.load().answer("sC", "zh" if zh else "en").title in title(said)


async def test_a_choice_can_be_taken_back(talk: Talk):
    await talk.slash("lang zh")
    await talk.slash("lang auto")
    assert knowledge.load().answer("sC", "en").title in title(await talk.slash("why sC comes"))
    assert "zh" in (await talk.slash("lang klingon"))["text"]


async def test_a_choice_holds_after_a_restart(tmp_path: Path):
    async with talking(tmp_path) as talk:
        await talk.slash("lang zh")
    async with talking(tmp_path) as talk:
        assert knowledge.load().answer("sC", "zh").title in title(await talk.slash("sC"))


async def test_the_workspace_default_is_for_those_whose_slack_speaks_neither(talk: Talk):
    talk.admin()
    await at_home(talk, await home(talk), "teamlang", "zh")
    talk.slack.answers["users.info"] = (200, {"ok": True, "user": {"id": "U0BERLIN01", "locale": "de-DE"}})
    await talk.mention("sC", user="U0BERLIN01")
    assert knowledge.load().answer("sC", "zh").title in title(talk.posted[-1])
    talk.slack.answers["users.info"] = (200, {"ok": True, "user": {"id": "U0ENGLISH1", "locale": "en-GB"}})
    await talk.mention("sC", user="U0ENGLISH1")
    assert knowledge.load().answer("sC", "en").title in title(talk.posted[-1])


async def test_public_answers_go_to_the_channel_with_the_askers_name(talk: Talk):
    said = await talk.slash("public sC")
    assert said["response_type"] == "in_channel"
    assert {"type": "user", "user_id": USER} in _all(said["blocks"][-1])
    said = await talk.slash("public what is the weather like")
    assert said["response_type"] == "ephemeral", "nobody's channel needs that"
    assert "/haflag public sC" in (await talk.slash("public"))["text"]


async def test_help_names_the_commands(talk: Talk):
    shown = words((await talk.slash("help"))["blocks"])
    for command in ("/haflag public sC", "/haflag note sC", "/haflag lang", "/haflag stats", "@haflag"):
        assert command in shown


async def test_totals_are_for_admins(talk: Talk):
    talk.admin(False)
    assert "admins" in (await talk.slash("stats"))["text"]


async def test_totals_count_questions_and_feedback_but_no_words(talk: Talk):
    talk.admin()
    said = await talk.slash("sC")
    await talk.slash("what is the capital of France 192.0.2.1")
    button = find(said, "feedback")
    await talk.press(button, value=button["positive_button"]["value"])
    shown = words((await talk.slash("stats"))["blocks"])
    assert "2 questions, 1 without an answer" in shown
    assert "1 times helpful" in shown
    assert "France" not in shown


async def test_the_words_of_misses_are_kept_where_the_workspace_wants_that_but_no_addresses(talk: Talk):
    talk.admin()
    await at_home(talk, await home(talk), "misses", "keep")
    await talk.slash("what is the capital of France 192.0.2.1 ada@example.com")
    shown = words((await talk.slash("stats"))["blocks"])
    assert "France" in shown
    assert "192.0.2.1" not in shown
    assert "ada" not in shown


async def test_without_users_read_admins_things_name_the_permission(talk: Talk):
    talk.refuse("users.info", "missing_scope", needed="users:read")
    assert "users:read" in (await talk.slash("stats"))["text"]
    assert "users:read" in words((await home(talk))["blocks"])


async def test_home_shows_what_it_can_do_and_settings_only_to_admins(talk: Talk):
    talk.admin(False)
    page = await home(talk)
    assert page["type"] == "home"
    for action in ("ask", "search", "mylang", "noteadd"):
        find(page, action)
    with pytest.raises(AssertionError):
        find(page, "misses")


async def test_home_speaks_the_language_of_its_reader_and_changes_it(talk: Talk):
    talk.slack.answers["users.info"] = (200, {"ok": True, "user": {"id": USER, "locale": "zh-CN"}})
    page = await home(talk)
    assert "解读" in title(page)
    await at_home(talk, page, "mylang", "en")
    assert "explains" in title(talk.pages[-1])
    assert find(talk.pages[-1], "mylang")["initial_option"]["value"] == "en"


async def test_examples_and_search_open_windows(talk: Talk):
    page = await home(talk)
    await at_home(talk, page, "ask")
    await at_home(talk, page, "search")
    answer, search = talk.windows
    assert "cD — " in title(answer)
    assert search["callback_id"] == "haflag:ask"


async def test_a_note_written_at_home_appears_there(talk: Talk):
    await at_home(talk, await home(talk), "noteadd")
    window = talk.windows[0]
    assert (await talk.submit(window, text="hello"))["errors"]["entry"]
    await talk.submit(window, text="hello", entry="sC")
    assert "hello" in words(talk.pages[-1]["blocks"])


async def test_settings_are_refused_to_others(talk: Talk):
    talk.admin(False)
    page = await home(talk)
    view = {"id": "VHOME", **page}
    menu = {"type": "static_select", "action_id": "haflag:misses:0"}
    await talk.press(menu, chosen="keep", view=view, container={"type": "view"})
    assert talk.store
    assert (await talk.store.settings(TEAM)).keep_misses is False
    assert "admins" in words(talk.windows[-1]["blocks"])


async def test_the_messages_tab_gets_four_prompts_that_all_have_answers(talk: Talk):
    await home(talk, "messages")
    [call] = talk.called("assistant.threads.setSuggestedPrompts")
    assert call["channel_id"] == DIRECT
    assert len(call["prompts"]) == 4
    kinds = [knowledge.load().answer(prompt["message"], "en").kind for prompt in call["prompts"]]
    assert "nothing" not in kinds
    assert not talk.pages


async def test_missing_permissions_are_no_failure(talk: Talk, caplog: pytest.LogCaptureFixture):
    talk.refuse("assistant.threads.setSuggestedPrompts", "missing_scope", needed="assistant:write")
    await home(talk, "messages")
    assert "failed" not in caplog.text


async def test_a_database_that_hangs_delays_nobody(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    assert talk.store

    async def hangs(*_: object) -> None:
        await asyncio.sleep(3)

    monkeypatch.setattr(talk.store, "notes", hangs)
    body = {"command": "/haflag", "text": "sC", "team_id": "T9", "user_id": "U9", "channel_id": CHANNEL, "trigger_id": "t"}
    from tests.bot.slack_stub import FORM, form, signed

    sent = form(body)
    async with asyncio.timeout(1.5), talk._session.post(
        f"{talk.url}/slack/events", data=sent, headers=signed(sent, FORM)
    ) as answer:
        assert "sC — " in title(await answer.json())
