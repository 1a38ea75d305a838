"""The commands of `atelier palette`, thin as all commands are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

EPILOG = """A shell reads # as the start of a comment: write colours without it, eda24b, or in quotes. docs/palettes.md
says how palettes are proposed and how good that is."""

palette = typer.Typer(
    name="palette",
    help="Take, check and propose palettes.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for scripts instead of words.")]
AsToml = Annotated[bool, typer.Option("--toml", help="Print a [palette] table for a styles/NAME/style.toml.")]
For = Annotated[
    Literal["text", "large", "graphics"],
    typer.Option("--for", help="What must be readable: text, large text (24 px, bold 18.66 px), or graphics."),
]
Wanted = Annotated[Literal["AA", "AAA"], typer.Option("--level", help="The WCAG 2.2 level that must be reached.")]


@palette.command()
def extract(
    picture: Annotated[Path, typer.Argument(help="An SVG, PNG, JPEG or WebP.", show_default=False)],
    most: Annotated[int, typer.Option(min=1, max=64, help="At most so many colours.")] = 8,
    as_toml: AsToml = False,
    as_json: AsJson = False,
) -> None:
    """Show the colours of a picture, with their shares.

    Antialiased pixels do not count: the colours are those that its areas were drawn in.
    """
    from studio.palettes.extracting import extract_palette

    extract_palette(picture, most=most, form=_form(as_json=as_json, as_toml=as_toml))


@palette.command()
def contrast(
    colours: Annotated[
        list[str] | None,
        typer.Argument(metavar="COLOUR...", help="Colours such as eda24b; or one TOML file with a palette."),
    ] = None,
    style: Annotated[str | None, typer.Option(help="The palette of a style, such as ink-flat.")] = None,
    on: Annotated[str | None, typer.Option(help="Only pairs with this colour: its name, or a colour.")] = None,
    use: For = "text",
    level: Wanted = "AA",
    as_json: AsJson = False,
) -> None:
    """Say which colours can be read on which.

    Every pair with its contrast ratio and WCAG 2.2 level for text, large text and graphics; for a pair that fails,
    the least change of one of the two that makes it pass.
    """
    from studio.palettes.contrasting import Wish, show_contrasts

    show_contrasts(Wish(tuple(colours or ()), style, on, use, level), as_json=as_json)


@palette.command()
def learn(  # noqa: PLR0913, PLR0917 (the options of a command)
    like: Annotated[
        list[str] | None, typer.Option(metavar="COLOUR", help="A colour liked; repeat it.", show_default=False)
    ] = None,
    dislike: Annotated[
        list[str] | None, typer.Option(metavar="COLOUR", help="A colour disliked; repeat it.", show_default=False)
    ] = None,
    picks: Annotated[
        Path | None, typer.Option(help="The file of picks, JSON or TOML; what is new is added to it.")
    ] = None,
    add: Annotated[Path | None, typer.Option(help="Take these picks in too, such as the page's picks.json.")] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write a page here that asks about fifty colours, for any browser.")
    ] = None,
    sheet: Annotated[Path | None, typer.Option(help="Write the proposed palettes here as a page.")] = None,
    proposals: Annotated[int, typer.Option("--propose", min=1, max=24, help="So many palettes.")] = 4,
    size: Annotated[int, typer.Option(min=2, max=12, help="Colours in each palette.")] = 5,
    seed: Annotated[int, typer.Option(help="Another number, other palettes.")] = 0,
    as_toml: AsToml = False,
    as_json: AsJson = False,
) -> None:
    """Learn a taste from picks, and propose palettes in it.

    Picks are colours liked and disliked. `--page picks.html` writes a page on which they are made in two minutes;
    with `--picks` too, it asks about colours that were not shown yet.
    """
    from studio.palettes.learning import Wish, learn_taste

    said = (tuple(like or ()), tuple(dislike or ()))
    wish = Wish(*said, picks, add, page, sheet, proposals, size, seed)
    learn_taste(wish, form=_form(as_json=as_json, as_toml=as_toml))


def _form(*, as_json: bool, as_toml: bool) -> Literal["words", "json", "toml"]:
    if as_json and as_toml:
        raise typer.BadParameter("one of --json and --toml is enough", param_hint="--toml")
    return "json" if as_json else "toml" if as_toml else "words"
