"""What a file, folder or hub id is: a checkpoint, or something that goes on top of one, and for which base."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from pipelines.engines.checkpoints.folder import read_index
from pipelines.engines.checkpoints.opened import is_hub_id, open_checkpoint
from pipelines.engines.checkpoints.parts import check_adapter
from pipelines.engines.checkpoints.single_file import family_of, part_of, text_width_of
from pipelines.engines.checkpoints.weights import Header, read_header, refuse_pickle
from pipelines.engines.diffusion.lora import check_lora, named, text_width
from pipelines.engines.hub import snapshots
from pipelines.errors import EngineError
from pipelines.profiles import Profile

Profiles = tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Something usable: what it is, the base that it is for, where it lies, its size in bytes, which profiles it fits.

    `facts` are what else a record says of it, by name.
    """

    what: str
    base: str
    path: Path
    size: int
    profiles: tuple[str, ...]
    facts: Mapping[str, str]


def recognise(
    where: str, profiles: Mapping[str, Profile], *, wanted: Profile | None = None, cache: Path | None = None
) -> Recognised:
    """Say what `where` is, and check that it can be used: with `wanted` if it is given, else with any profile.

    Raises EngineError for what is missing, damaged, pickled, of no known layout, or for another base.
    """
    among = (wanted,) if wanted is not None else tuple(profiles.values())
    path = Path(where).expanduser()
    if path.is_file():
        return _file(path, among, cache)
    if path.is_dir():
        return _folder(path, path, among, cache)
    refuse_pickle(path)
    for folder in snapshots(where, cache) if is_hub_id(where) else ():
        if _is_control(folder) or (folder / "model_index.json").is_file():
            return _folder(where, folder, among, cache)
    raise _nowhere(where, among)


def _nowhere(where: str, among: Profiles) -> EngineError:
    if not is_hub_id(where):
        fix = "check the path; `atelier models` lists the names of those that can be fetched"
        return EngineError("there is no such file, folder or model", got=where, fix=fix)
    own = next((profile.name for profile in among if profile.hub == where), None)
    fix = f"run `atelier models pull {own}`" if own else f"fetch it with `hf download {where}`"
    return EngineError("this was not fetched to this machine", got=where, fix=fix)


# ── checkpoints ──────────────────────────────────────────────────────────────────────────────────────────


def _checkpoint(where: str | Path, fitting: Profiles, cache: Path | None) -> Recognised:
    """Opened with the first profile that fits it."""
    checkpoint = open_checkpoint(where, fitting[0], cache=cache)
    files = [checkpoint.path] if checkpoint.is_file else sorted(checkpoint.path.glob("*/*.safetensors"))
    facts = {
        "revision": checkpoint.revision,
        "precision": checkpoint.variant or "",
        "settings": str(checkpoint.config) if checkpoint.is_file else "",
        "digest": checkpoint.digest,
    }
    return Recognised(
        "a checkpoint",
        fitting[0].title,
        checkpoint.path,
        sum(file.stat().st_size for file in files),
        tuple(profile.name for profile in fitting),
        {name: value for name, value in facts.items() if value},
    )


def _folder(where: str | Path, folder: Path, among: Profiles, cache: Path | None) -> Recognised:
    """`where` is what open_checkpoint is given, `folder` where its files are."""
    if _is_control(folder):
        return _control(folder, among)
    if len(among) == 1:
        return _checkpoint(where, among, cache)
    kind = read_index(folder).get("_class_name")
    fitting = tuple(profile for profile in among if kind in profile.classes)
    if not fitting:
        known = ", ".join(sorted({name for profile in among for name in profile.classes}))
        raise EngineError("a checkpoint of a family that no profile has", got=kind, fix=f"known are {known}")
    width = _settings(folder / "unet" / "config.json").get("cross_attention_dim")
    return _checkpoint(where, _of_width(fitting, width) or fitting, cache)


def _file(path: Path, among: Profiles, cache: Path | None) -> Recognised:
    header = read_header(path)
    if header.has("ip_adapter."):
        return _adapter(header, among)
    if header.has("lora"):
        return _lora(header, among)
    fitting = tuple(profile for profile in among if profile.family == family_of(header))
    if not fitting and len(among) > 1:
        fix = "give a checkpoint, a LoRA or an IP-Adapter"
        raise EngineError(f"a file that no profile can use: {part_of(header)}", got=path.name, fix=fix)
    return _checkpoint(path, _of_width(fitting, text_width_of(header)) or fitting or among, cache)


# ── what goes on top ─────────────────────────────────────────────────────────────────────────────────────


def _lora(header: Header, among: Profiles) -> Recognised:
    """By the check that the painter makes, against each profile whose UNet takes LoRAs."""
    takers = _takers("a LoRA", header.path, among)
    fits: list[str] = []
    trouble: EngineError | None = None
    for profile in takers:
        try:
            check_lora(header.path, profile.texts or 0)
        except EngineError as error:
            trouble = trouble or error
        else:
            fits.append(profile.name)
    if trouble is not None and not fits:
        raise trouble
    width = text_width(header)
    base = named(width) if width else "any base: it leaves alone what reads texts"
    return Recognised("a LoRA", base, header.path, header.size, tuple(fits), {})


def _adapter(header: Header, among: Profiles) -> Recognised:
    keys = header.shape("ip_adapter.1.to_k_ip.weight")[1:2]
    found = _on_top("an IP-Adapter", header.path, header.size, among, keys[0] if keys else None)
    check_adapter(header.path)
    return found


def _control(folder: Path, among: Profiles) -> Recognised:
    files = [file for file in sorted(folder.glob("*.safetensors")) if ".fp16" not in file.name]
    if not files:
        raise EngineError("a ControlNet without .safetensors weights", got=str(folder), fix="fetch it again")
    size = sum(read_header(file).size for file in files)
    return _on_top("a ControlNet", folder, size, among, _settings(folder / "config.json").get("cross_attention_dim"))


def _on_top(what: str, path: Path, size: int, among: Profiles, width: JsonValue) -> Recognised:
    """Something whose base is told by the width of the texts that it reads."""
    takers = _takers(what, path, among)
    base = named(width) if isinstance(width, int) else "a base that we do not know"
    if fits := _of_width(takers, width):
        return Recognised(what, base, path, size, tuple(profile.name for profile in fits), {})
    theirs = " or ".join(dict.fromkeys(named(profile.texts) for profile in takers))
    fix = f"choose one for {theirs}, or the profile of its base"
    raise EngineError(f"{what} for another base: it is for {base}", got=path.name, fix=fix)


def _takers(what: str, path: Path, among: Profiles) -> Profiles:
    """The profiles whose UNet takes such things. Raises EngineError if there is none."""
    if takers := tuple(profile for profile in among if profile.texts):
        return takers
    fix = "choose a profile of Stable Diffusion 1.5, 2 or XL"
    raise EngineError(f"{among[0].name} can use neither this nor any other: it is {what}", got=path.name, fix=fix)


def _of_width(among: Profiles, width: JsonValue) -> Profiles:
    return tuple(profile for profile in among if profile.texts == width and width)


def _is_control(folder: Path) -> bool:
    return _settings(folder / "config.json").get("_class_name") == "ControlNetModel"


def _settings(path: Path) -> dict[str, JsonValue]:
    """A JSON object; empty where there is none, as whatever needs it says so itself."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
