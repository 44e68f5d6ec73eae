"""HTTP statuses in sentences: a number that is one, and no duration, size, count or part of an address."""

import re

STATUS = re.compile(
    r"(?:(?:status|http)(?:[ _]?code)?[\"']?\s*[:=]?\s*[\"']?|状态码?\s*[:：是为]?\s*)(-1|[1-5]\d\d)(?![\d.]|\s?(?:ms|s|k)\b)"
    r"|(?<![\w./:-])([1-5]\d\d)(?![\w/%]|[.:]\d|\s*(?:ms|s|sec|secs|seconds?|m|min|minutes?|mb|kb|gb|k|users?|requests?|reqs?|times?|conn\w*|秒|毫秒|分|次|个|条|兆)(?![a-z]))",
    re.IGNORECASE,
)
_KNOWN_STATUSES = frozenset(
    {100, 101, 200, 201, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 408, 409, 410, 411, 413, 414,
     415, 421, 422, 425, 429, 431, 444, 499, 500, 501, 502, 503, 504, 505}
)  # fmt: skip


def status_in(text: str) -> int | None:
    """The HTTP status that a text names (-1 is one in HAProxy's log), None where there is none."""
    for found in STATUS.finditer(text):
        if found[1]:
            return int(found[1])
        if int(found[2]) in _KNOWN_STATUSES:
            return int(found[2])
    return None
