"""The environment, read once: every variable that the bot knows, every fault reported at once, secrets masked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from bot import values
from bot.values import Secret as Secret

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
    Variable("HAFLAG_PUBLIC_URL", "https address under which Slack and browsers reach this server; answers link to /reference"),
    Variable("HAFLAG_RATE_LIMIT", "questions per user and minute, 0 for no limit", "30"),
    Variable("HAFLAG_TEAM_RATE_LIMIT", "questions per workspace and minute, 0 for no limit", "twenty times HAFLAG_RATE_LIMIT"),
    Variable("HAFLAG_SOCKETS", "Socket Mode connections of this process (Slack allows 10 per app)", "1"),
    Variable("HAFLAG_RETENTION_DAYS", "days that feedback and counts are kept, 0 for ever; notes stay until deleted", "365"),
    Variable("HAFLAG_METRICS_TOKEN", "bearer token that /metrics asks for", "none: whoever reaches the port", secret=True),
    Variable("HAFLAG_LOG_LEVEL", "debug (every delivery), info or warning", "info"),
    Variable("HAFLAG_DATA", "folder of the embedded database", "var"),
    Variable("DATABASE_URL", "PostgreSQL instead of the embedded database", secret=True),
    Variable("HAFLAG_FILE_HOSTS", "hosts that files may be fetched from, comma-separated", ",".join(SLACK_FILE_HOSTS)),
    Variable("SLACK_API_URL", "base URL of Slack's Web API", SLACK_API),
    Variable("SLACK_AUTHORIZE_URL", "Slack's OAuth page", SLACK_AUTHORIZE),
)


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
    team_rate_limit: int = 600
    sockets: int = 1
    retention_days: int = 365
    metrics_token: Secret | None = None
    log_level: str = "info"
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

    per_user = take("HAFLAG_RATE_LIMIT", lambda text: values.number(text, 0, 100_000), 30)
    settings = Settings(
        bot_token=take("SLACK_BOT_TOKEN", values.bot_token, None),
        app_token=take("SLACK_APP_TOKEN", values.app_token, None),
        signing_secret=take("SLACK_SIGNING_SECRET", values.signing_secret, None),
        client_id=take("SLACK_CLIENT_ID", values.client_id, None),
        client_secret=take("SLACK_CLIENT_SECRET", Secret, None),
        token_keys=take("HAFLAG_TOKEN_KEYS", values.keys, ()),
        port=take("PORT", lambda text: values.number(text, 0, 65535), 3000),
        host=take("HAFLAG_HOST", values.host, None),
        public_url=take("HAFLAG_PUBLIC_URL", lambda text: values.url(text).rstrip("/"), None),
        rate_limit=per_user,
        team_rate_limit=take("HAFLAG_TEAM_RATE_LIMIT", lambda text: values.number(text, 0, 2_000_000), 20 * per_user),
        sockets=take("HAFLAG_SOCKETS", lambda text: values.number(text, 1, 10), 1),
        retention_days=take("HAFLAG_RETENTION_DAYS", lambda text: values.number(text, 0, 36_500), 365),
        metrics_token=take("HAFLAG_METRICS_TOKEN", Secret, None),
        log_level=take("HAFLAG_LOG_LEVEL", values.level, "info"),
        data=take("HAFLAG_DATA", Path, Path("var")),
        database_url=take("DATABASE_URL", values.database_url, None),
        file_hosts=take("HAFLAG_FILE_HOSTS", values.hosts, SLACK_FILE_HOSTS),
        api_url=take("SLACK_API_URL", lambda text: values.url(text).rstrip("/") + "/", SLACK_API),
        authorize_url=take("SLACK_AUTHORIZE_URL", values.url, SLACK_AUTHORIZE),
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
    if not slack and settings.host and not values.loopback(settings.host):
        faults.append("HAFLAG_HOST must be a loopback address for the playground, which has no sign-in")
    return faults
