"""Settings: what is read, which faults are named, that no secret shows."""

import pytest

from bot.settings import VARIABLES, Secret, Settings, SettingsError, read

SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_APP_TOKEN": "xapp-1-abc"}
HTTP = {"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}
KEY = "A" * 43 + "="


def faults(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        read(environ)
    return "\n".join(caught.value.faults)


def test_nothing_set_is_the_playground_on_loopback():
    settings = read({})
    assert settings.playground
    assert (settings.bind, settings.port) == ("127.0.0.1", 3000)


def test_an_app_token_is_socket_mode_and_a_signing_secret_http():
    assert (read(SOCKET).socket_mode, read(SOCKET).http, read(SOCKET).bind) == (True, False, "127.0.0.1")
    assert (read(HTTP).socket_mode, read(HTTP).http, read(HTTP).bind) == (False, True, "0.0.0.0")
    both = read({**SOCKET, **HTTP})
    assert both.socket_mode
    assert both.http


def test_values_are_read():
    settings = read({
        **HTTP, "PORT": "8080", "HAFLAG_HOST": "192.0.2.1", "SLACK_API_URL": "http://127.0.0.1:9/api", "HAFLAG_RATE_LIMIT": "0",
        "HAFLAG_FILE_HOSTS": "Files.Example.com, 127.0.0.1:9", "DATABASE_URL": "postgres://u:p@db.example.com/x",
        "HAFLAG_PUBLIC_URL": "https://haflag.example.com/", "HAFLAG_DATA": "/srv/haflag",
    })  # fmt: skip
    assert (settings.port, settings.bind, settings.rate_limit) == (8080, "192.0.2.1", 0)
    assert settings.api_url == "http://127.0.0.1:9/api/"
    assert settings.file_hosts == ("files.example.com", "127.0.0.1:9")
    assert settings.database_url == Secret("postgres://u:p@db.example.com/x")
    assert settings.public_url == "https://haflag.example.com"
    assert str(settings.data) == "/srv/haflag"


def test_the_limit_of_a_workspace_follows_that_of_a_user():
    limits = [read({**HTTP, **more}).team_rate_limit for more in ({}, {"HAFLAG_RATE_LIMIT": "0"}, {"HAFLAG_RATE_LIMIT": "100"})]
    assert limits == [600, 0, 2000]
    assert read({**HTTP, "HAFLAG_RATE_LIMIT": "0", "HAFLAG_TEAM_RATE_LIMIT": "50"}).team_rate_limit == 50


def test_an_empty_variable_is_not_set():
    assert read({"SLACK_BOT_TOKEN": "", "PORT": " "}) == Settings()


def test_all_faults_come_at_once():
    said = faults({"SLACK_BOT_TOKEN": "xapp-1-abc", "SLACK_APP_TOKEN": "nonsense", "PORT": "70000", "HAFLAG_RATE_LIMIT": "many"})
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PORT", "HAFLAG_RATE_LIMIT"):
        assert name in said
    assert "this is an app-level token" in said


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1-abc"}, "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing"),
        ({"SLACK_APP_TOKEN": "xapp-1-abc"}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_SIGNING_SECRET": HTTP["SLACK_SIGNING_SECRET"]}, "SLACK_BOT_TOKEN is missing"),
        ({**HTTP, "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x", "HAFLAG_TOKEN_KEYS": KEY}, "exclude each other"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_SIGNING_SECRET": HTTP["SLACK_SIGNING_SECRET"]}, "SLACK_CLIENT_SECRET is missing"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x"}, "HAFLAG_TOKEN_KEYS is missing"),
        ({**SOCKET, "SLACK_CLIENT_ID": "one"}, "SLACK_CLIENT_ID must be two numbers"),
        ({**SOCKET, "SLACK_BOT_TOKEN": '"xoxb-1-abc"'}, "quotes"),
        ({**SOCKET, "SLACK_BOT_TOKEN": "xoxp-1-abc"}, "this is a user token"),
        ({**HTTP, "SLACK_SIGNING_SECRET": "xoxb-1-abc"}, "holds a token"),
        ({**HTTP, "SLACK_SIGNING_SECRET": "short"}, "not a signing secret"),
        ({**HTTP, "SLACK_API_URL": "http://slack.example.com/api/"}, "https://"),
        ({**HTTP, "SLACK_API_URL": "https://u:p@slack.example.com/"}, "user name"),
        ({**HTTP, "HAFLAG_FILE_HOSTS": "https://files.example.com/x"}, "host names"),
        ({**HTTP, "DATABASE_URL": "mysql://db.example.com"}, "postgresql://"),
        ({**HTTP, "HAFLAG_TOKEN_KEYS": "key"}, "Fernet"),
        ({**HTTP, "HAFLAG_HOST": "http://0.0.0.0"}, "address to bind"),
        ({"HAFLAG_HOST": "0.0.0.0"}, "loopback"),
    ],
)
def test_each_fault_says_what_to_do(environ: dict[str, str], words: str):
    assert words in faults(environ)


def test_a_rotating_bot_token_is_one():
    assert read({**HTTP, "SLACK_BOT_TOKEN": "xoxe.xoxb-1-abc"}).bot_token == Secret("xoxe.xoxb-1-abc")


def test_no_secret_shows():
    values = {**SOCKET, **HTTP, "DATABASE_URL": "postgresql://u:hunter2@db.example.com/x"}
    settings = read(values)
    for variable in VARIABLES:
        if variable.secret and variable.name in values:
            assert values[variable.name] not in repr(settings)
    assert f"{settings.bot_token} {settings.bot_token!r}" == "*** ***"
    assert "xoxp-9-secret" not in faults({**SOCKET, "SLACK_BOT_TOKEN": "xoxp-9-secret"})
