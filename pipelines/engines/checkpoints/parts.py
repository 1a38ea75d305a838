"""What goes with a checkpoint: its IP-Adapter, ControlNets and tiny VAE, fetched, found in the hub's cache, checked.

The painter is given an adapter's file, beside which lies its `image_encoder/`; ControlNets and tiny VAEs are folders.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pipelines.engines.checkpoints.pull import pull_parcel
from pipelines.engines.checkpoints.weights import Header, read_header
from pipelines.engines.hub import Parcel, find
from pipelines.errors import EngineError
from pipelines.model import Drawing
from pipelines.profiles import Profile, Published

_NETWORK = ("config.json", "diffusion_pytorch_model.safetensors")
_OTHER = "`atelier models` says which profiles have one"
_ENCODER = ("config.json", "model.safetensors")
_ENCODERS = (
    ("image_proj.proj.weight", 1024, "ViT-H"),
    ("image_proj.proj.weight", 1280, "ViT-bigG"),
    ("image_proj.proj_in.weight", 1280, "ViT-H"),
    ("image_proj.proj_in.weight", 1664, "ViT-bigG"),
)
_READS = (("image_proj.proj.weight", "projection_dim"), ("image_proj.proj_in.weight", "hidden_size"))


def find_adapter(profile: Profile, *, cache: Path | None = None) -> Path:
    """The file of the profile's IP-Adapter in the hub's cache, its checked `image_encoder/` beside it.

    Raises EngineError where the profile has none, where it is not on this machine, and where it is half or damaged.
    """
    return find(adapter_parcel(profile), cache)


def find_control(profile: Profile, drawing: Drawing, *, cache: Path | None = None) -> Path:
    """The folder of the profile's ControlNet for a drawing in the hub's cache. Raises EngineError as find_adapter."""
    return find(control_parcel(profile, drawing), cache)


def find_preview(profile: Profile, *, cache: Path | None = None) -> Path:
    """The folder of the profile's tiny VAE in the hub's cache. Raises EngineError as find_adapter."""
    return find(preview_parcel(profile), cache)


def pull_adapter(profile: Profile, *, cache: Path | None = None, quiet: bool = False) -> Path:
    """Fetch the profile's IP-Adapter and its image encoder; the adapter's checked file. Raises EngineError."""
    return pull_parcel(adapter_parcel(profile), cache=cache, quiet=quiet)


def pull_control(profile: Profile, drawing: Drawing, *, cache: Path | None = None, quiet: bool = False) -> Path:
    """Fetch the profile's ControlNet for a drawing; its checked folder. Raises EngineError."""
    return pull_parcel(control_parcel(profile, drawing), cache=cache, quiet=quiet)


def pull_preview(profile: Profile, *, cache: Path | None = None, quiet: bool = False) -> Path:
    """Fetch the profile's tiny VAE; its checked folder. Raises EngineError."""
    return pull_parcel(preview_parcel(profile), cache=cache, quiet=quiet)


def part_parcels(profile: Profile) -> dict[str, Parcel]:
    """All parts that the profile has, by their words on the command line: adapter, control canny, preview."""
    found = {"adapter": adapter_parcel(profile)} if profile.ip_adapter else {}
    found |= {f"control {drawing}": control_parcel(profile, drawing) for drawing in profile.controlnets}
    return found | ({"preview": preview_parcel(profile)} if profile.preview else {})


def adapter_parcel(profile: Profile) -> Parcel:
    """The profile's IP-Adapter, as what is wanted of the hub. Raises EngineError if it has none."""
    own = profile.ip_adapter
    if own is None:
        raise _none(profile, "IP-Adapter")
    names = (own.weights, *(f"image_encoder/{name}" for name in _ENCODER))
    files = tuple(f"{own.subfolder}/{name}" for name in names)
    return _parcel(profile, own, "the IP-Adapter", "--adapter", files, lambda folder: _adapter(folder / files[0]))


def control_parcel(profile: Profile, drawing: str) -> Parcel:
    """The profile's ControlNet for a drawing, as what is wanted of the hub. Raises EngineError if it has none."""
    known = {str(name): own for name, own in profile.controlnets.items()}
    if drawing not in known:
        fix = f"it has one for {' and '.join(known)}" if known else _OTHER
        raise EngineError(f"{profile.name} has no ControlNet for this drawing", got=drawing, fix=fix)
    return _parcel(profile, known[drawing], f"the {drawing} ControlNet", f"--control {drawing}", _NETWORK, _network)


def preview_parcel(profile: Profile) -> Parcel:
    """The profile's tiny VAE, as what is wanted of the hub. Raises EngineError if it has none."""
    if profile.preview is None:
        raise _none(profile, "preview VAE")
    return _parcel(profile, profile.preview, "the preview VAE", "--preview", _NETWORK, _network)


def _parcel(
    profile: Profile, own: Published, what: str, option: str, files: tuple[str, ...], check: Callable[[Path], Path]
) -> Parcel:
    again = f"atelier models pull {profile.name} {option}"
    return Parcel(f"{what} of {profile.name}", own.hub, files, own.licence, own.gigabytes, again, check, needed=files)


def _adapter(file: Path) -> Path:
    check_adapter(file)
    return file


def _network(folder: Path) -> Path:
    read_header(folder / _NETWORK[1])
    return folder


def _none(profile: Profile, what: str) -> EngineError:
    return EngineError(f"{profile.name} has no {what}", got=profile.title, fix=_OTHER)


def check_adapter(file: Path) -> Header:
    """Check an IP-Adapter's file and the encoder beside it; the file's header.

    Raises EngineError where one is damaged, the encoder is missing, or it is another one than the adapter was trained
    with: their widths differ (ViT-H gives 1024 numbers, ViT-bigG 1280).
    """
    header = read_header(file)
    if not header.has("ip_adapter."):
        raise EngineError("a file without IP-Adapter weights", got=file.name, fix="give an adapter's .safetensors file")
    encoder = file.parent / "image_encoder"
    weights = sorted(encoder.glob("*.safetensors"))
    if not weights or not (encoder / "config.json").is_file():
        fix = f"put config.json and .safetensors of {_encoder_of(header)} there"
        raise EngineError("the IP-Adapter's image encoder is missing", got=str(encoder), fix=fix)
    for path in weights:
        read_header(path)
    _check_encoder(header, encoder / "config.json")
    return header


def _encoder_of(header: Header) -> str:
    named = (encoder for name, width, encoder in _ENCODERS if header.shape(name)[1:2] == (width,))
    return next(named, "the encoder that its page names")


def _check_encoder(header: Header, config: Path) -> None:
    try:
        settings = json.loads(config.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EngineError(f"{config.name} cannot be read", got=str(config), fix="fetch it again") from error
    for name, key in _READS:
        wanted, given = header.shape(name)[1:2], settings.get(key)
        if wanted and isinstance(given, int) and wanted[0] != given:
            raise EngineError(
                f"the image encoder is another one than the IP-Adapter's: {wanted[0]} numbers are read, {given} given",
                got=f"{header.path.name} with {config.parent}",
                fix="put the encoder there that the adapter was trained with (ViT-H gives 1024, ViT-bigG 1280)",
            )
