"""What a person does on the page → the payload Slack would send, signed, through the same HTTP endpoint as Slack's."""

import hashlib
import hmac
import json
import secrets
import time
from urllib.parse import urlencode

import aiohttp

from bot.playground.workspace import APP, BOT, CHANNELS, TEAM, USERS, Json, Workspace


class Delivery:
    """Sends to `url` with the playground's own signing secret. `session` is closed by its owner."""

    def __init__(self, workspace: Workspace, url: str, secret: str, session: aiohttp.ClientSession) -> None:
        self.workspace, self.url, self._secret, self._session = workspace, url, secret, session

    async def _send(self, body: bytes, content_type: str) -> tuple[int, Json]:
        stamp = str(int(time.time()))
        digest = hmac.new(self._secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
        async with self._session.post(self.url, data=body, headers=headers) as response:
            text = await response.text()
            try:
                answer = json.loads(text) if text else {}
            except ValueError:
                answer = {"text": text}
            return response.status, answer if isinstance(answer, dict) else {}

    async def _interaction(self, payload: Json) -> tuple[int, Json]:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._send(body, "application/x-www-form-urlencoded")

    async def _event(self, event: Json) -> tuple[int, Json]:
        body = {
            "token": "-", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event": event,
            "event_id": f"Ev{secrets.token_hex(6).upper()}", "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT["id"], "is_bot": True}],
        }  # fmt: skip
        return await self._send(json.dumps(body).encode(), "application/json")

    def _who(self, user: str) -> Json:
        known = USERS.get(user) or next(iter(USERS.values()))
        return {"id": known["id"], "name": known["name"], "username": known["name"], "team_id": TEAM}

    def _common(self, user: str) -> Json:
        return {"token": "-", "api_app_id": APP, "team": {"id": TEAM, "domain": "playground"}, "user": self._who(user),
                "trigger_id": self.workspace.trigger(), "enterprise": None, "is_enterprise_install": False}  # fmt: skip

    async def slash(self, user: str, channel: str, text: str) -> tuple[int, Json]:
        """`/haflag text`; what the bot acks is shown to the asker, as Slack does."""
        command, _, rest = text.strip().partition(" ")
        form = {
            "token": "-", "team_id": TEAM, "team_domain": "playground", "channel_id": channel,
            "channel_name": CHANNELS.get(channel, "ops"), "user_id": user, "user_name": self._who(user)["name"],
            "command": command, "text": rest.strip(), "api_app_id": APP, "is_enterprise_install": "false",
            "response_url": self.workspace.response_url(channel, user), "trigger_id": self.workspace.trigger(),
        }  # fmt: skip
        status, answer = await self._send(urlencode(form).encode(), "application/x-www-form-urlencoded")
        if status == 200 and (answer.get("blocks") or answer.get("text")):
            public = answer.get("response_type") == "in_channel"
            if public:
                self.workspace.say(channel, {"text": text}, user=user)
            self.workspace.say(channel, answer, only="" if public else user)
        return status, answer

    async def message(self, user: str, channel: str, text: str, thread: str, files: list[Json]) -> tuple[int, Json]:
        """A message in a channel (an app_mention where it names the bot) or in the direct message with the bot."""
        typed = text.replace("@haflag", f"<@{BOT['id']}>")
        said = self.workspace.say(channel, {"text": typed, "files": files}, user=user, thread=thread)
        direct = channel.startswith("D")
        event: Json = {
            "type": "message" if direct else "app_mention", "user": user, "text": _escape(typed, f"<@{BOT['id']}>"),
            "ts": said["ts"], "event_ts": said["ts"], "channel": channel, "team": TEAM,
            "channel_type": "im" if direct else "channel",
        }  # fmt: skip
        if thread:
            event["thread_ts"] = thread
        if files:
            event["files"] = files
            event["subtype"] = "file_share"
        if not direct and f"<@{BOT['id']}>" not in typed:
            return 200, {}
        return await self._event(event)

    async def click(self, user: str, ts: str, view_id: str, action: Json) -> tuple[int, Json]:
        """A press on an interactive element of a message, of the App Home or of a modal."""
        payload = {**self._common(user), "type": "block_actions", "actions": [{**action, "action_ts": f"{time.time():.6f}"}]}
        message = self.workspace.find(ts) if ts else None
        if message is not None:
            private = bool(message["only"])
            payload |= {
                "channel": {"id": message["channel"], "name": CHANNELS.get(message["channel"], "ops")},
                "message": {"type": "message", "ts": ts, "text": message["text"], "blocks": message["blocks"], "user": BOT["id"],
                            "bot_id": BOT["bot_id"], **({"thread_ts": message["thread"]} if message["thread"] else {})},
                "container": {"type": "message", "message_ts": ts, "channel_id": message["channel"], "is_ephemeral": private},
                "response_url": self.workspace.response_url(message["channel"], user, ts),
            }  # fmt: skip
        else:
            view = self._view(user, view_id)
            payload |= {"view": view, "container": {"type": "view", "view_id": view.get("id", "")}}
        return await self._interaction(payload)

    def _view(self, user: str, view_id: str) -> Json:
        home = self.workspace.home.get(user)
        return next((v for v in self.workspace.views if v["id"] == view_id), home or {})

    async def submit(self, user: str, view_id: str, values: Json) -> tuple[int, Json]:
        """The modal's submit button; errors of the bot come back for the page to show at their fields."""
        view = self._view(user, view_id)
        view["state"] = {"values": values}
        status, answer = await self._interaction({**self._common(user), "type": "view_submission", "view": view, "response_urls": []})
        match answer.get("response_action"):
            case "errors":
                return status, answer
            case "update":
                self.workspace.views = [{**view, **answer["view"]}]
            case "push":
                self.workspace.views.append({**view, **answer["view"], "id": f"V{secrets.token_hex(5).upper()}"})
            case "clear":
                self.workspace.views = []
            case _:
                if self.workspace.views:
                    self.workspace.views.pop()
        self.workspace.touch()
        return status, answer

    async def close_view(self, user: str, view_id: str) -> tuple[int, Json]:
        """The modal's close button."""
        view = self._view(user, view_id)
        self.workspace.views = [v for v in self.workspace.views if v["id"] != view_id]
        self.workspace.touch()
        if view.get("notify_on_close"):
            return await self._interaction({**self._common(user), "type": "view_closed", "view": view, "is_cleared": False})
        return 200, {}

    async def suggest(self, user: str, view_id: str, action_id: str, block_id: str, value: str) -> tuple[int, Json]:
        """Typing into an external select."""
        where = {"view": self._view(user, view_id), "container": {"type": "view", "view_id": view_id}}
        asked = {"type": "block_suggestion", "action_id": action_id, "block_id": block_id, "value": value}
        return await self._interaction({**self._common(user), **where, **asked})

    async def shortcut(self, user: str, callback_id: str, ts: str) -> tuple[int, Json]:
        """The global shortcut, or with `ts` the message shortcut on that message."""
        payload: Json = {**self._common(user), "callback_id": callback_id, "type": "shortcut", "action_ts": f"{time.time():.6f}"}
        message = self.workspace.find(ts) if ts else None
        if message is not None:
            payload |= {
                "type": "message_action", "message_ts": ts, "channel": {"id": message["channel"], "name": "ops"},
                "message": {"type": "message", "user": message["user"], "ts": ts, "text": _escape(message["text"]),
                            "blocks": message["blocks"]},
                "response_url": self.workspace.response_url(message["channel"], user),
            }  # fmt: skip
        return await self._interaction(payload)

    async def home(self, user: str, tab: str) -> tuple[int, Json]:
        """Opening the App Home or its Messages tab."""
        event: Json = {"type": "app_home_opened", "user": user, "channel": "D0HAFLAG01", "tab": tab, "event_ts": f"{time.time():.6f}"}
        if user in self.workspace.home:
            event["view"] = self.workspace.home[user]
        return await self._event(event)


def _escape(text: str, keep: str = "\0") -> str:
    """Slack's escaping of what a person typed; the mention `keep` stays as it is."""
    marked = text.replace(keep, "\0")
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\0", keep)

