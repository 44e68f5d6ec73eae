"""The playground as its own process, a real headless Chromium, and a page that collects every complaint of the browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bot.browser.pages import Opens, start_over

SERVER_SECONDS = 30
PATIENCE_MS = 30_000
"""How long a page may take: on a busy machine a log that is read at the lowest priority takes its time."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `haflag serve` without tokens: the playground."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HAFLAG_", "DATABASE_"))}
    folder = tmp_path_factory.mktemp("playground")
    environment = {**keep, "PORT": str(port), "HAFLAG_DATA": str(folder), "HAFLAG_RATE_LIMIT": "0"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=environment, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _until_ready(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        assert process.wait(10) == 0, (folder / "log").read_text("utf-8")
    assert '"error"' not in (folder / "log").read_text("utf-8"), (folder / "log").read_text("utf-8")


def _until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/readyz").close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the playground did not start: {log.read_text('utf-8')}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. One per module: Playwright's loop must not be left running below other tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("install Chromium (Debian: apt-get install chromium)")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if root else [])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, server: str) -> Iterator[Opens]:
    """`open_page("/", locale="zh-CN", width=390)` gives a page; at the end none may have complained or left this machine."""
    complaints: list[str] = []
    contexts = []

    def opened(path: str = "/", *, locale: str = "en-US", width: int = 1280, scheme: str = "light") -> Page:
        context = chromium.new_context(locale=locale, viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith((server, "data:", "file:", "blob:")) else complaints.append(r.url))
        page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective))")
        page.goto(path if "://" in path else server + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def playground(open_page: Opens) -> Opens:
    """A page of the playground, empty and ready to be used."""

    def opened(**how: object) -> Page:
        page = open_page("/", **how)
        page.wait_for_selector("body[data-ready]")
        start_over(page)
        return page

    return opened
