"""Logs: one JSON object a line (plain words on a terminal), never with anything that somebody asked or sent.

Own messages are constants; what varies goes into `extra={"fields": {…}}`. Messages of libraries may quote payloads, so
only their constant beginning is kept, with the place they come from. Exceptions show type and frames, no message.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from contextvars import ContextVar
from typing import Any, TextIO

_REQUEST: ContextVar[str] = ContextVar("request", default="")
_VARIABLE = re.compile(r"[:({\[\"'<`]")
_ID = re.compile(r"[A-Za-z0-9._-]{6,64}")
_OWN = ("bot", "knowledge")


def fields(**values: object) -> dict[str, dict[str, object]]:
    """The `extra` of a log call."""
    return {"fields": values}


def begin_request(id: str = "") -> str:
    """Marks what this task and those that it starts log from now on with `id`, or a new one."""
    id = id if id and _ID.fullmatch(id) else secrets.token_hex(6)
    _REQUEST.set(id)
    return id


def describe(record: logging.LogRecord) -> dict[str, Any]:
    """A log record as builtins, without content."""
    own = record.name.partition(".")[0] in _OWN
    line: dict[str, Any] = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage() if own else _VARIABLE.split(str(record.msg), maxsplit=1)[0].strip()[:120],
    }
    if request := _REQUEST.get():
        line["request"] = request
    line.update(getattr(record, "fields", {}))
    if not own:
        line["at"] = f"{record.module}.{record.funcName}:{record.lineno}"
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        line["error"] = type(error).__name__
        line["frames"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return line


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(describe(record), ensure_ascii=False, default=str)


class PlainFormatter(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = describe(record)
        head = f"{line.pop('time')[11:19]} {line.pop('level'):<7} {line.pop('message')}"
        line.pop("logger")
        return " ".join([head, *(f"{key}={value}" for key, value in line.items())])


def setup(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Sends every log of this process to `stream` through one handler."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter() if stream.isatty() else JsonFormatter())
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    # What libraries report below WARNING is their own housekeeping, and at DEBUG whole request bodies.
    for name in _OWN:
        logging.getLogger(name).setLevel(level)
