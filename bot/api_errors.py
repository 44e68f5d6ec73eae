"""What Slack's Web API says when it does not do what it was asked."""

from slack_sdk.errors import SlackApiError

PASSING = frozenset({"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"})
"""Error codes that say nothing about the request and go away by themselves."""


def code(error: SlackApiError) -> str:
    """Slack's error code; `http_503` and the like where a proxy or an outage answered instead of the API."""
    data = getattr(error.response, "data", None)
    if isinstance(data, dict) and data.get("error"):
        return str(data["error"])[:60]
    return f"http_{getattr(error.response, 'status_code', 'error')}"


def passing(error: SlackApiError) -> bool:
    """True where the same call may well succeed later."""
    return code(error) in PASSING or code(error).startswith("http_")
