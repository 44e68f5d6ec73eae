"""HAProxy configurations of the lab: written in sections, merged with a remedy's, and moved onto loopback.

Scenarios and entries write documentation addresses (`bind :80`, `server s1 192.0.2.10:8080`); `localise` puts the
lab's own sockets in their place, so that an entry's snippet runs as it stands.
"""

import re
from collections.abc import Callable

Section = tuple[str, list[str]]

_KEYWORDS = (
    "global", "defaults", "frontend", "backend", "listen", "cache", "resolvers", "userlist", "peers", "http-errors",
    "ring", "log-forward", "fcgi-app",
)  # fmt: skip
# Two lines of these with the same second word are one setting; of all others, both stay (rules, ACLs).
_SINGLE = ("timeout", "option", "retries", "maxconn", "balance", "cookie", "default_backend", "retry-on", "mode",
           "http-reuse", "server", "fullconn", "email-alert", "default-server", "hash-type", "tune.maxrewrite",
           "tune.bufsize", "ulimit-n", "source", "hard-stop-after", "errorfile")  # fmt: skip


def http(
    web: str = "", app: str = "", more: str = "", process: str = "", server: str = "", defaults: str = ""
) -> str:
    """A frontend `web` and a backend `app` with one server `s1`, in HTTP mode; every timeout out of the way (10 s)."""
    return _pair("http", web, app, more, process, server, defaults)


def tcp(
    web: str = "", app: str = "", more: str = "", process: str = "", server: str = "", defaults: str = ""
) -> str:
    """The same in TCP mode."""
    return _pair("tcp", web, app, more, process, server, defaults)


def _pair(mode: str, web: str, app: str, more: str, process: str, server: str, defaults: str) -> str:
    servers = "" if re.search(r"^\s*server ", app, re.M) else f"server s1 192.0.2.10:8080 {server}"
    return f"""
global
    nbthread 1
    maxconn 100
    {process.strip()}
defaults
    mode {mode}
    log global
    option {mode}log
    timeout client 10s
    timeout server 10s
    timeout connect 10s
    retries 0
    {defaults.strip()}
frontend web
    bind :80
    default_backend app
    {web.strip()}
backend app
    {app.strip()}
    {servers}
{more}
"""


def sections(config: str) -> list[Section]:
    """The sections of `config`: head line ("backend app") and its settings, in order, without comments."""
    found: list[Section] = []
    for raw in config.splitlines():
        line = raw.split(" #")[0].strip()
        if not line or line.startswith("#"):
            continue
        if line.split()[0] in _KEYWORDS:
            found.append((line, []))
        elif found:
            found[-1][1].append(line)
    return found


def text(parts: list[Section]) -> str:
    return "".join("\n".join([head, *(f"    {line}" for line in lines)]) + "\n" for head, lines in parts)


def _key(line: str) -> tuple[str, ...]:
    words = [word for word in line.split() if word != "no"]
    if words[0] not in _SINGLE and not words[0].startswith("tune."):
        return (line,)
    return tuple(words[:2]) if words[0] in ("timeout", "option", "server", "errorfile") else (words[0],)


def merge(config: str, remedy: str) -> str:
    """`config` with the sections of `remedy` laid over it: the same setting is replaced, another one added, a section
    that is not there yet is appended. A remedy's servers take the place of all servers of the section."""
    parts = sections(config)
    for head, lines in sections(remedy):
        own = next((old for name, old in parts if name.split()[:2] == head.split()[:2]), None)
        if own is None:
            parts.append((head, lines))
            continue
        replaced = {_key(line) for line in lines}
        kinds = {line.split()[0] for line in lines} & {"server", "bind"}
        own[:] = [old for old in own if _key(old) not in replaced and old.split()[0] not in kinds]
        # Settings before servers and rules in their own order: a remedy's rule comes first, as an operator puts it.
        own[:0] = lines
    return text(parts)


def localise(config: str, bind: Callable[[str], str], server: Callable[[str], str]) -> str:
    """`config` with every `bind` and `server` address replaced by what `bind(section name)` and `server(name)` say."""
    parts = sections(config)
    for head, lines in parts:
        for index, line in enumerate(lines):
            words = line.split()
            if words[0] == "bind":
                lines[index] = " ".join(["bind", bind(head.split()[1]), *words[2:]])
            elif words[0] == "server" and head.split()[0] in ("backend", "listen"):
                lines[index] = " ".join(["server", words[1], server(words[1]) or words[2], *words[3:]])
    return text(parts)
