"""A bare Bolt application that echoes the command, behind Bolt's Starlette adapter. `python -m tests.bench.echo PORT`."""

import sys

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bench.load import PATH, SECRET


def application() -> Starlette:
    async def authorize(**request: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token="xoxb-1", bot_id="B1", bot_user_id="U1")

    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)

    async def echo(ack: AsyncAck, command: dict[str, str]) -> None:
        await ack({"response_type": "ephemeral", "text": command["text"]})

    app.command("/haflag")(echo)
    handler = AsyncSlackRequestHandler(app)

    async def answer(request: Request) -> Response:
        return await handler.handle(request)

    async def healthy(request: Request) -> Response:
        return Response()

    return Starlette(routes=[Route(PATH, answer, methods=["POST"]), Route("/healthz", healthy)])


if __name__ == "__main__":
    uvicorn.run(application(), port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off")
