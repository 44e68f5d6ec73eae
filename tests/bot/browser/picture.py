"""The READMEs' pictures, docs/answer.png and docs/answer.zh.png: real answers on the playground's page.

`python -m tests.bot.browser.picture http://127.0.0.1:3000` while the playground runs there; needs Chromium.
"""

import os
import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.bot.browser.pages import ask, start_over

DOCS = Path(__file__).parents[3] / "docs"
SHOTS = (("answer.png", "en-US", "alice (en-US)", "/haflag 504 sC"), ("answer.zh.png", "zh-CN", "小明 (zh-CN)", "/haflag 504 sC"))


def take(browser: Browser, url: str, name: str, locale: str, person: str, question: str) -> None:
    """Asks as `person` and keeps what the channel then shows."""
    context = browser.new_context(locale=locale, viewport={"width": 1060, "height": 900}, device_scale_factor=1.5)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    start_over(page)
    page.select_option("#user", label=person)
    answer = ask(page, question)
    answer.locator(".tools").evaluate("tools => tools.remove()")
    # A palette of 128 colours is a third of the size, and nobody sees it.
    Image.open(BytesIO(answer.screenshot())).convert("RGB").quantize(128).save(DOCS / name, optimize=True)
    context.close()


def main() -> None:
    """Takes both."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        for shot in SHOTS:
            take(browser, sys.argv[1], *shot)
        browser.close()


if __name__ == "__main__":
    main()
