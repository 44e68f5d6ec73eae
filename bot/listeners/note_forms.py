"""The windows of team notes: opened from an answer's menu, a list or the App Home, and what is sent with them."""

import json
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.listeners.admins import Denied
from bot.listeners.click import Click
from bot.listeners.note_work import Work, tidy, valid_url
from bot.listeners.replies import open_window, respond, window_refused
from bot.render import forms
from bot.render.blocks import asked, notice
from bot.render.forms import NOTES
from bot.render.notes import code_of
from knowledge.model import Language


async def chosen(click: Click) -> None:
    """A choice of an answer's overflow menu: `note en sC` or `notes en`."""
    kind, _, rest = click.value.partition(" ")
    language, entry = asked(rest)
    if kind == "note":
        await click.work.may_write(language)
        await add(click, entry, language)
    else:
        listing = await click.work.overview(None, language)
        await click.respond(listing, response_type="ephemeral", replace_original=False)


async def add(click: Click, entry: str, language: Language) -> None:
    """Opens the window for a new note; without an entry it asks for one."""
    metadata = click.place(entry=entry, language=language)
    await _open(click, forms.note(language, metadata, code=code_of(entry) if entry else ""), language)


async def clicked(click: Click) -> bool:
    """"Change" or "delete" on one note of a list. True where a note is gone, so that its list can be drawn anew."""
    language, id = click.language, click.value.partition(" ")[2]
    if click.kind == "notedelete":
        await click.work.delete(id, language)
        if not click.at_home:
            await click.show(await click.work.overview(None, language))
        return True
    note = await click.work.mine(id, language)
    metadata = click.place(id=id, language=language)
    form = forms.note(language, metadata, code=code_of(note.entry), text=note.text, url=note.url, edit=True)
    await _open(click, form, language)
    return False


async def _open(click: Click, window: dict[str, Any], language: Language) -> None:
    if why := await open_window(click.client, click.trigger, window):
        await explain(click, window_refused(language, why))


async def explain(click: Click, text: str) -> None:
    """Says a sentence where the click can be answered: below the message, else in a window of its own."""
    if click.url:
        await click.say(text)
        return
    language = click.services.languages.own(click.team, click.user)
    blocks = [forms.sentence(text)]
    window = forms.window(NOTES(language, "window_list"), blocks, callback="haflag:details", close=NOTES(language, "close"))
    await open_window(click.client, click.trigger, window)


async def sent(ack: AsyncAck, work: Work, view: dict[str, Any]) -> bool:
    """Saves what was sent, or has the window say at the field what is wrong. True where the App Home should be redrawn."""
    place = _place(view)
    language, _ = asked(str(place.get("language") or ""))
    text, url = tidy(forms.typed(view, "text")), forms.typed(view, "url")
    entry, id = str(place.get("entry") or "") or forms.typed(view, "entry"), str(place.get("id") or "")
    errors = {}
    if not text:
        errors["text"] = NOTES(language, "no_text")
    if url and not valid_url(url):
        errors["url"] = NOTES(language, "bad_url")
    if not entry and not id:
        errors["entry"] = NOTES(language, "no_entry")
    if errors:
        await ack(response_action="errors", errors=errors)
        return False
    try:
        if id:
            await work.edit(id, text, url, language)
        else:
            await work.may_write(language)
            await work.add(entry, text, url, language)
    except Denied as denied:
        await ack(response_action="errors", errors={"text": str(denied)})
        return False
    except Exception:
        await ack(response_action="errors", errors={"text": NOTES(language, "failed")})
        raise
    await ack()
    if url_of := str(place.get("response_url") or ""):
        words = NOTES(language, "changed") if id else NOTES(language, "saved", code=f"`{code_of(entry)}`")
        thread = {"thread_ts": place["thread_ts"]} if place.get("thread_ts") else {}
        how = {"response_type": "ephemeral", "replace_original": False}
        work.services.tasks.start(_tell(work, url_of, {**how, **thread, **notice(words)}), "note saved")
    return bool(place.get("home"))


async def _tell(work: Work, url: str, message: dict[str, Any]) -> None:
    await respond(work.client, url, message)


def _place(view: dict[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
