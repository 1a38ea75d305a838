"""Previews: a few variants at once, with nothing kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from pipelines.errors import RunError
from studio import exits
from studio.previews import preview
from tests.briefs import write_brief


def test_the_first_few_are_made_small_and_nothing_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    brief = write_brief(tmp_path / "brief")
    assert preview(brief, (), size=64, out=tmp_path / "look", as_json=True) == exits.DONE
    found = json.loads(capsys.readouterr().out)["previews"]
    assert list(found) == ["red", "green", "blue"]
    with Image.open(found["red"]["file"]) as picture:
        assert picture.size == (64, 64)
    assert not (tmp_path / ".atelier").exists()


def test_one_that_cannot_be_made_is_told_and_the_others_are_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines import chain
    from pipelines.edits.place import place
    from pipelines.errors import PlaceError

    def picky(rgba: object, view: object, placement: object, data: bytes) -> object:
        if b"#008000" in data:
            raise PlaceError("green cannot be placed", got="green", fix="use another colour")
        return place(rgba, view, placement, data)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(chain, "place", picky)
    brief = write_brief(tmp_path / "brief")
    assert preview(brief, ("green", "red"), size=64, out=tmp_path, as_json=False) == exits.SOME_FAILED
    assert "green cannot be placed" in capsys.readouterr().err
    assert (tmp_path / "red.png").exists()
    assert not (tmp_path / "green.png").exists()


def test_a_name_that_is_none_is_told_the_near_ones(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="green"):
        preview(write_brief(tmp_path / "brief"), ("gren",), size=64, out=tmp_path, as_json=True)
