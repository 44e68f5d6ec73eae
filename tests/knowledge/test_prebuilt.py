"""What is kept of the TOML is never stale, never trusted when broken, and equals what is read."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import base, prebuilt
from knowledge.search import Index, index

ENTRIES = Path(prebuilt.ROOT) / "entries"
FILE = "states/server-timeout-connect.toml"


@pytest.fixture
def root(tmp_path: Path) -> str:
    copy = tmp_path / "entries"
    shutil.copytree(ENTRIES, copy)
    return str(copy)


def opened(root: str, tmp_path: Path) -> base.KnowledgeBase:
    return base.load_folder(root, str(tmp_path / "kept"))


def test_what_is_kept_is_what_is_read(root: str, tmp_path: Path):
    fresh, first, again = base.read(Path(root)), opened(root, tmp_path), opened(root, tmp_path)
    assert len(list(fresh)) > 100
    assert list(fresh) == list(first) == list(again)
    assert [again.get(entry.id) for entry in fresh] == list(fresh)
    assert "zz" not in again.states
    assert again.get("zz") is None


def test_it_is_used_where_nothing_changed(root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened(root, tmp_path)
    monkeypatch.setattr(base, "_read", lambda root: pytest.fail("read again"))
    assert opened(root, tmp_path).get("sC") is not None


def test_an_edited_file_is_read_anew_even_where_its_size_stays(root: str, tmp_path: Path):
    before = opened(root, tmp_path).states["sC"]
    path = Path(root) / FILE
    path.write_text(path.read_text("utf-8").replace("Page", "PAGE", 1), "utf-8")
    edited = opened(root, tmp_path).states["sC"]
    assert edited != before
    assert edited == base.read(Path(root)).states["sC"]


def test_a_removed_and_an_added_file_are_noticed(root: str, tmp_path: Path):
    opened(root, tmp_path)
    moved = tmp_path / "away.toml"
    os.rename(Path(root) / FILE, moved)
    assert opened(root, tmp_path).get("sC") is None
    os.rename(moved, Path(root) / FILE)
    assert opened(root, tmp_path).get("sC") is not None


def test_a_fault_is_named_every_time_and_not_kept(root: str, tmp_path: Path):
    opened(root, tmp_path)
    with (Path(root) / FILE).open("a") as file:
        file.write("\nunknown = 1\n")
    for _ in range(2):
        with pytest.raises(base.EntryError, match=r"server-timeout-connect.toml"):
            opened(root, tmp_path)


DAMAGE = (lambda raw: raw[: len(raw) // 2], lambda raw: b"", lambda raw: raw[:-1] + b"\xc1", lambda raw: raw + b"x")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_no_harm(root: str, tmp_path: Path, damage: Callable[[bytes], bytes]):
    expected = list(opened(root, tmp_path))
    kept = tmp_path / "kept" / "entries.msgpack"
    kept.write_bytes(damage(kept.read_bytes()))
    assert list(opened(root, tmp_path)) == expected


def test_where_nothing_can_be_written_nothing_is_kept(root: str, tmp_path: Path):
    (tmp_path / "kept").write_text("a file, not a folder")
    assert opened(root, tmp_path).get("sC") is not None


def test_types_are_part_of_the_stamp(root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened(root, tmp_path)
    model = tmp_path / "model.py"
    model.write_text("# another shape")
    monkeypatch.setattr(prebuilt, "_SHAPE", (str(model),))
    monkeypatch.setattr(base, "_read", lambda root: pytest.fail("read again"))
    with pytest.raises(pytest.fail.Exception, match="read again"):
        opened(root, tmp_path)


def test_what_was_built_is_used_until_a_source_changes(tmp_path: Path):
    source, made = tmp_path / "a.toml", []

    def make() -> dict[str, int]:
        made.append(source.read_text())
        return {"length": len(made[-1])}

    def built() -> dict[str, int]:
        return prebuilt.built("x", [str(source)], dict, make, str(tmp_path / "kept"))

    source.write_text("one")
    assert [built(), built()] == [{"length": 3}] * 2
    assert made == ["one"]
    source.write_text("three")
    assert built() == {"length": 5}
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    assert built() == {"length": 5}
    assert made == ["one", "three", "three"]


def test_the_kept_index_finds_what_a_new_one_finds():
    shipped = base.load()
    found, fresh = index(shipped), Index(shipped)
    for text in ("backend refuses connections", "客户端上传大文件时断开", "504 after thirty seconds", "good morning"):
        assert found.find(text) == fresh.find(text)
