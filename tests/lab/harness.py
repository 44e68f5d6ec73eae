"""Runs one scenario on one HAProxy: starts it, plays servers and clients, and gives what it logged and what was seen."""

import asyncio
import contextlib
import csv
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

from tests.lab import clients, line
from tests.lab.config import localise
from tests.lab.line import Line
from tests.lab.scenario import Outcome, Scenario
from tests.lab.servers import Host
from tests.lab.steps import Peer, Script, read_end
from tests.lab.versions import Build

LIMIT = 12.0
QUIET = 2.0


class _Log(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.notices: list[str] = []
        self.changed = asyncio.Event()

    def datagram_received(self, data: bytes, addr: object) -> None:
        text = data.decode("utf-8", "replace")
        parsed = line.parse(text)
        if parsed:
            self.lines.append(parsed)
        else:
            self.notices.append(text.strip())
        self.changed.set()


class Run:
    """One run. Frontends listen on sockets that are handed to HAProxy, so no port is ever taken twice."""

    def __init__(self, scenario: Scenario, build: Build, folder: Path) -> None:
        self.scenario, self.build, self.folder = scenario, build, folder
        self.events: dict[str, asyncio.Event] = {}
        self.fronts: dict[str, socket.socket] = {}
        self.hosts: dict[str, Host] = {}
        self.peers: list[Peer] = []
        self.log = _Log()
        self.pid = 0

    def event(self, name: str) -> asyncio.Event:
        return self.events.setdefault(name, asyncio.Event())

    async def admin(self, command: str) -> str:
        """The answer of the stats socket, which is there once HAProxy is."""
        while True:
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                reader, writer = await asyncio.open_unix_connection(self.folder / "admin.sock")
                break
            await asyncio.sleep(0.01)
        writer.write(command.encode() + b"\n")
        answer = await reader.read()
        writer.close()
        return answer.decode()

    async def logged(self, lines: int) -> None:
        while len(self.log.lines) < lines:
            self.log.changed.clear()
            await self.log.changed.wait()

    def client(self) -> socket.socket:
        """A client's socket that has its port before it is connected: HAProxy may log before `connect` returns."""
        sock = socket.socket()
        if self.scenario.client_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.scenario.client_buffer)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        return sock

    async def connect(self, sock: socket.socket) -> None:
        # A connection that HAProxy resets at once is an outcome, too.
        with contextlib.suppress(ConnectionError):
            await asyncio.get_running_loop().sock_connect(sock, next(iter(self.fronts.values())).getsockname())

    def stop(self, server: str) -> None:
        self.hosts[server].stop()

    def _bind(self, name: str) -> str:
        if name not in self.fronts:
            sock = socket.socket()
            sock.bind(("127.0.0.1", 0))
            sock.listen(64)
            self.fronts[name] = sock
        return f"fd@{self.fronts[name].fileno()}"

    def _server(self, name: str) -> str:
        if f"\nlisten {name}\n" in self.scenario.config:  # a section of this HAProxy is the server
            self._bind(name)
            return f"127.0.0.1:{self.fronts[name].getsockname()[1]}"
        if name not in self.hosts and name in self.scenario.servers:
            self.hosts[name] = Host(self.scenario.servers[name], self)
        return self.hosts[name].address if name in self.hosts else "127.0.0.1:9"

    def config(self, log_port: int) -> str:
        """The configuration as HAProxy gets it: on loopback, logging to the lab."""
        # A remedy's `maxconn 20000` needs more descriptors than an unprivileged process may have.
        modest = re.sub(r"(?m)^(global\n(?:    .*\n)*?    maxconn) \d{4,}$", r"\1 100", self.scenario.config)
        config = localise(modest.replace("@files", str(self.folder)), self._bind, self._server)
        process = f"global\n    log 127.0.0.1:{log_port} local0\n    stats socket {self.folder}/admin.sock level admin\n"
        config = config.replace("global\n", process, 1)
        if self.build.major >= (3, 2):
            config = config.replace("option httplog", f'log-format "{line.HTTP_FORMAT} %[term_events]"')
            config = config.replace("option tcplog", f'log-format "{line.TCP_FORMAT} %[term_events]"')
        return config

    async def _play(self, peer: Peer, script: Script) -> None:
        await self.admin("show info")
        if peer is self.peers[0] and self.scenario.after:
            await self.event(self.scenario.after).wait()
        peer.connected(self.client())
        await self.connect(peer.sock)
        for step in script:
            await step(peer)

    async def outcome(self) -> Outcome:
        """Plays the scenario to its end. What went wrong on the way is in the outcome's `fault`."""
        for name, content in self.scenario.files.items():
            (self.folder / name).write_bytes(content)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self.log, local_addr=("127.0.0.1", 0)
        )
        (self.folder / "haproxy.cfg").write_text(self.config(transport.get_extra_info("sockname")[1]), "utf-8")
        try:
            return await self._started()
        finally:
            transport.close()
            for host in self.hosts.values():
                await host.close()
            for peer in self.peers:
                peer.close()
            for sock in (*self.fronts.values(), *(other for peer in self.peers for other in peer.others)):
                sock.close()

    def _command(self) -> tuple[str, ...]:
        command = (*self.build.command, "-db", "-f", str(self.folder / "haproxy.cfg"))
        if not self.scenario.padding:
            return command
        # HAProxy inherits descriptors that take the numbers from..to, so that only lower ones are free.
        prepare = f"[os.dup2(0, n) for n in range{self.scenario.padding}]"
        if self.scenario.limited:
            prepare += f"; resource.setrlimit(resource.RLIMIT_NOFILE, ({self.scenario.padding[1]},) * 2)"
        code = f"import os, resource, sys; {prepare}; os.execv(sys.argv[1], sys.argv[1:])"
        return (sys.executable, "-c", code, *command)

    async def _started(self) -> Outcome:
        with (self.folder / "stderr").open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                *self._command(), pass_fds=[sock.fileno() for sock in self.fronts.values()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            )  # fmt: skip
        self.pid = process.pid
        self.peers = [Peer(self) for _ in (self.scenario.client, *self.scenario.others)]
        scripts = zip(self.peers, (self.scenario.client, *self.scenario.others), strict=True)
        tasks = [asyncio.create_task(self._play(peer, script)) for peer, script in scripts]
        fault = ""
        ended = asyncio.create_task(process.wait())
        complete = asyncio.create_task(self._complete(process, tasks[0]))
        done, _ = await asyncio.wait((ended, complete), timeout=LIMIT, return_when=asyncio.FIRST_COMPLETED)
        complete.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        code = await ended
        if complete in done:
            fault = str(complete.exception() or "")
        elif not done:
            fault = "nothing (more) was logged in time"
        if code not in (-signal.SIGKILL, 0):
            fault = f"HAProxy ended with {code}"
        failed = [task.exception() for task in tasks if task.done() and not task.cancelled()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, complete, return_exceptions=True)
        for sock in self.fronts.values():
            sock.close()
        # With HAProxy gone every connection ends (but one of silent-drop), so what is still to be read is all there is.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await read_end(self.peers[0])
        fault = fault or str(next(filter(None, [*failed, *(host.fault() for host in self.hosts.values())]), ""))
        if fault:
            fault += ": " + (self.folder / "stderr").read_text("utf-8", "replace")[-600:]
        seen = clients.statuses(bytes(self.peers[0].received))[self.scenario.lines - 1 :]
        return Outcome(self._mine(), seen[0] if seen else None, tuple(self.log.notices), fault)

    def _mine(self) -> tuple[Line, ...]:
        return tuple(logged for logged in self.log.lines if self.peers[0].port == logged.port)

    @staticmethod
    def _accepted(table: str) -> int:
        rows = list(csv.DictReader(table.lstrip("# ").splitlines()))
        return next((int(row["conn_tot"]) for row in rows if (row["pxname"], row["svname"]) == ("web", "FRONTEND")), 0)

    async def _complete(self, process: asyncio.subprocess.Process, main: asyncio.Task[None]) -> None:
        """Ends when the run has logged what it must; a run that must log no more is stopped softly to be sure."""
        silent = not self.scenario.expected(self.build.major).code
        while len(self._mine()) < self.scenario.lines - silent:
            self.log.changed.clear()
            if main.done():
                main.result()
            await self.log.changed.wait()
        with contextlib.suppress(TimeoutError, ConnectionError):
            # A line may be written before the answer is: two rounds of the event loop later that is out, too.
            async with asyncio.timeout(0.2):
                await self.admin("show info")
                await self.admin("show info")
        if silent or self.scenario.quiet:
            # Not `await main`: a run that is broken off here would take the script with it.
            await asyncio.wait({main})
            while self._accepted(await self.admin("show stat")) < len(self.peers):
                await asyncio.sleep(0.01)
            for peer in self.peers:
                peer.close()
            process.send_signal(signal.SIGUSR1)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(QUIET):
                    await process.wait()


async def run(scenario: Scenario, build: Build, folder: Path) -> Outcome:
    """Plays `scenario` on `build`; `folder` (empty) takes configuration and standard error."""
    return await Run(scenario, build, folder).outcome()


async def run_all(scenarios: Sequence[Scenario], build: Build, folder: Path, at_once: int = 8) -> dict[str, Outcome]:
    """The outcome of every scenario that `build` can run, by name; `at_once` are in flight."""
    turn = asyncio.Semaphore(at_once)

    async def one(scenario: Scenario) -> Outcome:
        async with turn:
            return await run(scenario, build, Path(mkdtemp(dir=folder)))

    runnable = [scenario for scenario in scenarios if scenario.runs_on(build.major)]
    return dict(zip([s.name for s in runnable], await asyncio.gather(*map(one, runnable)), strict=True))
