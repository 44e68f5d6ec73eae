"""The stand-in's workspace in memory: channels, messages, windows, App Home, files; the page draws its snapshot."""

import asyncio
import itertools
import secrets
import time
from typing import Any

Json = dict[str, Any]

BOT = {"id": "U0HAFLAG01", "bot_id": "B0HAFLAG01", "name": "haflag"}
TEAM, APP = "T0PLAYGRND", "A0HAFLAG01"
USERS = {
    "U0EN000001": {"id": "U0EN000001", "name": "alice", "locale": "en-US"},
    "U0ZH000001": {"id": "U0ZH000001", "name": "小明", "locale": "zh-CN"},
}
CHANNEL, DIRECT = "C0OPS00001", "D0HAFLAG01"
CHANNELS = {CHANNEL: "ops", DIRECT: "haflag"}
KEEP = 200
"""Messages kept; older ones go, as the page redraws from what is kept."""
KEEP_FILES = 20
PNG = b"\x89PNG\r\n\x1a\n"


class ApiError(Exception):
    """A refusal with Slack's own error code."""


class Workspace:
    """Everything that the page shows. `base_url` is where this process is reached; the app's `manifest` gives the
    shortcuts and the scopes of the token.
    """

    def __init__(self, base_url: str, manifest: Json | None = None) -> None:
        self.base_url = base_url
        self.shortcuts = (manifest or {}).get("features", {}).get("shortcuts", [])
        scopes = (manifest or {}).get("oauth_config", {}).get("scopes", {})
        self.scopes = [*scopes.get("bot", ["commands"]), *scopes.get("bot_optional", [])]
        self.messages: list[Json] = []
        self.windows: dict[str, list[Json]] = {}
        self.home: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.uploads: dict[str, Json] = {}
        self.prompts: list[Json] = []
        self.version = 0
        self._waiters: set[asyncio.Event] = set()
        self._responses: dict[str, Json] = {}
        self._triggers: dict[str, str] = {}
        self._clock = itertools.count(1)

    def touch(self) -> None:
        """Tells the page that something changed."""
        self.version += 1
        del self.messages[:-KEEP]
        for waiter in self._waiters:
            waiter.set()

    async def changed(self, since: int, timeout: float) -> int:
        """Waits until the version is later than `since` or `timeout` seconds have passed; the version then."""
        waiter = asyncio.Event()
        self._waiters.add(waiter)
        try:
            if self.version <= since:
                await asyncio.wait_for(waiter.wait(), timeout)
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(waiter)
        return self.version

    def snapshot(self) -> Json:
        """What the page draws."""
        return {
            "version": self.version, "messages": self.messages, "windows": self.windows, "home": self.home,
            "prompts": self.prompts, "shortcuts": self.shortcuts, "users": list(USERS.values()), "channels": CHANNELS, "bot": BOT,
        }  # fmt: skip

    def clear(self) -> None:
        """Starts over: no messages, windows and files; what the bot has published as its App Home stays."""
        for held in (self.messages, self.windows, self.files, self.prompts):
            held.clear()
        self.touch()

    def timestamp(self) -> str:
        """A message ts, unique and rising."""
        return f"{int(time.time())}.{next(self._clock):06d}"

    def say(self, channel: str, body: Json, *, user: str = "", only: str = "", thread: str = "") -> Json:
        """Adds a message by `user` (default: the bot), visible to `only` where given."""
        message = {
            "ts": self.timestamp(), "channel": channel, "user": user or BOT["id"], "text": body.get("text", ""),
            "blocks": body.get("blocks") or [], "thread": thread, "only": only, "files": body.get("files", []),
        }  # fmt: skip
        self.messages.append(message)
        self.touch()
        return message

    def find(self, ts: str) -> Json | None:
        """The message with this ts."""
        return next((m for m in self.messages if m["ts"] == ts), None)

    def change(self, message: Json, body: Json) -> None:
        """Gives a message another text and blocks."""
        message.update(text=body.get("text", ""), blocks=body.get("blocks") or [], edited=True)
        self.touch()

    def remove(self, message: Json) -> None:
        """Takes a message away."""
        self.messages.remove(message)
        self.touch()

    def trigger(self, user: str) -> str:
        """A trigger_id with which the bot may open one window for `user`."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.token_hex(8)}"
        self._triggers[trigger] = user
        return trigger

    def use_trigger(self, trigger: str) -> str:
        """The user of a trigger_id, which is used up then. ApiError for an unknown or used one."""
        user = self._triggers.pop(trigger, None)
        if user is None:
            raise ApiError("expired_trigger_id")
        return user

    def view(self, user: str, view_id: str) -> Json | None:
        """The window or App Home with this id that `user` looks at."""
        open_ones = [*self.windows.get(user, ()), *([self.home[user]] if user in self.home else ())]
        return next((view for view in open_ones if view["id"] == view_id), None)

    def new_view(self, view: Json) -> Json:
        """A view as Slack gives it back."""
        return {
            "callback_id": "", "private_metadata": "", **view, "id": f"V{secrets.token_hex(5).upper()}", "team_id": TEAM,
            "app_id": APP, "bot_id": BOT["bot_id"], "hash": secrets.token_hex(6), "state": {"values": {}},
        }  # fmt: skip

    def response_url(self, channel: str, user: str, *, ts: str = "", thread: str = "") -> str:
        """A response_url for an interaction in `channel`; `ts` is the message it acts on."""
        token = secrets.token_urlsafe(16)
        self._responses[token] = {"channel": channel, "user": user, "ts": ts, "thread": thread, "uses": 0}
        return f"{self.base_url}/playground/response/{token}"

    def respond(self, token: str, body: Json) -> None:
        """What Slack does with a POST to a response_url. ApiError for an unknown or used-up one."""
        held = self._responses.get(token)
        if held is None or held["uses"] >= 5:
            raise ApiError("expired_url" if held is None else "used_url")
        held["uses"] += 1
        target = self.find(held["ts"]) if held["ts"] else None
        if body.get("delete_original"):
            if target:
                self.remove(target)
        elif body.get("replace_original") and target:
            self.change(target, body)
        else:
            private = body.get("response_type", "ephemeral") != "in_channel"
            self.say(held["channel"], body, only=held["user"] if private else "", thread=body.get("thread_ts") or held["thread"])

    def add_file(self, name: str, content: bytes) -> Json:
        """Keeps a file (the newest few) that a person dropped or the bot sent, and gives its Slack description."""
        id = f"F{secrets.token_hex(8).upper()}"
        link = f"{self.base_url}/playground/files/{id}"
        picture = content.startswith(PNG)
        described = {"id": id, "name": name, "title": name, "size": len(content), "mode": "hosted",
                     "mimetype": "image/png" if picture else "text/plain", "filetype": "png" if picture else "text",
                     "is_external": False, "url_private": link, "url_private_download": link}  # fmt: skip
        self.files[id] = {**described, "content": content}
        while len(self.files) > KEEP_FILES:
            del self.files[next(iter(self.files))]
        return described
