"""What is generated from the data says what the data says; links, pictures and the annotated entry hold."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from bot.site import docs
from knowledge.model import State


def test_the_generated_docs_say_what_the_data_says():
    assert docs.stale() == [], "run `make docs`"


def test_docs_that_are_old_are_named(tmp_path: Path):
    for path, text in docs.documents().items():
        (target := tmp_path / path.relative_to(docs.ROOT)).parent.mkdir(exist_ok=True)
        target.write_text(text, "utf-8")
    (tmp_path / "docs" / "performance.md").write_bytes((docs.ROOT / "docs" / "performance.md").read_bytes())
    assert docs.stale(tmp_path) == []
    (tmp_path / "docs" / "reference.zh.md").unlink()
    for name in ("README.md", "CONTRIBUTING.md"):
        file = tmp_path / name
        file.write_text(file.read_text("utf-8").replace("| `c` |", "| `x` |").replace("| HK104 |", "| HK999 |"), "utf-8")
    assert docs.stale(tmp_path) == ["docs/reference.zh.md", "README.md", "CONTRIBUTING.md"]


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_every_link_and_picture_of_the_readmes_is_there(name: str):
    text = (docs.ROOT / name).read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)", text)
    assert all((docs.ROOT / link).is_file() for link in links if "://" not in link), links
    assert len(re.findall(r"<!-- docs: \w+ -->", text)) == text.count("<!-- end of docs -->") > 0
    for picture in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text):
        assert (docs.ROOT / picture).stat().st_size < 120_000


def test_the_annotated_entry_is_one_and_names_every_field():
    text = (docs.ROOT / "CONTRIBUTING.md").read_text("utf-8")
    [entry] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    given = tomllib.loads(entry)
    state = msgspec.convert(given, State)
    assert set(given) == set(State.__struct_fields__)
    for name in ("statuses", "timers", "causes", "checks", "fixes", "examples", "changes", "sources"):
        [part], [whole] = given[name], getattr(state, name)
        assert set(part) == set(whole.__struct_fields__), name
