from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from pipelines.engines.pretrained import batches, revision


def test_a_cached_models_revision_is_its_commit() -> None:
    model = SimpleNamespace(config=SimpleNamespace(_commit_hash="0123456789abcdef"))
    assert revision("somebody/a-model", model) == "0123456789ab"


def test_a_folders_revision_changes_with_its_files_and_not_with_its_place(tmp_path: Path) -> None:
    found = []
    for name, text in (("one", "{}"), ("two", "{}"), ("three", "{ }")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(text)
        found.append(revision(str(tmp_path / name), None))
    assert found[0] == found[1] != found[2]


def test_batches_hold_all_in_order_and_no_more_than_32() -> None:
    found = list(batches(iter(range(70))))
    assert [len(some) for some in found] == [32, 32, 6]
    assert [number for some in found for number in some] == list(range(70))
    assert list(batches([])) == []
