"""The hub's cache and fetching, with the hub's own library against a hub that is played here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.engines.hub import Parcel, fetch, find, held, snapshots
from pipelines.errors import EngineError
from tests.hub import PlayedHub, lay, played_hub, point_at

pytestmark = pytest.mark.xdist_group("engines")
HUB = "someone/something"


def whole(folder: Path) -> Path:
    """A parcel's own check: what is named `good` must say so."""
    if (folder / "good.json").read_text() != "{}":
        raise EngineError("damaged", got=str(folder), fix="fetch it again")
    return folder / "good.json"


PARCEL = Parcel(
    of="the thing", hub=HUB, files=("*.json",), licence="MIT License.", gigabytes=0.1, check=whole,
    again="atelier models pull thing", needed=("good.json",),
)  # fmt: skip


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedHub]:
    """A hub with one repository, in which there is also what must stay there."""
    repository = tmp_path / "hub" / HUB
    repository.mkdir(parents=True)
    for name in ("good.json", "model.bin", "run.py"):
        (repository / name).write_text("{}")
    with played_hub(tmp_path / "hub") as played:
        point_at(played, tmp_path / "cache", monkeypatch)
        yield played


def test_what_was_fetched_is_found_again_and_nothing_else_came(hub: PlayedHub, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"the thing is not on this machine.*run `atelier models pull thing`"):
        find(PARCEL)
    folder = fetch(PARCEL)
    assert [path.name for path in folder.iterdir()] == ["good.json"]
    assert find(PARCEL) == folder / "good.json"
    assert find(PARCEL, tmp_path / "cache") == find(PARCEL)


def test_what_is_here_is_not_fetched_twice(hub: PlayedHub) -> None:
    fetch(PARCEL)
    hub.asked.clear()
    fetch(PARCEL)
    assert [path for path in hub.asked if "resolve" in path] == []


def test_the_revision_asked_for_comes_first_and_then_the_newest(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for number, (commit, ref) in enumerate((("1" * 40, ""), ("2" * 40, "refs/pr/15"), ("3" * 40, ""))):
        folder = lay(tmp_path / "files", tmp_path / "cache", HUB, commit=commit, ref=ref)
        os.utime(folder, (number, number))
    first = [folder.name[0] for folder in snapshots(HUB, tmp_path / "cache")]
    asked = [folder.name[0] for folder in snapshots(HUB, tmp_path / "cache", revision="refs/pr/15")]
    exact = [folder.name[0] for folder in snapshots(HUB, tmp_path / "cache", revision="1" * 40)]
    assert (first, asked, exact) == (["3", "2", "1"], ["2", "3", "1"], ["1", "3", "2"])
    assert snapshots("nobody/nothing", tmp_path / "cache") == []


def test_a_pull_that_broke_off_leaves_the_last_whole_revision_in_use(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/good.json").write_text("{}")
    (tmp_path / "new").mkdir()
    (tmp_path / "new/other.json").write_text("{}")
    lay(tmp_path / "new", tmp_path / "cache", HUB, commit="2" * 40)
    assert held(PARCEL, tmp_path / "cache").state == "half"
    with pytest.raises(EngineError, match=r"only half there: good\.json is missing.*`atelier models pull thing` again"):
        find(PARCEL, tmp_path / "cache")
    lay(tmp_path / "old", tmp_path / "cache", HUB, commit="1" * 40, ref="")
    assert find(PARCEL, tmp_path / "cache").parent.name == "1" * 40
    assert held(PARCEL, tmp_path / "cache").size == 2


def test_a_damaged_parcel_says_what_its_own_check_says(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/good.json").write_text("no")
    lay(tmp_path / "bad", tmp_path / "cache", HUB)
    assert "damaged" in held(PARCEL, tmp_path / "cache").trouble
    with pytest.raises(EngineError, match="damaged"):
        find(PARCEL, tmp_path / "cache")


def test_a_link_to_nothing_counts_as_missing(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    folder = lay(tmp_path / "files", tmp_path / "cache", HUB)
    (folder / "good.json").symlink_to(tmp_path / "gone")
    assert held(PARCEL, tmp_path / "cache").state == "absent"


@pytest.mark.parametrize(
    ("parcel", "says"),
    [
        (replace(PARCEL, hub="someone/else"), "the hub shows no repository for the thing.*hf auth login"),
        (replace(PARCEL, revision="gone"), "no such revision of the thing.*someone/something at gone"),
    ],
)
def test_what_the_hub_does_not_have_is_told(hub: PlayedHub, parcel: Parcel, says: str) -> None:
    with pytest.raises(EngineError, match=says):
        fetch(parcel)


def test_a_licence_that_was_not_accepted_is_told(hub: PlayedHub) -> None:
    hub.gated = HUB
    with pytest.raises(EngineError, match=r"only for people who accepted its licence.*accept its licence at https"):
        fetch(PARCEL)


def test_a_hub_that_cannot_be_reached_is_told(hub: PlayedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(replace(hub, address="http://127.0.0.1:9"), tmp_path / "cache", monkeypatch)
    with pytest.raises(EngineError, match=r"the thing could not be fetched.*files that arrived are kept"):
        fetch(PARCEL)


def test_progress_bars_show_unless_it_is_quiet(hub: PlayedHub, capfd: pytest.CaptureFixture[str]) -> None:
    fetch(PARCEL, quiet=True)
    assert capfd.readouterr().err == ""
    fetch(PARCEL)
    assert "Fetching" in capfd.readouterr().err


def test_nothing_is_fetched_offline(hub: PlayedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EngineError, match=r"HF_HUB_OFFLINE forbids fetching.*HF_HUB_OFFLINE=0"):
        fetch(PARCEL)
    assert hub.asked == []
