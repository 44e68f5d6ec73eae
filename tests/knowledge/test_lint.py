"""knowledge.lint: the entries that ship keep every rule; for each rule one fixture that breaks it."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from bot.cli import main
from knowledge import lint

ENTRIES = Path(lint.__file__).parent / "entries"
FAILING = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(Path(__file__).parent.glob("failing/*.toml"))}


def test_the_entries_keep_every_rule():
    assert [f for f in lint.run() if lint.RULES[f.rule].tier == "error"] == []


def test_every_rule_has_a_fixture_and_every_fixture_a_rule():
    lint.run()
    assert set(FAILING) == set(lint.RULES)


@pytest.mark.parametrize("rule", FAILING)
def test_the_fixture_breaks_its_rule(rule: str, tmp_path: Path):
    fixture = FAILING[rule]
    root = tmp_path / "entries"
    shutil.copytree(ENTRIES, root)
    before = lint.run(root, only=rule)
    file = root / fixture["file"]
    if fixture.get("delete"):
        file.unlink()
    elif "rename" in fixture:
        file.rename(root / fixture["rename"])
    else:
        text = file.read_text("utf-8")
        changed = re.sub(fixture["find"], fixture["replace"], text, count=0 if fixture.get("all") else 1)
        assert changed != text, "the fixture no longer fits the entry"
        file.write_text(changed, "utf-8")
    after = lint.run(root, only=rule)
    assert [f for f in after if f not in before and f.rule == rule]


def test_explain(capsys: pytest.CaptureFixture[str]):
    assert main(["lint", "--explain", "HK104"]) == 0
    assert "parser" in capsys.readouterr().out
    assert main(["lint", "--explain", "HK999"]) == 2
    assert "HK104" in capsys.readouterr().err
