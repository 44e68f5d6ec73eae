"""The floor: Starlette that verifies Slack's signature and answers a constant. `python -m tests.bench.floor PORT`."""

import sys

import uvicorn
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.bench.load import PATH, SECRET

ANSWER = {"response_type": "ephemeral", "text": "cD"}


def application() -> Starlette:
    verifier = SignatureVerifier(SECRET)

    async def answer(request: Request) -> Response:
        body = await request.body()
        if not verifier.is_valid_request(body, dict(request.headers)):
            return Response(status_code=401)
        return JSONResponse(ANSWER)

    async def healthy(request: Request) -> Response:
        return Response()

    return Starlette(routes=[Route(PATH, answer, methods=["POST"]), Route("/healthz", healthy)])


if __name__ == "__main__":
    uvicorn.run(application(), port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off")
