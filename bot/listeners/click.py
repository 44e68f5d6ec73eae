"""One press of a button or one choice of a menu: who, where, what, and the ways to answer it."""

import json
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.admins import Admins
from bot.listeners.note_work import Work
from bot.listeners.replies import SAY, answer_for, respond
from bot.render.blocks import asked, notice
from bot.services import Services
from knowledge.answer_model import Answer
from knowledge.model import Language


@dataclass(frozen=True)
class Click:
    """What was pressed, and what is needed to answer it."""

    services: Services
    admins: Admins
    client: AsyncWebClient
    body: dict[str, Any]
    kind: str
    number: int
    value: str

    @property
    def team(self) -> str:
        return str((self.body.get("team") or self.body.get("enterprise") or {}).get("id", ""))

    @property
    def user(self) -> str:
        return str(self.body["user"]["id"])

    @property
    def trigger(self) -> str:
        return str(self.body.get("trigger_id"))

    @property
    def view(self) -> dict[str, Any]:
        """The window or App Home that was clicked in, empty for a message."""
        return self.body.get("view") or {}

    @property
    def at_home(self) -> bool:
        return self.view.get("type") == "home"

    @property
    def private(self) -> bool:
        """True where only the clicker sees the message."""
        return bool((self.body.get("container") or {}).get("is_ephemeral"))

    @property
    def channel(self) -> str:
        return str((self.body.get("channel") or {}).get("id") or "")

    @property
    def direct(self) -> bool:
        """True in a direct message with the bot, where an answer belongs to its only reader."""
        return self.channel.startswith("D")

    @property
    def thread(self) -> dict[str, str]:
        """Keeps what is said in the thread of the message."""
        thread = (self.body.get("container") or {}).get("thread_ts")
        return {"thread_ts": str(thread)} if thread else {}

    @property
    def url(self) -> str:
        return str(self.body.get("response_url") or "")

    @property
    def language(self) -> Language:
        """The language that the button was in."""
        return asked(self.value)[0]

    @property
    def work(self) -> Work:
        return Work(self.services, self.admins, self.client, self.team, self.user)

    def answer(self) -> Answer:
        language, question = asked(self.value)
        return answer_for(self.services, self.team, self.user, question, language)

    def place(self, **more: str) -> str:
        """Where a form that this click opens answers to, as the form's metadata."""
        place = {"response_url": self.url, "private": "1" if self.private else "", "home": "1" if self.at_home else "", **more}
        return json.dumps({key: value for key, value in (place | self.thread).items() if value})

    async def respond(self, said: dict[str, Any], **how: Any) -> bool:
        return bool(self.url) and await respond(self.client, self.url, {**self.thread, **how, **said})

    async def show(self, said: dict[str, Any]) -> None:
        """Shows a message to the clicker alone: in place of a private one, else below."""
        mine = self.private or self.direct
        await self.respond(said, response_type="ephemeral" if not self.direct else "in_channel", replace_original=mine)

    async def tell(self, language: Language, key: str, **words: object) -> None:
        """Says one sentence to the clicker alone and leaves the message as it is."""
        await self.say(SAY(language, key, **words))

    async def say(self, text: str) -> None:
        """Says one sentence to the clicker alone and leaves the message as it is."""
        await self.respond(notice(text), response_type="ephemeral", replace_original=False)
