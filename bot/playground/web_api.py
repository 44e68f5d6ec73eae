"""The Web API methods that the bot calls, on the stand-in's workspace; a method that is not here is `unknown_method`."""

import secrets
from collections.abc import Callable

from bot.playground.workspace import APP, BOT, CHANNELS, DIRECT, TEAM, USERS, ApiError, Json, Workspace


def call(workspace: Workspace, method: str, args: Json) -> Json:
    """One Web API call's answer. ApiError carries Slack's error code."""
    handler = METHODS.get(method)
    if handler is None:
        raise ApiError("unknown_method")
    return {"ok": True, **handler(workspace, args)}


def _auth_test(workspace: Workspace, args: Json) -> Json:
    return {"url": workspace.base_url, "team": "playground", "user": BOT["name"], "team_id": TEAM, "user_id": BOT["id"],
            "bot_id": BOT["bot_id"], "app_id": APP}  # fmt: skip


def _users_info(workspace: Workspace, args: Json) -> Json:
    user = USERS.get(args.get("user", ""))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": {**user, "team_id": TEAM, "is_admin": True, "is_bot": False, "real_name": user["name"]}}


def _channel(args: Json) -> str:
    channel = str(args.get("channel", ""))
    if channel not in CHANNELS and channel not in USERS:
        raise ApiError("channel_not_found")
    return DIRECT if channel in USERS else channel


def _message(workspace: Workspace, args: Json) -> Json:
    message = workspace.find(str(args.get("ts", "")))
    if message is None:
        raise ApiError("message_not_found")
    return message


def _post(workspace: Workspace, args: Json) -> Json:
    channel = _channel(args)
    message = workspace.say(channel, args, thread=args.get("thread_ts") or "")
    return {"channel": channel, "ts": message["ts"], "message": shown(message)}


def _post_ephemeral(workspace: Workspace, args: Json) -> Json:
    message = workspace.say(_channel(args), args, only=args.get("user", ""), thread=args.get("thread_ts") or "")
    return {"message_ts": message["ts"]}


def _update(workspace: Workspace, args: Json) -> Json:
    message = _message(workspace, args)
    workspace.change(message, args)
    return {"channel": message["channel"], "ts": message["ts"], "text": message["text"]}


def _delete(workspace: Workspace, args: Json) -> Json:
    message = _message(workspace, args)
    workspace.remove(message)
    return {"channel": message["channel"], "ts": message["ts"]}


def _permalink(workspace: Workspace, args: Json) -> Json:
    message = workspace.find(str(args.get("message_ts", "")))
    if message is None:
        raise ApiError("message_not_found")
    return {"channel": message["channel"], "permalink": f"{workspace.base_url}/#{message['ts']}"}


def _views_open(workspace: Workspace, args: Json) -> Json:
    user = workspace.use_trigger(str(args.get("trigger_id", "")))
    view = workspace.new_view(args["view"])
    workspace.windows[user] = [view]
    workspace.touch()
    return {"view": view}


def _views_push(workspace: Workspace, args: Json) -> Json:
    windows = workspace.windows.setdefault(workspace.use_trigger(str(args.get("trigger_id", ""))), [])
    if len(windows) >= 3:
        raise ApiError("push_limit_reached")
    windows.append(workspace.new_view(args["view"]))
    workspace.touch()
    return {"view": windows[-1]}


def _views_update(workspace: Workspace, args: Json) -> Json:
    for windows in workspace.windows.values():
        for number, view in enumerate(windows):
            if args.get("view_id") == view["id"] or (args.get("external_id") or "-") == view.get("external_id"):
                if args.get("hash") not in (None, "", view["hash"]):
                    raise ApiError("hash_conflict")
                windows[number] = {**workspace.new_view(args["view"]), "id": view["id"]}
                workspace.touch()
                return {"view": windows[number]}
    raise ApiError("not_found")


def _views_publish(workspace: Workspace, args: Json) -> Json:
    if args.get("user_id") not in USERS:
        raise ApiError("user_not_found")
    workspace.home[args["user_id"]] = workspace.new_view(args["view"])
    workspace.touch()
    return {"view": workspace.home[args["user_id"]]}


def _prompts(workspace: Workspace, args: Json) -> Json:
    workspace.prompts = args.get("prompts") or []
    workspace.touch()
    return {}


def _accepted(workspace: Workspace, args: Json) -> Json:
    """What has nothing to show on the page: the status line and title of an assistant's thread, unfurled links."""
    return {}


def _replies(workspace: Workspace, args: Json) -> Json:
    thread = args.get("ts", "")
    found = [shown(m) for m in workspace.messages if thread in (m["ts"], m["thread"]) and not m["only"]]
    if not found:
        raise ApiError("thread_not_found")
    return {"messages": found, "has_more": False}


def _history(workspace: Workspace, args: Json) -> Json:
    oldest, latest = args.get("oldest") or "", args.get("latest") or "~"
    found = [shown(m) for m in workspace.messages
             if m["channel"] == _channel(args) and not m["only"] and not m["thread"] and oldest <= m["ts"] <= latest]  # fmt: skip
    return {"messages": found[::-1][: int(args.get("limit") or 100)], "has_more": False}


def _conversations_info(workspace: Workspace, args: Json) -> Json:
    channel = _channel(args)
    return {"channel": {"id": channel, "name": CHANNELS[channel], "is_member": True, "is_im": channel == DIRECT}}


def _conversations_open(workspace: Workspace, args: Json) -> Json:
    return {"channel": {"id": DIRECT}}


def _files_info(workspace: Workspace, args: Json) -> Json:
    file = workspace.files.get(args.get("file", ""))
    if file is None:
        raise ApiError("file_not_found")
    return {"file": {k: v for k, v in file.items() if k != "content"}}


def _upload_url(workspace: Workspace, args: Json) -> Json:
    key = secrets.token_urlsafe(16)
    workspace.uploads[key] = {"name": str(args.get("filename", "file")), "content": b""}
    return {"upload_url": f"{workspace.base_url}/playground/uploads/{key}", "file_id": key}


def _upload_done(workspace: Workspace, args: Json) -> Json:
    channel, described = _channel({"channel": args.get("channel_id")}), []
    for file in args.get("files") or []:
        held = workspace.uploads.pop(str(file.get("id")), None)
        if held is None:
            raise ApiError("file_not_found")
        described.append(workspace.add_file(held["name"], held["content"]) | {"title": file.get("title") or held["name"]})
    text = args.get("initial_comment") or ""
    workspace.say(channel, {"text": text, "files": described}, thread=args.get("thread_ts") or "")
    return {"files": described}


def shown(message: Json) -> Json:
    """A message as the Web API gives it."""
    own = message["user"] == BOT["id"]
    kept = {"type": "message", "ts": message["ts"], "user": message["user"], "text": message["text"]}
    return {
        **kept,
        **({"blocks": message["blocks"]} if message["blocks"] else {}),
        **({"files": message["files"]} if message["files"] else {}),
        **({"thread_ts": message["thread"]} if message["thread"] else {}),
        **({"bot_id": BOT["bot_id"]} if own else {}),
    }


METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "auth.test": _auth_test,
    "users.info": _users_info,
    "chat.postMessage": _post,
    "chat.postEphemeral": _post_ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.getPermalink": _permalink,
    "chat.unfurl": _accepted,
    "views.open": _views_open,
    "views.push": _views_push,
    "views.update": _views_update,
    "views.publish": _views_publish,
    "conversations.replies": _replies,
    "conversations.history": _history,
    "conversations.info": _conversations_info,
    "conversations.open": _conversations_open,
    "files.info": _files_info,
    "files.getUploadURLExternal": _upload_url,
    "files.completeUploadExternal": _upload_done,
    "assistant.threads.setSuggestedPrompts": _prompts,
    "assistant.threads.setStatus": _accepted,
    "assistant.threads.setTitle": _accepted,
}
