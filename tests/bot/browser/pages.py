"""What the browser tests do on a page: ask, press, start over, look for faults with axe-core."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

Opens = Callable[..., Page]


def start_over(page: Page) -> None:
    """Empties the playground, whose server the tests share."""
    page.evaluate("""fetch("/playground/act", { method: "POST", headers: { "Content-Type": "application/json" },
                     body: JSON.stringify({ do: "clear", user: "U0EN000001" }) })""")
    expect(page.locator("article")).to_have_count(0)
    # A window that an earlier test left open is modal: what is typed before it has gone goes nowhere.
    expect(page.locator("dialog[open]")).to_have_count(0)


def ask(page: Page, text: str) -> Locator:
    """Types into the message box; the message that came."""
    page.fill("#text", text)
    return arrived(page, lambda: page.press("#text", "Enter"))


def arrived(page: Page, do: Callable[[], None]) -> Locator:
    """The newest message after something was done that brings one."""
    known = page.locator("article").evaluate_all("found => found.map((article) => article.dataset.ts)")
    do()
    fresh = page.locator("article" + "".join(f':not([data-ts="{ts}"])' for ts in known)).last
    fresh.wait_for()
    return page.locator(f'article[data-ts="{fresh.get_attribute("data-ts")}"]')


def press(where: Locator, kind: str) -> None:
    """Presses the first button of a kind (`details`, `ask`, `language`, `share`)."""
    where.locator(f'[data-action^="haflag:{kind}:"]').first.click()


def faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical on a page as it is."""
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="install the dev requirements: make test does")
    found = axe.Axe().run(page)["violations"]
    return [f"{v['id']}: {n['html'][:160]}" for v in found if v["impact"] in ("serious", "critical") for n in v["nodes"]]
