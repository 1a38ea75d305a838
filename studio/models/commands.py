"""The commands of `atelier models`, thin as all commands are."""

from __future__ import annotations

from typing import Annotated

import typer

EPILOG = """Models lie in the cache of the Hugging Face hub (HF_HOME). None is fetched but by `atelier models pull`, and
only as safetensors: never a pickle, never code. docs/models.md says which profile is for what."""

models = typer.Typer(
    name="models",
    help="List, fetch and check the models that paint and judge.",
    epilog=EPILOG,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for scripts instead of words.")]
Model = Annotated[str, typer.Argument(help="A profile or a judge, such as sd15 or dinov2-base.", show_default=False)]


@models.callback(invoke_without_command=True)
def without(context: typer.Context, as_json: AsJson = False) -> None:
    """List, fetch and check the models that paint and judge.

    Without a command: list them.
    """
    if context.invoked_subcommand is None:
        list_(as_json=as_json)
    elif as_json:
        raise typer.BadParameter("put it behind the command", param_hint="--json")


@models.command("list")
def list_(as_json: AsJson = False) -> None:
    """List all profiles and judges.

    Each with its licence, its size, and whether it is on this machine, with which parts.
    """
    from studio.models.listing import list_models

    list_models(as_json=as_json)


@models.command()
def show(name: Model, as_json: AsJson = False) -> None:
    """Show one profile or judge: licences, parts, paths, settings."""
    from studio.models.listing import show_model

    show_model(name, as_json=as_json)


@models.command()
def pull(
    name: Model,
    adapter: Annotated[bool, typer.Option("--adapter", help="Also its IP-Adapter and image encoder.")] = False,
    control: Annotated[
        list[str] | None,
        typer.Option(metavar="canny|lineart", help="Also its ControlNet for such drawings.", show_default=False),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Also its tiny VAE for previews.")] = False,
    no_weights: Annotated[
        bool, typer.Option("--no-weights", help="Leave out its weights: a checkpoint of your own brings them.")
    ] = False,
    revision: Annotated[
        str | None,
        typer.Option(help="Branch, tag or commit of the checkpoint or judge; left out: main.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched; no network.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch a profile's checkpoint and parts, or a judge.

    Says first what comes from where under which licence. Fetches only what is not here yet, and checks what arrived.
    """
    from studio.models.pulling import Wish, pull_model

    wish = Wish(name, adapter, tuple(control or ()), preview, no_weights, revision)
    pull_model(wish, dry_run=dry_run, as_json=as_json)


@models.command()
def check(
    where: Annotated[str, typer.Argument(help="A folder, a .safetensors file, a hub id, or a name from the list.")],
    profile: Annotated[
        str | None, typer.Option(help="The profile that it is for; left out: any.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a model is, and whether it can be used.

    Knows checkpoints, LoRAs, IP-Adapters and ControlNets, and says for which base they are. Exit code 1 if it is
    pickled, cut off, half there, or for another base than the profile's.
    """
    from studio.models.checking import check_model

    check_model(where, profile, as_json=as_json)
