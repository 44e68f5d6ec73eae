"""The App Home and the Messages tab: drawn when opened and after every change; prompts are set for the Messages tab."""

import logging
from typing import Any

import aiohttp
import msgspec
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.listeners import note_forms
from bot.listeners.admins import Admins, Denied
from bot.listeners.click import Click
from bot.listeners.note_work import Work
from bot.listeners.replies import TALK, details, open_window, scope_of, scopes
from bot.logs import fields
from bot.manifest import SCOPES
from bot.render import forms
from bot.render import home as render
from bot.render.blocks import asked
from bot.services import Services
from knowledge.model import Language

log = logging.getLogger(__name__)

NOTES = 8
"""Team notes that the App Home shows."""
_SETTINGS = ("teamlang", "notesby", "misses")


def register(app: AsyncApp, services: Services, admins: Admins) -> None:
    """Takes `app_home_opened` for both tabs."""

    async def opened(
        ack: AsyncAck, event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        await ack()
        team, user = str(body.get("team_id") or body.get("enterprise_id") or ""), str(event.get("user") or "")
        if not user:
            return
        services.teams.grant(team, scopes(context))
        if event.get("tab") == "messages":
            services.tasks.start(_prompts(services, client, team, user, str(event.get("channel") or "")), "prompts")
        else:
            services.tasks.start(draw(Work(services, admins, client, team, user)), "home")

    app.event("app_home_opened")(opened)


async def draw(work: Work) -> None:
    """Publishes a person's App Home as it is now."""
    try:
        await work.client.views_publish(user_id=work.user, view=render.view(await _page(work), work.services.base))
    except SlackApiError as error:
        log.warning("home not drawn", extra=fields(error=api_errors.code(error)))
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("home not drawn", extra=fields(error=type(error).__name__))


async def _page(work: Work) -> render.Page:
    services, team, user = work.services, work.team, work.user
    await services.languages.look_up(team, user, work.client)
    language = services.languages.own(team, user)
    store = services.store
    granted = services.teams.granted(team)
    missing = tuple(scope for scope in SCOPES if granted and scope not in granted)
    if store is None:
        return render.Page(language, missing=missing)
    await services.teams.changed(team)
    kept = await store.notes(team)
    page = render.Page(
        language, services.languages.chosen(team, user), kept=True, notes=await work.listed(kept[-NOTES:], language),
        more_notes=max(0, len(kept) - NOTES), missing=missing,
    )  # fmt: skip
    try:
        if not await work.admins.knows(work.client, team, user, language):
            return page
    except Denied:
        return msgspec.structs.replace(page, admin_unknown=True)
    return msgspec.structs.replace(page, settings=await store.settings(team), stats=await store.stats(team, render.DAYS))


async def clicked(click: Click) -> None:
    """A button or menu of the App Home."""
    work = click.work
    language = click.services.languages.own(click.team, click.user)
    match click.kind:
        case "ask":
            await open_window(click.client, click.trigger, details(click.services, click.team, click.answer()))
            click.services.after(click.team, click.user, click.client, click.answer())
            return
        case "search":
            await open_window(click.client, click.trigger, forms.ask(language))
            return
        case "noteadd":
            await work.may_write(language)
            await note_forms.add(click, "", language)
            return
        case "noteedit":
            await note_forms.change(click)
            return
        case "mylang":
            await click.services.languages.set(click.team, click.user, asked(click.value)[0] if click.value != "auto" else None)
        case kind if kind in _SETTINGS:
            await _set(work, kind, click.value, language)
        case _:
            return
    await draw(work)


async def _set(work: Work, kind: str, value: str, language: Language) -> None:
    """Changes one setting of the workspace. Denied unless the person is an admin."""
    await work.admins.require(work.client, work.team, work.user, language)
    store = work.kept(language)
    settings = await store.settings(work.team)
    match kind:
        case "teamlang":
            settings = msgspec.structs.replace(settings, language=asked(value)[0] if value != "none" else None)
        case "notesby":
            settings = msgspec.structs.replace(settings, notes_by="admins" if value == "admins" else "everyone")
        case "misses":
            settings = msgspec.structs.replace(settings, keep_misses=value == "keep")
    await store.save_settings(work.team, settings)
    await work.services.teams.changed(work.team)


async def _prompts(services: Services, client: AsyncWebClient, team: str, user: str, channel: str) -> None:
    await services.languages.look_up(team, user, client)
    language = services.languages.own(team, user)
    prompts = []
    for number in range(1, 5):
        title, _, message = TALK(language, f"prompt_{number}").partition("|")
        prompts.append({"title": title, "message": message})
    try:
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=channel, title=TALK(language, "prompts_title"), prompts=prompts
        )
    except SlackApiError as error:
        scope = {"scope": scope_of(error)} if api_errors.code(error) == "missing_scope" else {}
        log.info("no prompts", extra=fields(error=api_errors.code(error), **scope))
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("no prompts", extra=fields(error=type(error).__name__))
