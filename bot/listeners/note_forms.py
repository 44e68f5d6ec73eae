"""The windows of team notes: opened from an answer's menu, a list or the App Home, and what is sent with them."""

import logging
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from bot import api_errors
from bot.listeners.admins import Denied
from bot.listeners.click import Click
from bot.listeners.note_work import Work, tidy, valid_url
from bot.listeners.replies import open_window, respond, window_refused
from bot.logs import fields
from bot.render import forms
from bot.render import notes as render
from bot.render.blocks import asked, notice
from bot.render.forms import NOTES
from bot.render.notes import code_of
from knowledge.model import Language

log = logging.getLogger(__name__)


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


async def change(click: Click) -> None:
    """Opens the window that changes a note of a list, or deletes it."""
    language, id = asked(click.value)
    note = await click.work.mine(id, language)
    metadata = click.place(id=id, language=language)
    form = forms.note(
        language, metadata, code=code_of(note.entry), text=note.text, url=note.url, delete=render.delete(language, id)
    )
    await _open(click, form, language)


async def delete(click: Click) -> bool:
    """Deletes the note of such a window, and says so in it. True where the App Home should be redrawn."""
    language, id = asked(click.value)
    place = forms.remembered(click.view)
    try:
        await click.work.delete(id, language)
        said = NOTES(language, "deleted")
    except Denied as denied:
        said = str(denied)
    close = NOTES(language, "close")
    window = forms.window(NOTES(language, "window_list"), [forms.sentence(said)], callback="haflag:details", close=close)
    try:
        await click.client.views_update(view_id=str(click.view.get("id")), view=window)
    except SlackApiError as error:
        log.info("window not updated", extra=fields(error=api_errors.code(error)))
    await shown_anew(click.work, place, language)
    return bool(place.get("home"))


async def shown_anew(work: Work, place: dict[str, Any], language: Language) -> None:
    """After a change: the list that it was made in, in the place of the old one."""
    if place.get("id") and place.get("private") and (url := str(place.get("response_url") or "")):
        listing = await work.overview(str(place.get("of") or "") or None, language)
        await respond(work.client, url, {**_thread(place), "response_type": "ephemeral", "replace_original": True, **listing})


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
    place = forms.remembered(view)
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
        said = {"response_type": "ephemeral", "replace_original": False, **_thread(place), **notice(words)}
        work.services.tasks.start(_tell(work, url_of, said, place, language), "note saved")
    return bool(place.get("home"))


async def _tell(work: Work, url: str, message: dict[str, Any], place: dict[str, Any], language: Language) -> None:
    if place.get("id") and place.get("private"):
        await shown_anew(work, place, language)
    else:
        await respond(work.client, url, message)


def _thread(place: dict[str, Any]) -> dict[str, Any]:
    return {"thread_ts": place["thread_ts"]} if place.get("thread_ts") else {}
