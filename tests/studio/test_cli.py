from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from studio import exits
from tests.briefs import BRIEF, write_brief
from tests.drawn import disc

ROOT = Path(__file__).resolve().parent.parent.parent


def atelier(*words: object, code: int = exits.DONE, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studio", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=180, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def result(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the small brief was run; tests that only read share it."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        _work_in(folder, patch)
        atelier("run", write_brief(folder / "brief"))
    return folder


@pytest.fixture
def delivered(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The delivered pack, its folder's settings in force."""
    _work_in(kept, monkeypatch)
    return kept / "outputs" / "small"


def _work_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("ATELIER_HOME", str(folder / "home"))
    patch.setenv("ATELIER_OUTPUTS", str(folder / "outputs"))
    patch.setenv("ATELIER_PROCESSES", "2")
    patch.delenv("ATELIER_BROKER", raising=False)


def test_help_answers_within_four_tenths_of_a_second() -> None:
    atelier("--help")
    times = []
    for _ in range(5):
        begun = time.monotonic()
        atelier("--help")
        times.append(time.monotonic() - begun)
    assert min(times) < 0.4


def test_every_command_explains_itself() -> None:
    text = atelier("--help").stdout
    commands = ("schema", "check", "plan", "run", "resume", "status", "show", "replay", "regions", "trace", "doctor")
    for command in commands:
        assert command in text
        assert len(atelier(command, "--help").stdout) > 100


def test_a_brief_becomes_a_delivered_pack(delivered: Path) -> None:
    manifest = json.loads((delivered / "manifest.json").read_text())
    assert [v["order"]["recipe"]["name"] for v in manifest["variants"]] == ["red", "green", "blue"]
    for variant in manifest["variants"]:
        assert variant["verdict"]["outcome"] == "accepted", variant["verdict"]
        assert variant["scores"]["changed_outside"] == 0
        assert "waving for team" in variant["order"]["prompt"]
        for asset in variant["assets"]:
            assert (delivered / asset["path"]).stat().st_size == asset["bytes"]
        assert [a["format"] for a in variant["assets"]] == ["png", "webp", "avif", "svg"]
    with zipfile.ZipFile(delivered / "small.zip") as archive:
        assert archive.testzip() is None
        assert "small/png/green.png" in archive.namelist()
    assert "<html" in (delivered / "contact-sheet.html").read_text()


def test_a_second_run_makes_nothing_and_is_quick(delivered: Path) -> None:
    before = (delivered / "manifest.json").stat().st_mtime_ns
    begun = time.monotonic()
    found = result(atelier("run", delivered.parent.parent / "brief" / "brief.yaml", "--json"))
    assert time.monotonic() - begun < 10  # `make bench` measures it
    assert found["made"] == 0
    assert (delivered / "manifest.json").stat().st_mtime_ns == before


def test_one_replaced_flag_makes_only_its_own_variant_again(workplace: Path) -> None:
    folder, delivered = workplace / "brief", workplace / "outputs" / "small"
    atelier("run", write_brief(folder))
    before = {p.name: p.read_bytes() for p in (delivered / "png").iterdir()}
    (folder / "art" / "blue.svg").write_bytes(disc("#00c0c0", "#ffffff"))
    outlook = result(atelier("plan", folder / "brief.yaml", "--json"))
    assert list(outlook["stale"]) == ["blue"]
    assert outlook["unchanged"] == 2
    assert result(atelier("run", folder / "brief.yaml", "--json"))["made"] == 1
    after = {p.name: p.read_bytes() for p in (delivered / "png").iterdir()}
    assert [name for name in before if before[name] != after[name]] == ["blue.png"]


def test_a_delivered_variant_replays_identically_from_its_pack_alone(delivered: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(delivered / "small.zip") as archive:
        archive.extractall(tmp_path / "elsewhere")
    found = result(atelier("replay", tmp_path / "elsewhere" / "small", "green", "--json"))
    assert found["identical"] is True
    assert found["differing_pixels"] == 0


def test_a_tampered_variant_replays_as_different(delivered: Path, tmp_path: Path) -> None:
    from PIL import Image

    with zipfile.ZipFile(delivered / "small.zip") as archive:
        archive.extractall(tmp_path)
    with Image.open(tmp_path / "small" / "png" / "red.png") as picture:
        picture.putpixel((3, 3), (1, 2, 3, 255))
        picture.save(tmp_path / "small" / "png" / "red.png")
    found = result(atelier("replay", tmp_path / "small", "red", "--json", code=exits.DIFFERENT))
    assert found["differing_pixels"] == 1


def test_an_unknown_variant_names_the_near_ones(delivered: Path) -> None:
    assert "green" in atelier("replay", delivered, "gren", code=exits.ERROR).stderr


def test_mistakes_in_a_brief_come_all_at_once_with_their_lines(workplace: Path) -> None:
    text = BRIEF.replace("layer: flag-art", "layer: flag-arr").replace("slot: flag", "slot: flog")
    done = atelier("check", write_brief(workplace / "brief", text=text), code=exits.BAD_BRIEF)
    assert "line 8" in done.stderr
    assert "line 13" in done.stderr
    found = result(atelier("run", workplace / "brief" / "brief.yaml", "--json", code=exits.BAD_BRIEF))
    assert len(found["mistakes"]) >= 2


def test_a_missing_brief_is_one_clear_sentence(workplace: Path) -> None:
    done = atelier("run", workplace / "nowhere.yaml", code=exits.BAD_BRIEF)
    assert "no such brief" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_and_show_tell_what_happened(delivered: Path) -> None:
    (batch,) = result(atelier("status", "--json"))["batches"]
    assert batch["accepted"] == 3
    assert set(batch["stage_seconds"]) == {"edit", "score", "vectorize", "deliver"}
    shown = result(atelier("show", "green", "--json"))
    assert shown["state"] == "delivered"
    assert shown["scores"]["nearest"] == "green"
    assert result(atelier("status", "small", "--json"))["batch"] == batch["batch"]
    assert result(atelier("show", "green", "small", "--json")) == shown
    assert "green" in atelier("show", "green").stderr


def test_ctrl_c_loses_nothing_and_resume_goes_on(workplace: Path) -> None:
    names = ", ".join(f"t{i}" for i in range(24))
    brief = write_brief(
        workplace / "brief", text=BRIEF.replace("red, green, blue", names).replace("size: 128", "size: 512")
    )
    for i in range(24):
        (workplace / "brief" / "art" / f"t{i}.svg").write_bytes(disc("#ffffff", f"#{i * 10:02x}40{255 - i * 10:02x}"))
    run = subprocess.Popen(
        [sys.executable, "-m", "studio", "run", str(brief)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not _some_done(workplace):
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    _, words = run.communicate(timeout=60)
    assert run.returncode == exits.INTERRUPTED, words
    assert "nothing is lost" in words
    assert not (workplace / "outputs" / "small").exists()
    found = result(atelier("resume", "--json"))
    assert found["variants"] == 24
    assert 0 < found["made"] < 24
    assert len(list((workplace / "outputs" / "small" / "png").iterdir())) == 24


def _some_done(workplace: Path) -> bool:
    from pipelines.catalogue import Catalogue

    if not (workplace / "home" / "catalogue.sqlite").exists():
        return False
    with Catalogue.open(f"sqlite:///{workplace / 'home' / 'catalogue.sqlite'}") as catalogue:
        return any(catalogue.counts(b.id).get("delivered", 0) >= 3 for b in catalogue.batches())


def test_regions_lists_sets_and_their_places_in_any_language() -> None:
    assert len(result(atelier("regions", "--json"))["sets"]["client-104"]) == 104
    names = {r["code"]: r["name"] for r in result(atelier("regions", "uk", "--locale", "fr", "--json"))["regions"]}
    assert names["GB-SCT"] == "Écosse"
    assert "canada" in atelier("regions", "kanada", code=exits.ERROR).stderr


def test_doctor_finds_this_machine_sound(workplace: Path) -> None:
    found = result(atelier("doctor", "--json"))
    assert found["healthy"] is True
    assert {f["what"] for f in found["findings"]} >= {"Python", "torchvision", "disk", "artwork", "PDF"}


def test_the_schema_is_json_schema() -> None:
    found = json.loads(atelier("schema").stdout)
    assert found["$schema"].startswith("https://json-schema.org/")
    assert "slots" in found["properties"]
