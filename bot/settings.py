"""The environment, read once: every variable that the bot knows, every fault reported at once, secrets masked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
D = TypeVar("D")

SLACK_API = "https://slack.com/api/"
SLACK_AUTHORIZE = "https://slack.com/oauth/v2/authorize"
SLACK_FILE_HOSTS = ("files.slack.com", "slack-files.com", "files.slack-gov.com")


class Variable(NamedTuple):
    """One environment variable: what it is for, what holds where it is not set, whether its value is a secret."""

    name: str
    about: str
    default: str = ""
    secret: bool = False


VARIABLES = (
    Variable("SLACK_BOT_TOKEN", "bot token (xoxb-…): one workspace", secret=True),
    Variable("SLACK_APP_TOKEN", "app-level token (xapp-…, scope connections:write): Socket Mode", secret=True),
    Variable("SLACK_SIGNING_SECRET", "signing secret of the app: HTTP at /slack/events", secret=True),
    Variable("SLACK_CLIENT_ID", "client id, for installing into many workspaces (instead of a bot token)"),
    Variable("SLACK_CLIENT_SECRET", "client secret, goes with the client id", secret=True),
    Variable("HAFLAG_TOKEN_KEYS", "Fernet keys that seal stored tokens, newest first, comma-separated", secret=True),
    Variable("PORT", "port to listen on", "3000"),
    Variable("HAFLAG_HOST", "address to bind", "every address where Slack calls over HTTP, else loopback"),
    Variable("HAFLAG_PUBLIC_URL", "https address under which Slack and browsers reach this server"),
    Variable("HAFLAG_RATE_LIMIT", "questions per user and minute, 0 for no limit", "30"),
    Variable("HAFLAG_DATA", "folder of the embedded database", "var"),
    Variable("DATABASE_URL", "PostgreSQL instead of the embedded database", secret=True),
    Variable("HAFLAG_FILE_HOSTS", "hosts that files may be fetched from, comma-separated", ",".join(SLACK_FILE_HOSTS)),
    Variable("SLACK_API_URL", "base URL of Slack's Web API", SLACK_API),
    Variable("SLACK_AUTHORIZE_URL", "Slack's OAuth page", SLACK_AUTHORIZE),
)


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


class SettingsError(ValueError):
    """The environment does not add up: `faults` holds one sentence per fault, with what to do and without secrets."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked. Times and sizes are not settings: they live with the code that needs them."""

    bot_token: Secret | None = None
    app_token: Secret | None = None
    signing_secret: Secret | None = None
    client_id: str | None = None
    client_secret: Secret | None = None
    token_keys: tuple[Secret, ...] = ()
    port: int = 3000
    host: str | None = None
    public_url: str | None = None
    rate_limit: int = 30
    data: Path = Path("var")
    database_url: Secret | None = None
    file_hosts: tuple[str, ...] = SLACK_FILE_HOSTS
    api_url: str = SLACK_API
    authorize_url: str = SLACK_AUTHORIZE

    @property
    def playground(self) -> bool:
        """True where nothing of Slack is set."""
        return not (self.bot_token or self.app_token or self.signing_secret or self.client_id)

    @property
    def socket_mode(self) -> bool:
        return self.app_token is not None

    @property
    def http(self) -> bool:
        """True where Slack calls this server's /slack/events."""
        return self.signing_secret is not None

    @property
    def bind(self) -> str:
        """The address to listen on: loopback unless Slack has to reach this server, or HAFLAG_HOST says otherwise."""
        return self.host or ("0.0.0.0" if self.http else "127.0.0.1")  # noqa: S104 Slack calls from outside


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment. SettingsError with all faults at once; an empty variable counts as not set."""
    given = {v.name: environ[v.name].strip() for v in VARIABLES if environ.get(v.name, "").strip()}
    faults: list[str] = []

    def take(name: str, parse: Callable[[str], T], default: D) -> T | D:
        if name not in given:
            return default
        try:
            if given[name][0] in "\"'":
                raise ValueError("is wrapped in quotes; write the value without them")
            return parse(given[name])
        except ValueError as fault:
            faults.append(f"{name} {fault}")
            return default

    settings = Settings(
        bot_token=take("SLACK_BOT_TOKEN", _bot_token, None),
        app_token=take("SLACK_APP_TOKEN", _app_token, None),
        signing_secret=take("SLACK_SIGNING_SECRET", _signing_secret, None),
        client_id=take("SLACK_CLIENT_ID", _client_id, None),
        client_secret=take("SLACK_CLIENT_SECRET", Secret, None),
        token_keys=take("HAFLAG_TOKEN_KEYS", _keys, ()),
        port=take("PORT", lambda text: _number(text, 0, 65535), 3000),
        host=take("HAFLAG_HOST", _host, None),
        public_url=take("HAFLAG_PUBLIC_URL", lambda text: _url(text).rstrip("/"), None),
        rate_limit=take("HAFLAG_RATE_LIMIT", lambda text: _number(text, 0, 100_000), 30),
        data=take("HAFLAG_DATA", Path, Path("var")),
        database_url=take("DATABASE_URL", _database_url, None),
        file_hosts=take("HAFLAG_FILE_HOSTS", _hosts, SLACK_FILE_HOSTS),
        api_url=take("SLACK_API_URL", lambda text: _url(text).rstrip("/") + "/", SLACK_API),
        authorize_url=take("SLACK_AUTHORIZE_URL", _url, SLACK_AUTHORIZE),
    )
    faults += _together(given, settings)
    if faults:
        raise SettingsError(faults)
    return settings


def _together(given: Mapping[str, str], settings: Settings) -> list[str]:
    """Faults of the whole: what is missing beside what is set, and what excludes each other."""
    faults = []
    slack = {name for name in given if name.startswith("SLACK_") and not name.endswith("_URL")}
    many = {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"}
    if len(slack & many) == 1:
        faults.append(f"{(many - slack).pop()} is missing: client id and client secret go together")
    if slack & many and "SLACK_BOT_TOKEN" in slack:
        faults.append("SLACK_BOT_TOKEN and SLACK_CLIENT_ID exclude each other: a token serves one workspace, "
                      "client id and secret serve every workspace that installs the app")  # fmt: skip
    if "SLACK_CLIENT_ID" in slack and "HAFLAG_TOKEN_KEYS" not in given:
        faults.append("HAFLAG_TOKEN_KEYS is missing: the tokens of the workspaces are stored sealed; make a key with "
                      "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'")  # fmt: skip
    if slack and not slack & (many | {"SLACK_BOT_TOKEN"}):
        faults.append("SLACK_BOT_TOKEN is missing: it is under “OAuth & Permissions” of your app and starts with xoxb-")
    if slack and not slack & {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}:
        faults.append("SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing: "
                      "both are under “Basic Information” of your app")  # fmt: skip
    if not slack and settings.host and not _loopback(settings.host):
        faults.append("HAFLAG_HOST must be a loopback address for the playground, which has no sign-in")
    return faults


def _token(text: str, kind: str, prefix: str) -> Secret:
    if not re.fullmatch(rf"{prefix}-[\w.%-]+", text.removeprefix("xoxe."), re.ASCII):
        kinds = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token"}
        other = kinds.get(text[:5], "")
        hint = f"; this is {other}" if other and other != kind else ""
        raise ValueError(f"must be {kind}, starting with {prefix}-{hint}")
    return Secret(text)


def _bot_token(text: str) -> Secret:
    return _token(text, "a bot token", "xoxb")


def _app_token(text: str) -> Secret:
    return _token(text, "an app-level token", "xapp")


def _signing_secret(text: str) -> Secret:
    if text.startswith(("xoxb-", "xapp-", "xoxp-")):
        raise ValueError("holds a token; the signing secret is under “Basic Information” of your app")
    if len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("is not a signing secret: copy it whole from “Basic Information” of your app")
    return Secret(text)


def _client_id(text: str) -> str:
    if not re.fullmatch(r"\d+\.\d+", text, re.ASCII):
        raise ValueError("must be two numbers with a dot between them, such as 123.456")
    return text


def _keys(text: str) -> tuple[Secret, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if not keys or not all(re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in keys):
        raise ValueError("must be Fernet keys (44 characters each), comma-separated")
    return tuple(Secret(key) for key in keys)


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return int(text)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.:-]+", text, re.ASCII) or "://" in text:
        raise ValueError("must be an address to bind, such as 127.0.0.1 or 0.0.0.0")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an https address")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise ValueError("must start with https:// (http:// is for loopback only)")
    return text


def _database_url(text: str) -> Secret:
    if urlsplit(text).scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise ValueError("must start with postgresql:// (leave it out for the embedded database)")
    return Secret(text)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not hosts or not all(re.fullmatch(r"[a-z0-9.-]+(:\d+)?", host) for host in hosts):
        raise ValueError("must be host names, comma-separated, without https:// and paths")
    return hosts
