"""The stand-in's workspace in memory: channels, messages, views, files; and the Web API methods that the bot calls on it."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

BOT = {"id": "U0HAFLAG01", "bot_id": "B0HAFLAG01", "name": "haflag"}
TEAM, APP = "T0PLAYGRND", "A0HAFLAG01"
USERS = {
    "U0EN000001": {"id": "U0EN000001", "name": "alice", "locale": "en-US"},
    "U0ZH000001": {"id": "U0ZH000001", "name": "小明", "locale": "zh-CN"},
}
CHANNELS = {"C0OPS00001": "ops", "D0HAFLAG01": "haflag"}
KEEP = 500


class ApiError(Exception):
    """A refusal with Slack's own error code."""


class Workspace:
    """Everything that the page shows. `changed` is awaited by the page's event stream."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.messages: list[Json] = []
        self.views: list[Json] = []
        self.home: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
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

    async def changed(self, since: int, timeout: float = 20.0) -> int:
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
            "version": self.version, "messages": self.messages, "views": self.views, "home": self.home,
            "prompts": self.prompts, "users": list(USERS.values()), "channels": CHANNELS, "bot": BOT,
        }  # fmt: skip

    def timestamp(self) -> str:
        """A message ts, unique and rising."""
        return f"{int(time.time())}.{next(self._clock):06d}"

    def trigger(self) -> str:
        """A trigger_id that opens one view within three seconds."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.token_hex(8)}"
        self._triggers[trigger] = ""
        return trigger

    def response_url(self, channel: str, user: str, ts: str = "") -> str:
        """A response_url for an interaction in `channel`; `ts` is the message it acts on."""
        token = secrets.token_urlsafe(16)
        self._responses[token] = {"channel": channel, "user": user, "ts": ts, "uses": 0}
        return f"{self.base_url}/playground/response/{token}"

    def respond(self, token: str, body: Json) -> None:
        """What Slack does with a POST to a response_url. ApiError for an unknown or used-up one."""
        held = self._responses.get(token)
        if held is None or held["uses"] >= 5:
            raise ApiError("expired_url" if held is None else "used_url")
        held["uses"] += 1
        target = self.find(held["ts"]) if held["ts"] else None
        if body.get("delete_original") and target:
            self.messages.remove(target)
        elif body.get("replace_original") and target:
            target.update(text=body.get("text", ""), blocks=body.get("blocks", []), edited=True)
        else:
            private = body.get("response_type", "ephemeral") != "in_channel"
            self.say(held["channel"], body, only=held["user"] if private else "", thread=body.get("thread_ts", ""))
        self.touch()

    def find(self, ts: str) -> Json | None:
        """The message with this ts."""
        return next((m for m in self.messages if m["ts"] == ts), None)

    def say(self, channel: str, body: Json, *, user: str = "", only: str = "", thread: str = "") -> Json:
        """Adds a message by `user` (default: the bot), visible to `only` where given."""
        message = {
            "ts": self.timestamp(), "channel": channel, "user": user or BOT["id"], "text": body.get("text", ""),
            "blocks": body.get("blocks") or [], "thread": thread, "only": only, "files": body.get("files", []),
        }  # fmt: skip
        self.messages.append(message)
        self.touch()
        return message

    def call(self, method: str, args: Json) -> Json:
        """One Web API call. ApiError carries Slack's error code; a method that is not simulated is unknown_method."""
        handler: Callable[[Json], Json | None] | None = getattr(self, "_" + method.replace(".", "_"), None)
        if handler is None:
            raise ApiError("unknown_method")
        return {"ok": True, **(handler(args) or {})}

    def _auth_test(self, args: Json) -> Json:
        return {"url": self.base_url, "team": "playground", "user": BOT["name"], "team_id": TEAM, "user_id": BOT["id"],
                "bot_id": BOT["bot_id"], "app_id": APP}  # fmt: skip

    def _users_info(self, args: Json) -> Json:
        user = USERS.get(args.get("user", ""))
        if user is None:
            raise ApiError("user_not_found")
        return {"user": {**user, "is_admin": True, "real_name": user["name"]}}

    def _chat_postMessage(self, args: Json) -> Json:
        channel = args.get("channel", "")
        if channel in USERS:
            channel = "D0HAFLAG01"
        if channel not in CHANNELS:
            raise ApiError("channel_not_found")
        message = self.say(channel, args, thread=args.get("thread_ts") or "")
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _chat_postEphemeral(self, args: Json) -> Json:
        if args.get("channel") not in CHANNELS:
            raise ApiError("channel_not_found")
        message = self.say(args["channel"], args, only=args.get("user", ""), thread=args.get("thread_ts") or "")
        return {"message_ts": message["ts"]}

    def _chat_update(self, args: Json) -> Json:
        message = self.find(args.get("ts", ""))
        if message is None:
            raise ApiError("message_not_found")
        message.update(text=args.get("text", ""), blocks=args.get("blocks") or [], edited=True)
        self.touch()
        return {"channel": message["channel"], "ts": message["ts"]}

    def _chat_delete(self, args: Json) -> None:
        message = self.find(args.get("ts", ""))
        if message is None:
            raise ApiError("message_not_found")
        self.messages.remove(message)
        self.touch()

    def _view(self, args: Json) -> Json:
        view = args["view"]
        return {**view, "id": f"V{secrets.token_hex(5).upper()}", "team_id": TEAM, "app_id": APP, "bot_id": BOT["bot_id"],
                "hash": secrets.token_hex(6), "state": {"values": {}}, "root_view_id": "", "callback_id": view.get("callback_id", ""),
                "private_metadata": view.get("private_metadata", "")}  # fmt: skip

    def _use_trigger(self, args: Json) -> None:
        if self._triggers.pop(args.get("trigger_id", ""), None) is None:
            raise ApiError("expired_trigger_id")

    def _views_open(self, args: Json) -> Json:
        self._use_trigger(args)
        self.views = [self._view(args)]
        self.touch()
        return {"view": self.views[0]}

    def _views_push(self, args: Json) -> Json:
        self._use_trigger(args)
        if len(self.views) >= 3:
            raise ApiError("push_limit_reached")
        self.views.append(self._view(args))
        self.touch()
        return {"view": self.views[-1]}

    def _views_update(self, args: Json) -> Json:
        for number, view in enumerate(self.views):
            if args.get("view_id") == view["id"] or (args.get("external_id") or "-") == view.get("external_id"):
                self.views[number] = {**self._view(args), "id": view["id"]}
                self.touch()
                return {"view": self.views[number]}
        raise ApiError("not_found")

    def _views_publish(self, args: Json) -> Json:
        self.home[args["user_id"]] = self._view(args)
        self.touch()
        return {"view": self.home[args["user_id"]]}

    def _assistant_threads_setSuggestedPrompts(self, args: Json) -> None:
        self.prompts = args.get("prompts") or []
        self.touch()

    def _assistant_threads_setStatus(self, args: Json) -> None:
        return None

    def _conversations_replies(self, args: Json) -> Json:
        thread = args.get("ts", "")
        return {"messages": [m for m in self.messages if thread in (m["ts"], m["thread"]) and not m["only"]]}

    def _conversations_info(self, args: Json) -> Json:
        name = CHANNELS.get(args.get("channel", ""))
        if name is None:
            raise ApiError("channel_not_found")
        return {"channel": {"id": args["channel"], "name": name, "is_member": True}}

    def _files_info(self, args: Json) -> Json:
        file = self.files.get(args.get("file", ""))
        if file is None:
            raise ApiError("file_not_found")
        return {"file": {k: v for k, v in file.items() if k != "content"}}

    def add_file(self, name: str, content: bytes) -> Json:
        """Keeps a dropped file (newest five) and gives its Slack description."""
        id = f"F{secrets.token_hex(5).upper()}"
        link = f"{self.base_url}/playground/files/{id}"
        file = {"id": id, "name": name, "size": len(content), "mode": "hosted", "mimetype": "text/plain", "filetype": "text",
                "url_private": link, "url_private_download": link, "content": content}  # fmt: skip
        self.files[id] = file
        while len(self.files) > 5:
            del self.files[next(iter(self.files))]
        return {k: v for k, v in file.items() if k != "content"}
