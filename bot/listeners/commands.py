"""The slash command: an answer goes into the ack; what writes or asks Slack follows through the response_url."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners import subcommands
from bot.listeners.admins import Admins
from bot.listeners.replies import QUIET, SAY, TALK, answer_for, said
from bot.listeners.subcommands import Command
from bot.render.blocks import notice
from bot.services import Services

ANY = re.compile(r"^/")
_PUBLIC = re.compile(r"(?:public|everyone|公开)(?:\s+|$)", re.IGNORECASE)


def register(app: AsyncApp, services: Services, admins: Admins) -> None:
    """Takes every command that the manifest gives this app, whatever its name (`/haflag-staging`)."""

    async def command(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        team, user = str(command["team_id"]), str(command["user_id"])
        text = str(command.get("text") or "").strip()
        services.teams.meet(user, str(command.get("user_name") or ""))
        seconds = services.limit.wait(team, user)
        if not seconds and (run := subcommands.named(text)):
            await ack()
            services.tasks.start(subcommands.handle(Command(services, admins, client, command, team, user), *run), "command")
            return
        await services.prepare(team, user)
        public = _PUBLIC.match(text)
        question = text[public.end() :] if public else text
        answer = answer_for(services, team, user, "" if seconds else question)
        language = answer.language
        if seconds:
            reply = notice(SAY(language, "slow_down", seconds=int(seconds) + 1))
        elif public and not question:
            reply = notice(TALK(language, "public_what"))
        elif public and answer.kind not in ("nothing", "error", "help"):
            shared = said(services, team, answer, public=True, shared_by=user)
            await ack({"response_type": "in_channel", **QUIET, **shared})
            services.after(team, user, client, answer)
            return
        else:
            reply = said(services, team, subcommands.with_commands(answer))
        await ack({"response_type": "ephemeral", **QUIET, **reply})
        services.after(team, user, client, None if seconds else answer)

    app.command(ANY)(command)
