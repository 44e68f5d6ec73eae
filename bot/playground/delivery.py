"""What a person does on the page → the payload Slack would send, signed, through the same HTTP endpoint as Slack's."""

import hashlib
import hmac
import json
import re
import secrets
import time
from urllib.parse import urlencode

import aiohttp

from bot.playground.web_api import shown
from bot.playground.workspace import APP, BOT, CHANNELS, DIRECT, TEAM, USERS, Json, Workspace

Outcome = tuple[int, Json]
"""HTTP status and JSON body of the bot's ack; status 504 where it did not come in time, 502 where nothing answers."""

MENTION = f"<@{BOT['id']}>"


class Delivery:
    """Sends to `url` with the playground's own signing secret. `session` is closed by its owner."""

    def __init__(self, workspace: Workspace, url: str, secret: str, session: aiohttp.ClientSession) -> None:
        self.workspace, self.url, self._secret, self._session = workspace, url, secret, session

    async def _send(self, body: bytes, content_type: str) -> Outcome:
        stamp = str(int(time.time()))
        digest = hmac.new(self._secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
        try:
            async with self._session.post(self.url, data=body, headers=headers) as response:
                text = await response.text()
                status = response.status
        except TimeoutError:
            return 504, {}
        except aiohttp.ClientError:
            return 502, {}
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            answer = {"text": text}
        return status, answer if isinstance(answer, dict) else {}

    async def _interaction(self, payload: Json) -> Outcome:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._send(body, "application/x-www-form-urlencoded")

    async def _event(self, event: Json) -> Outcome:
        body = {
            "token": "-", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event": event,
            "event_id": f"Ev{secrets.token_hex(6).upper()}", "event_time": int(time.time()), "is_ext_shared_channel": False,
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT["id"], "is_bot": True}],
        }  # fmt: skip
        return await self._send(json.dumps(body).encode(), "application/json")

    def _common(self, user: str) -> Json:
        who = {"id": user, "name": USERS[user]["name"], "username": USERS[user]["name"], "team_id": TEAM}
        return {"token": "-", "api_app_id": APP, "team": {"id": TEAM, "domain": "playground"}, "user": who,
                "trigger_id": self.workspace.trigger(user), "enterprise": None, "is_enterprise_install": False}  # fmt: skip

    async def slash(self, user: str, channel: str, text: str) -> Outcome:
        """`/haflag text`; what the bot acks is shown to the asker, as Slack does."""
        command, _, rest = text.strip().partition(" ")
        form = {
            "token": "-", "team_id": TEAM, "team_domain": "playground", "channel_id": channel,
            "channel_name": "directmessage" if channel == DIRECT else CHANNELS[channel], "user_id": user,
            "user_name": USERS[user]["name"], "command": command, "text": rest.strip(), "api_app_id": APP,
            "is_enterprise_install": "false", "response_url": self.workspace.response_url(channel, user),
            "trigger_id": self.workspace.trigger(user),
        }  # fmt: skip
        status, answer = await self._send(urlencode(form).encode(), "application/x-www-form-urlencoded")
        if status == 200 and (answer.get("blocks") or answer.get("text")):
            public = answer.get("response_type") == "in_channel"
            if public:
                self.workspace.say(channel, {"text": escape(text)}, user=user)
            self.workspace.say(channel, answer, only="" if public else user)
        return status, answer

    async def message(self, user: str, channel: str, text: str, thread: str, files: list[Json]) -> Outcome:
        """A message in a channel (an app_mention where it names the bot) or in the direct message with the bot."""
        typed = escape(text).replace("@haflag", MENTION)
        said = self.workspace.say(channel, {"text": typed, "files": files}, user=user, thread=thread)
        direct = channel == DIRECT
        if not direct and MENTION not in typed:
            return 200, {}
        event: Json = {
            "type": "message" if direct else "app_mention", "user": user, "text": typed, "ts": said["ts"],
            "event_ts": said["ts"], "channel": channel, "team": TEAM, "client_msg_id": secrets.token_hex(16),
        }  # fmt: skip
        if direct:
            event["channel_type"] = "im"
        if thread:
            event["thread_ts"] = thread
        if files:
            event["files"] = files
            if direct:
                event["subtype"] = "file_share"
        return await self._event(event)

    async def click(self, user: str, ts: str, view_id: str, action: Json, values: Json) -> Outcome:
        """A press on an interactive element of a message, of the App Home or of a window."""
        payload = {**self._common(user), "type": "block_actions", "actions": [{**action, "action_ts": f"{time.time():.6f}"}]}
        message = self.workspace.find(ts)
        if message is not None:
            where = {"type": "message", "message_ts": ts, "channel_id": message["channel"], "is_ephemeral": bool(message["only"])}
            if message["thread"]:
                where["thread_ts"] = message["thread"]
            payload |= {
                "channel": self._channel(message), "message": shown(message), "container": where, "state": {"values": values},
                "response_url": self.workspace.response_url(message["channel"], user, ts=ts, thread=message["thread"]),
            }  # fmt: skip
            return await self._interaction(payload)
        view = self.workspace.view(user, view_id)
        if view is None:
            return 200, {}
        view["state"] = {"values": values}
        return await self._interaction({**payload, "view": view, "container": {"type": "view", "view_id": view_id}})

    def _channel(self, message: Json) -> Json:
        direct = message["channel"] == DIRECT
        return {"id": message["channel"], "name": "directmessage" if direct else CHANNELS[message["channel"]]}

    async def submit(self, user: str, view_id: str, values: Json) -> Outcome:
        """The window's submit button; errors of the bot come back for the page to show at their fields."""
        view = self.workspace.view(user, view_id)
        if view is None:
            return 200, {}
        view["state"] = {"values": values}
        status, answer = await self._interaction(
            {**self._common(user), "type": "view_submission", "view": view, "response_urls": []}
        )
        if status != 200 or answer.get("response_action") == "errors":
            return status, answer
        windows = self.workspace.windows.get(user, [])
        match answer.get("response_action"):
            case "update":
                windows[-1:] = [{**self.workspace.new_view(answer["view"]), "id": view_id}]
            case "push":
                windows.append(self.workspace.new_view(answer["view"]))
            case "clear":
                windows.clear()
            case _:
                windows[:] = [w for w in windows if w["id"] != view_id]
        self.workspace.touch()
        return status, answer

    async def close(self, user: str, view_id: str) -> Outcome:
        """The window's close button."""
        view = self.workspace.view(user, view_id)
        if view is None:
            return 200, {}
        self.workspace.windows[user] = [w for w in self.workspace.windows.get(user, []) if w["id"] != view_id]
        self.workspace.touch()
        if view.get("notify_on_close"):
            return await self._interaction({**self._common(user), "type": "view_closed", "view": view, "is_cleared": False})
        return 200, {}

    async def suggest(self, user: str, view_id: str, action_id: str, block_id: str, value: str) -> Outcome:
        """Typing into an external select of a window or the App Home."""
        where = {"view": self.workspace.view(user, view_id), "container": {"type": "view", "view_id": view_id}}
        asked = {"type": "block_suggestion", "action_id": action_id, "block_id": block_id, "value": value}
        return await self._interaction({**self._common(user), **where, **asked})

    async def shortcut(self, user: str, callback_id: str, ts: str) -> Outcome:
        """The global shortcut, or with `ts` the message shortcut on that message."""
        payload: Json = {**self._common(user), "callback_id": callback_id, "type": "shortcut", "action_ts": f"{time.time():.6f}"}
        message = self.workspace.find(ts)
        if message is not None:
            payload |= {
                "type": "message_action", "message_ts": ts, "channel": self._channel(message), "message": shown(message),
                "response_url": self.workspace.response_url(message["channel"], user, thread=message["thread"]),
            }  # fmt: skip
        return await self._interaction(payload)

    async def home(self, user: str, tab: str) -> Outcome:
        """Opening the App Home (`home`) or the direct message (`messages`)."""
        event: Json = {"type": "app_home_opened", "user": user, "channel": DIRECT, "tab": tab, "event_ts": f"{time.time():.6f}"}
        if user in self.workspace.home:
            event["view"] = self.workspace.home[user]
        return await self._event(event)

    async def clear(self) -> Outcome:
        """Starting over, which the bot is not told."""
        self.workspace.clear()
        return 200, {}


def escape(text: str) -> str:
    """What Slack makes of what a person typed: its three characters escaped, addresses as links."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"https?://[^\s&\"'`|]+", lambda found: f"<{found[0]}>", escaped)
