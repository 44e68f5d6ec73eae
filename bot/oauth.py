"""The pages by which a workspace installs the app: `/slack/install`, and `/slack/oauth_redirect` where Slack sends back to."""

import logging
import re
import secrets
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import aiohttp
from jinja2 import Environment, StrictUndefined
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.logs import fields
from bot.settings import Settings
from bot.store.installations import Installations, KeyMismatch, OAuthStates
from knowledge.language import sentences
from knowledge.model import Language

log = logging.getLogger(__name__)

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
SCOPES = (
    "commands", "app_mentions:read", "assistant:write", "channels:history", "chat:write", "files:read",
    "files:write", "groups:history", "im:history", "users:read",
)  # fmt: skip
"""Every bot scope of `manifest.json`, the optional ones too."""
STATE_SECONDS = 600

_SAY = sentences("oauth", "bot").say
_REASON = re.compile(r"[a-z_]{1,40}")


class Flow(AsyncOAuthFlow):
    """Bolt's OAuth flow with pages of our own; a workspace's id in the query is passed on, and nothing else."""

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        team = next(iter(request.query.get("team") or ()), None)
        known = team if team and re.fullmatch(r"T[A-Z0-9]{1,30}", team) else None
        return str(self.settings.authorize_url_generator.generate(state=state, team=known))

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        language = _language(request)
        return _page(
            language, "install_title", _SAY(language, "install_text"), link=url, button=_SAY(language, "install_button"),
            scopes=self.settings.scopes or (), permissions=_SAY(language, "permissions"),
        )  # fmt: skip


def routes(settings: Settings, held: Installations, states: OAuthStates, client: AsyncWebClient) -> list[BaseRoute]:
    """The two pages. The cookie that ties them together needs https (or localhost)."""
    assert settings.client_id is not None
    assert settings.client_secret is not None
    logger = logging.getLogger("slack_bolt.oauth")
    flow = Flow(
        client=client,
        logger=logger,
        settings=AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret.reveal(),
            scopes=SCOPES,
            redirect_uri=f"{settings.public_url}{REDIRECT}" if settings.public_url else None,
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            authorization_url=settings.authorize_url,
            installation_store=held,
            state_store=states,
            state_expiration_seconds=STATE_SECONDS,
            callback_options=AsyncCallbackOptions(success=_installed, failure=_failed),
            logger=logger,
        ),
    )

    async def install(request: Request) -> Response:
        return _response(await flow.handle_installation(_bolt(request)))

    async def redirected(request: Request) -> Response:
        given = _bolt(request)
        try:
            return _response(await flow.handle_callback(given))
        except (SlackApiError, aiohttp.ClientError, TimeoutError, KeyMismatch) as error:
            args = AsyncFailureArgs(
                request=given, reason="unreachable", error=error, suggested_status_code=503, settings=flow.settings,
                default=flow.default_callback_options,
            )  # fmt: skip
            return _response(await _failed(args))

    return [Route(INSTALL, install), Route(REDIRECT, redirected)]


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    language, installed = _language(args.request), args.installation
    link = f"https://slack.com/app_redirect?app={installed.app_id}&team={installed.team_id or installed.enterprise_id}"
    text = _SAY(language, "done_text", team=installed.team_name or installed.enterprise_name or "Slack")
    log.info("installed", extra=fields(team=installed.team_id, enterprise=installed.enterprise_id))
    return _html(200, _page(language, "done_title", text, link=link, button=_SAY(language, "open_slack")))


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    language = _language(args.request)
    reason = args.reason if _REASON.fullmatch(args.reason) else "error"
    key = {"access_denied": "denied", "invalid_browser": "browser", "invalid_state": "browser"}.get(reason, "refused")
    log.warning("not installed", extra=fields(reason=reason, **({"error": type(args.error).__name__} if args.error else {})))
    text = _SAY(language, key, **({"reason": reason} if key == "refused" else {}))
    page = _page(language, "failed_title", text, link=INSTALL, button=_SAY(language, "again"))
    return _html(args.suggested_status_code, page)


def _page(language: Language, title: str, text: str, **more: Any) -> str:
    template = (files("bot") / "oauth_page.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    given = {"link": "", "button": "", "scopes": (), "permissions": "", "nonce": secrets.token_urlsafe(12), **more}
    return environment.from_string(template).render(language=language, title=_SAY(language, title), text=text, **given)


def _html(status: int, page: str) -> BoltResponse:
    return BoltResponse(status=status, body=page, headers={"Content-Type": ["text/html; charset=utf-8"]})


def _language(request: AsyncBoltRequest) -> Language:
    accepted = next(iter(request.headers.get("accept-language") or ()), "")
    return "zh" if accepted.strip().lower().startswith("zh") else "en"


def _bolt(request: Request) -> AsyncBoltRequest:
    headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in request.headers.items()}
    return AsyncBoltRequest(body="", query=str(request.url.query), headers=headers, mode="http")


def _response(answer: BoltResponse) -> Response:
    nonce = re.search(r'nonce="([\w-]+)"', answer.body)
    policy = f"default-src 'none'; style-src 'nonce-{nonce[1] if nonce else ''}'; base-uri 'none'; frame-ancestors 'none'"
    response = Response(answer.body, answer.status)
    for name, values in answer.headers.items():
        if name.lower() not in ("content-length", "content-type"):
            for value in values:
                response.headers.append(name, value)
    response.headers["content-type"] = answer.first_headers().get("content-type", "text/html; charset=utf-8")
    # The address of the second page holds a code: it must not be cached, nor sent along as a referrer.
    response.headers.update({
        "Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    })  # fmt: skip
    return response
