"""How listeners answer: the same question to the knowledge base, the same message with the team's notes, everywhere."""

import logging
from typing import Any

import aiohttp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import api_errors
from bot.logs import fields
from bot.render import notes
from bot.render.blocks import message, view
from bot.render.elsewhere import links, overview
from bot.services import Services
from knowledge.answer_model import Action, Answer
from knowledge.language import sentences
from knowledge.model import Language

log = logging.getLogger(__name__)

SAY = sentences("slack", "bot").say
TALK = sentences("slack_talk", "bot").say
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
_MANY = ("choice", "compare", "status", "report", "directive")


def answer_for(services: Services, team: str, user: str, text: str, language: Language | None = None) -> Answer:
    """The answer to what a user asked, in `language` or the one that suits the user."""
    question = services.asked.read(text)
    return services.asked.answer(text, question, language or services.languages.choose(team, user, question))


def entries(answer: Answer) -> list[str]:
    """The ids of the entries that an answer is about; no more than a screen shows."""
    ids = [match.id for match in answer.matches]
    return ids[:1] if answer.kind == "search" else ids[:3] if answer.kind in _MANY or len(answer.question) <= 12 else ids[:2]


def team_notes(
    services: Services, team: str, answer: Answer, *, public: bool = False, whole: bool = False
) -> list[dict[str, Any]]:
    """The team's notes on what an answer is about, as blocks."""
    known = services.teams.get(team).notes
    found = [note for entry in entries(answer) for note in known.get(entry, ())] if known and answer.kind != "list" else []
    return notes.below(found, answer.language, services.teams.called if public else None, whole=whole)


def said(services: Services, team: str, answer: Answer, *, public: bool = False, **how: Any) -> dict[str, Any]:
    """An answer as a message with the team's notes and the menu; `public` where others than the asker see it."""
    menu = notes.menu(answer.language, answer.matches[0].id) if services.store is not None and answer.matches else ()
    below = team_notes(services, team, answer, public=public)
    made = message(answer, below=below, menu=menu if answer.kind != "list" else (), **how)
    return {**made, "blocks": [*made["blocks"], *_pages(services, answer)]}


def details(services: Services, team: str, answer: Answer, page: int = 0, **how: Any) -> dict[str, Any]:
    """An answer as a window with everything, the team's notes too."""
    below = [*_pages(services, answer), *team_notes(services, team, answer, whole=True)]
    return view(answer, page, below=below, **how)


def _pages(services: Services, answer: Answer) -> list[dict[str, Any]]:
    """The way to the reference, for what an answer is about."""
    if answer.kind in ("list", "help"):
        return overview(services.reference, answer.language)
    about = entries(answer)
    return links(services.reference, services.base, about, answer.language)


def action(answer: Answer, kind: str) -> Action | None:
    """The answer's first action of a kind."""
    return next((a for a in answer.actions if a.kind == kind), None)


async def respond(client: AsyncWebClient, response_url: str, message: dict[str, Any]) -> bool:
    """Sends a message to an interaction's response_url (five times in 30 minutes); False, and a log line, where Slack refused."""
    webhook = AsyncWebhookClient(
        response_url, session=client.session, proxy=client.proxy, ssl=client.ssl, logger=client._logger,
        retry_handlers=client.retry_handlers,
    )  # fmt: skip
    try:
        answer = await webhook.send_dict({**QUIET, **message})
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("response_url failed", extra=fields(error=type(error).__name__))
        return False
    if answer.status_code != 200:
        log.warning("response_url refused", extra=fields(status=answer.status_code))
        return False
    return True


def refusal(error: SlackApiError, language: Language) -> str:
    """What to tell a person of a refusal by Slack: which permission is missing, or its own word for it."""
    code = api_errors.code(error)
    if code == "missing_scope":
        return TALK(language, "missing_scope", scope=scope_of(error))
    return TALK(language, "api_failed", error=code)


def scope_of(error: SlackApiError, likely: str = "?") -> str:
    """The permission that Slack names as missing, or the likely one where it names none."""
    data = getattr(error.response, "data", None)
    needed = str(data.get("needed") or "") if isinstance(data, dict) else ""
    return needed.split(",")[0][:60] or likely


def scopes(context: AsyncBoltContext) -> frozenset[str]:
    """The permissions that this workspace gave the app, as far as they are known."""
    known = context.authorize_result.bot_scopes if context.authorize_result else None
    return frozenset(known or ())


async def open_window(client: AsyncWebClient, trigger: str, window: dict[str, Any]) -> str:
    """Opens a window at once; Slack's word where it refused, `late` where it took too long, empty where it opened."""
    try:
        await client.views_open(trigger_id=trigger, view=window)
    except SlackApiError as error:
        code = api_errors.code(error)
        log.warning("window refused", extra=fields(error=code))
        return "late" if "trigger" in code else code
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("window failed", extra=fields(error=type(error).__name__))
        return "late"
    return ""


def window_refused(language: Language, why: str) -> str:
    """The sentence for a window that `open_window` could not open."""
    return SAY(language, "window_late") if why == "late" else SAY(language, "window_failed", error=why)
