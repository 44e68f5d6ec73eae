"""What goes back to Slack for a delivery, over HTTP and Socket Mode alike."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

JSON = "application/json; charset=utf-8"


class Reply(NamedTuple):
    """An HTTP status, and the bytes of a body with their content type."""

    status: int = 200
    body: bytes = b""
    content_type: str = ""


def of(message: Mapping[str, Any]) -> Reply:
    """A message as the answer inside an ack."""
    return Reply(200, msgspec.json.encode(message), JSON)
