"""One value of the environment each: text → checked value. ValueError says what is wrong, without a secret."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit


class Secret:
    """A value that shows as `***` in every repr, log and traceback; `reveal()` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def token(text: str, kind: str, prefix: str) -> Secret:
    if not re.fullmatch(rf"{prefix}-[\w.%-]+", text.removeprefix("xoxe."), re.ASCII):
        kinds = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token"}
        other = kinds.get(text[:5], "")
        hint = f"; this is {other}" if other and other != kind else ""
        raise ValueError(f"must be {kind}, starting with {prefix}-{hint}")
    return Secret(text)


def bot_token(text: str) -> Secret:
    """A bot token, rotating or not."""
    return token(text, "a bot token", "xoxb")


def app_token(text: str) -> Secret:
    """An app-level token."""
    return token(text, "an app-level token", "xapp")


def signing_secret(text: str) -> Secret:
    """A signing secret, and no token in its place."""
    if text.startswith(("xoxb-", "xapp-", "xoxp-")):
        raise ValueError("holds a token; the signing secret is under “Basic Information” of your app")
    if len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("is not a signing secret: copy it whole from “Basic Information” of your app")
    return Secret(text)


def client_id(text: str) -> str:
    """An app's client id."""
    if not re.fullmatch(r"\d+\.\d+", text, re.ASCII):
        raise ValueError("must be two numbers with a dot between them, such as 123.456")
    return text


def keys(text: str) -> tuple[Secret, ...]:
    """Fernet keys, newest first."""
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if not keys or not all(re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in keys):
        raise ValueError("must be Fernet keys (44 characters each), comma-separated")
    return tuple(Secret(key) for key in keys)


def number(text: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return int(text)


def level(text: str) -> str:
    """A log level."""
    if text.lower() not in ("debug", "info", "warning"):
        raise ValueError("must be debug, info or warning")
    return text.lower()


def loopback(host: str) -> bool:
    """True for an address or name of this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host(text: str) -> str:
    """An address to bind."""
    if not re.fullmatch(r"[\w.:-]+", text, re.ASCII) or "://" in text:
        raise ValueError("must be an address to bind, such as 127.0.0.1 or 0.0.0.0")
    return text


def url(text: str) -> str:
    """An https address without credentials; http on loopback only."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an https address")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    if parts.scheme == "http" and not loopback(parts.hostname):
        raise ValueError("must start with https:// (http:// is for loopback only)")
    return text


def database_url(text: str) -> Secret:
    """PostgreSQL's URL in any of its spellings."""
    if urlsplit(text).scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise ValueError("must start with postgresql:// (leave it out for the embedded database)")
    return Secret(text)


def hosts(text: str) -> tuple[str, ...]:
    """Host names, with a port where it is not the usual one."""
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not hosts or not all(re.fullmatch(r"[a-z0-9.-]+(:\d+)?", host) for host in hosts):
        raise ValueError("must be host names, comma-separated, without https:// and paths")
    return hosts
