"""Composition root: settings + knowledge + store → the Bolt application, its Web API client and its authorisation."""

import logging
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.builtin_interval_calculators import BackoffRetryIntervalCalculator
from slack_sdk.http_retry.jitter import Jitter
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.limits import RateLimit
from bot.listeners import register_listeners
from bot.listeners.admins import Admins
from bot.listeners.commands import Commands
from bot.listeners.replies import SAY
from bot.logs import fields
from bot.metrics import Metrics, Watch
from bot.payload import Fields, name
from bot.reply import Reply
from bot.reports import Reports
from bot.services import Services
from bot.settings import Settings
from bot.site.address import MOUNT
from bot.tasks import Tasks
from knowledge.base import KnowledgeBase

if TYPE_CHECKING:
    from bot.store import Store

log = logging.getLogger(__name__)

API_SECONDS = 10
"""Seconds that one call of Slack's Web API may take, retries apart."""
AGAIN = 4
"""Further attempts after a lost connection or a 5xx: pauses of 0.1 s and twice as much each time, with jitter, so that most
of a stumble of Slack's passes within the time that an event has to be acked."""


class _Jitter(Jitter):
    """Half to one and a half of a pause; slack_sdk's own adds up to a second to the shortest."""

    def recalculate(self, duration: float) -> float:
        return duration * random.uniform(0.5, 1.5)  # noqa: S311


def web_client(
    settings: Settings, session: aiohttp.ClientSession, metrics: Metrics | None = None, token: str | None = None
) -> AsyncWebClient:
    """A Web API client on a shared session; retries lost connections, 429 (after Retry-After) and 5xx."""
    logger = logging.getLogger("slack_sdk.haflag")
    logger.setLevel(logging.WARNING)
    pauses = BackoffRetryIntervalCalculator(0.1, _Jitter())
    return AsyncWebClient(
        token=token,
        base_url=settings.api_url,
        session=session,
        timeout=API_SECONDS,
        logger=logger,
        retry_handlers=[
            *([Watch(metrics)] if metrics else []),
            AsyncConnectionErrorRetryHandler(AGAIN, pauses),
            AsyncRateLimitErrorRetryHandler(max_retry_count=3),
            AsyncServerErrorRetryHandler(AGAIN, pauses),
        ],
    )


def http_session() -> aiohttp.ClientSession:
    """The one session for everything that this process asks of Slack: connections are kept and used again."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=API_SECONDS))


def granted_scopes(answer: AsyncSlackResponse) -> list[str]:
    """The permissions of a token, which Slack names in a header of every answer; empty where it does not."""
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    return [scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip()]


class OneWorkspace(AsyncAuthorize):
    """Authorisation by one bot token: `auth.test` is asked once, not on every request."""

    def __init__(self, token: str, client: AsyncWebClient) -> None:
        self._token, self._client = token, client
        self._result = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    async def check(self) -> str:
        """Asks Slack whom the token belongs to; the workspace's id. SlackApiError where the token is refused."""
        answer = await self._client.auth_test(token=self._token)
        said: dict[str, Any] = dict(answer.data)  # type: ignore[arg-type]
        self._result = AuthorizeResult(
            enterprise_id=said.get("enterprise_id"), team_id=said.get("team_id"), team=said.get("team"),
            bot_id=said.get("bot_id"), bot_user_id=said.get("user_id"), bot_token=self._token,
            bot_scopes=granted_scopes(answer) or None,
        )  # fmt: skip
        return str(said.get("team_id", ""))

    async def __call__(self, **request: Any) -> AuthorizeResult:
        """The same for every request: the token serves one workspace."""
        return self._result


class Application:
    """Everything that answers Slack: slash commands by their own listener, whatever else through Bolt."""

    def __init__(self, bolt: AsyncApp, commands: Commands) -> None:
        self.bolt, self._commands = bolt, commands

    async def __call__(self, payload: Fields, retry: Mapping[str, str]) -> Reply:
        """The answer to a payload whose origin and shape have been checked, from HTTP and Socket Mode alike."""
        if "command" in payload:
            return await self._commands(payload)
        # "socket_mode" is Bolt's name for a body that is parsed already.
        answer = await self.bolt.async_dispatch(AsyncBoltRequest(body=payload, headers=dict(retry), mode="socket_mode"))
        content_type = answer.first_headers().get("content-type", "") if answer.body else ""
        return Reply(answer.status, answer.body.encode(), content_type)


def build_app(
    settings: Settings, base: KnowledgeBase, *, client: AsyncWebClient, authorize: AsyncAuthorize,
    store: "Store | None" = None, tasks: Tasks | None = None, metrics: Metrics | None = None,
) -> Application:  # fmt: skip
    """The application with every listener, on the session of `client`.

    Signatures are checked before it (`bot.guard`) or by Socket Mode's own connection. `tasks` runs what goes on after
    an ack; its owner drains it on shutdown.
    """
    bolt = AsyncApp(
        name="haflag",
        client=client,
        authorize=authorize,  # type: ignore[arg-type] # Bolt takes an AsyncAuthorize too, and bound methods not at all
        process_before_response=True,
        request_verification_enabled=False,
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
        user_facing_authorize_error_message=SAY("en", "not_connected"),
    )
    limit = RateLimit(settings.rate_limit, settings.team_rate_limit)
    metrics = metrics or Metrics()
    reports = Reports(settings.file_hosts, metrics)
    reference = f"{settings.public_url}{MOUNT}" if settings.public_url else ""
    services = Services(base, Tasks() if tasks is None else tasks, limit, store, reports, metrics, reference)
    admins = Admins()
    register_listeners(bolt, services, admins)
    bolt.error(_failed)
    session = client.session
    assert session is not None
    return Application(bolt, Commands(services, admins, authorize, lambda token: web_client(settings, session, metrics, token)))


async def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What a listener's exception becomes: a log line without content, and an ack."""
    kind = name(body)[1]
    if isinstance(error, BoltUnhandledRequestError):
        log.info("nothing listens", extra=fields(payload=kind))
        return BoltResponse(status=200, body="")
    log.error("listener failed", exc_info=error, extra=fields(payload=kind))
    return BoltResponse(status=200, body="")
