"""The slash command: the answer goes into the ack, for the asker's eyes, with no I/O before it."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.replies import QUIET, SAY, answer_for
from bot.render.blocks import message, notice
from bot.services import Services

ANY = re.compile(r"^/")


def register(app: AsyncApp, services: Services) -> None:
    """Takes every command that the manifest gives this app, whatever its name (`/haflag-staging`)."""

    async def command(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        team, user = str(command["team_id"]), str(command["user_id"])
        seconds = services.limit.wait(team, user)
        answer = answer_for(services, team, user, "" if seconds else str(command.get("text") or ""))
        slow = SAY(answer.language, "slow_down", seconds=int(seconds) + 1)
        reply = notice(slow) if seconds else message(answer)
        await ack({"response_type": "ephemeral", **QUIET, **reply})
        services.languages.learn(team, user, client)

    app.command(ANY)(command)
