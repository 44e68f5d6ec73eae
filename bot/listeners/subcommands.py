"""`/haflag lang`, `note`, `notes` and `stats`: what they say, and how they are told from questions."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners import note_work
from bot.listeners.admins import Admins, Denied
from bot.listeners.replies import SAY, TALK, respond
from bot.render import home
from bot.render.blocks import notice
from bot.services import Services
from knowledge.answer_model import Answer, Bullets
from knowledge.model import Language

log = logging.getLogger(__name__)

_LANGUAGES: dict[str, Language | None] = {
    "zh": "zh", "cn": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "en": "en", "english": "en", "英文": "en", "英语": "en",
    "auto": None, "自动": None,
}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """One slash command that is not a question."""

    services: Services
    admins: Admins
    client: AsyncWebClient
    body: dict[str, Any]
    team: str
    user: str

    @property
    def language(self) -> Language:
        return self.services.languages.own(self.team, self.user)

    async def say(self, message: dict[str, Any]) -> None:
        """Answers, for the asker alone."""
        url = str(self.body.get("response_url") or "")
        if url:
            await respond(self.client, url, {"response_type": "ephemeral", **message})


Run = Callable[[Command, str], Awaitable[None]]


def named(text: str) -> tuple[Run, str] | None:
    """The command that a text is, and what follows its name; None for a question."""
    word, *rest = text.split(None, 1) or [""]
    run = _RUNS.get(word.casefold())
    # "note" and the like are commands; "notes on sC" or "lang files drop" could only be questions about something else.
    return (run, rest[0].strip() if rest else "") if run else None


async def handle(command: Command, run: Run, rest: str) -> None:
    """Runs a command and says what it has to say, whatever happens."""
    services = command.services
    await services.meet(command.team, command.user, command.client)
    try:
        await run(command, rest)
    except Denied as denied:
        await command.say(notice(str(denied)))
    except Exception as error:
        log.error("command failed", exc_info=error)
        await command.say(notice(SAY(command.language, "failed")))
    services.after(command.team, command.user, command.client)


async def _lang(command: Command, rest: str) -> None:
    languages, language = command.services.languages, command.language
    if command.services.store is None:
        await command.say(notice(home.SAY(language, "nothing_kept")))
        return
    if not rest:
        chosen = languages.chosen(command.team, command.user)
        await command.say(notice(TALK(language, "lang_now", language=TALK(language, f"lang_{chosen or 'auto'}"))))
        return
    if rest.casefold() not in _LANGUAGES:
        await command.say(notice(TALK(language, "lang_unknown")))
        return
    choice = _LANGUAGES[rest.casefold()]
    await languages.set(command.team, command.user, choice)
    said = choice or command.language
    await command.say(notice(TALK(said, "lang_set", language=TALK(said, f"lang_{choice or 'auto'}"))))


async def _stats(command: Command, rest: str) -> None:
    language, store = command.language, command.services.store
    if store is None:
        await command.say(notice(home.SAY(language, "nothing_kept")))
        return
    await command.admins.require(command.client, command.team, command.user, language)
    totals = await store.stats(command.team, home.DAYS)
    await command.say(home.stats_message(totals, command.services.base, language))


async def _note(command: Command, rest: str) -> None:
    work = note_work.Work(command.services, command.admins, command.client, command.team, command.user)
    await command.say(await work.command(rest, command.language))


async def _notes(command: Command, rest: str) -> None:
    work = note_work.Work(command.services, command.admins, command.client, command.team, command.user)
    await command.say(await work.overview(None, command.language) if not rest else await work.command(rest, command.language))


_RUNS: dict[str, Run] = {
    "lang": _lang, "language": _lang, "语言": _lang, "stats": _stats, "统计": _stats,
    "note": _note, "备注": _note, "notes": _notes,
}  # fmt: skip


def with_commands(answer: Answer) -> Answer:
    """The help of the knowledge base with what can be done in Slack beside asking; other answers as they are."""
    if answer.kind != "help":
        return answer
    keys = ("command_public", "command_thread", "command_note", "command_lang")
    items = tuple(TALK(answer.language, key, **({"bot": "@haflag"} if key == "command_thread" else {})) for key in keys)
    parts = (*answer.summary, Bullets(items, TALK(answer.language, "commands")))
    return msgspec.structs.replace(answer, summary=parts)
