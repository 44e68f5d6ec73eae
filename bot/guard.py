"""The guard in front of Bolt: only what Slack signed, in the last five minutes, whole, small and well-formed gets through.

Bolt parses before it verifies and logs whole bodies; nothing here logs or repeats a byte of one.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.signature import Clock, SignatureVerifier
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.logs import begin_request, fields
from bot.metrics import Metrics
from bot.payload import Fields, PayloadError, decode
from bot.recent import Recent
from bot.reply import Reply

log = logging.getLogger(__name__)

WINDOW = 300
"""Seconds that a request's timestamp may be off (Slack's own rule)."""
BODY_LIMIT = 1 << 20
"""Bytes of a body. Slack's largest are views of 250 kB."""
BODY_SECONDS = 5.0
"""Seconds that a body may take to arrive."""
WHOLE = "haflag.whole"
"""In the state of a request's scope once all of its body is there: such a one needs no timer."""
REMEMBERED = 50_000
"""Signatures kept at least against replay, as long as they are valid."""

_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TYPES = ("application/json", "application/x-www-form-urlencoded")


Deliver = Callable[[Fields, Mapping[str, str]], Awaitable[Reply]]
"""Takes a checked payload and Slack's retry headers, gives the answer."""


class Refused(Exception):
    """A request that goes no further, and the status it gets."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Guard:
    """An ASGI application: `path` belongs to Slack, every other path to `inner`."""

    def __init__(
        self, inner: ASGIApp, *, path: str, signing_secret: str, deliver: Deliver,
        body_limit: int = BODY_LIMIT, body_seconds: float = BODY_SECONDS, clock: Callable[[], float] = time.time,
        metrics: Metrics | None = None,
    ) -> None:  # fmt: skip
        self.metrics = metrics
        self.inner, self.path, self.deliver = inner, path, deliver
        self.body_limit, self.body_seconds, self.now = body_limit, body_seconds, clock
        ticking = Clock()
        ticking.now = clock  # type: ignore[method-assign]
        self.verifier = SignatureVerifier(signing_secret, ticking)
        # A timestamp may lie as far ahead as it may lie back.
        self.seen = Recent(REMEMBERED, 2 * WINDOW, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self.path:
            await self.inner(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        begin_request(headers.get("x-request-id", ""))
        try:
            reply = await self._answer(scope, headers, receive)
        except Refused as refused:
            log.warning("request refused", extra=fields(status=refused.status, why=refused.why))
            if self.metrics is not None:
                self.metrics.refused.labels(str(refused.status)).inc()
            reply = Reply(refused.status)
        except Exception:
            log.exception("request failed")
            reply = Reply(500)
        await _send(send, reply)

    async def _answer(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Reply:
        if scope["method"] == "GET" and scope["query_string"] == b"ssl_check=1":
            return Reply()
        if scope["method"] != "POST":
            raise Refused(405, "method")
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type not in _TYPES:
            raise Refused(415, "content type")
        length = headers.get("content-length", "0")
        if not _NUMBER.fullmatch(length):
            raise Refused(400, "content length")
        if int(length) > self.body_limit:
            raise Refused(413, "declared size")
        timestamp, signature = self._signed(headers)
        body = await self._body(receive) if WHOLE in scope.get("state", ()) else await self._in_time(receive)
        try:
            valid = self.verifier.is_valid(body, timestamp, signature)
        except UnicodeDecodeError:
            raise Refused(400, "encoding") from None
        if not valid:
            raise Refused(401, "signature")
        if signature in self.seen:
            # Slack re-signs its own retries, so this is somebody's copy of a request that has had its answer.
            log.warning("request repeated", extra=fields(status=200))
            return Reply(200)
        self.seen.add(signature)
        try:
            payload = decode(content_type, body)
        except PayloadError as error:
            raise Refused(400, str(error)) from None
        retry = {name: headers[name] for name in ("x-slack-retry-num", "x-slack-retry-reason") if name in headers}
        try:
            reply = await self.deliver(payload, retry)
        except Exception:
            self.seen.discard(signature)
            raise
        if reply.status >= 500:
            self.seen.discard(signature)
        return reply

    def _signed(self, headers: Mapping[str, str]) -> tuple[str, str]:
        """The timestamp and signature headers where both can be right, before a byte of the body is read."""
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not _NUMBER.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            raise Refused(401, "signature headers")
        if abs(self.now() - int(timestamp)) > WINDOW:
            raise Refused(401, "timestamp")
        return timestamp, signature

    async def _in_time(self, receive: Receive) -> bytes:
        try:
            async with asyncio.timeout(self.body_seconds):
                return await self._body(receive)
        except TimeoutError:
            raise Refused(408, "slow body") from None

    async def _body(self, receive: Receive) -> bytes:
        parts, size = [], 0
        while True:
            message: Message = await receive()
            if message["type"] == "http.disconnect":
                raise Refused(400, "half a body")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.body_limit:
                raise Refused(413, "size")
            if not message.get("more_body", False):
                return b"".join(parts)


async def _send(send: Send, reply: Reply) -> None:
    headers = [(b"content-length", str(len(reply.body)).encode())]
    if reply.content_type:
        headers.append((b"content-type", reply.content_type.encode("latin-1")))
    if reply.status == 405:
        headers.append((b"allow", b"POST"))
    if reply.status >= 400:
        # What is left of an unread body must not be taken for the next request.
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
