"""The sheet of proposals: palettes with their colours, a drawing in them, and every pair with its contrast and fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipelines.palettes.contrast import Check, Contrast, Level, Use
from pipelines.palettes.names import name_of, named
from pipelines.palettes.picks import Picks
from pipelines.palettes.portrait import Portrait
from pipelines.palettes.propose import Proposal
from pipelines.palettes.table import palette_table
from studio.palettes.page import page

_USES: tuple[tuple[Use, str], ...] = (("text", "text"), ("large", "large"), ("graphics", "icons"))


@dataclass(frozen=True, slots=True)
class Judged:
    """A proposed palette, and every pair of it held against what it must be fit for, the strongest first."""

    proposal: Proposal
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet of proposals shows."""

    picks: Picks
    portrait: Portrait
    palettes: tuple[Judged, ...]


def render_sheet(sheet: Sheet) -> str:
    """The sheet, an HTML text that loads nothing. The same palettes give the same text."""
    palettes = "\n".join(_palette(place, each) for place, each in enumerate(sheet.palettes, 1))
    tables = [palette_table(named(each.proposal.colours)) for each in sheet.palettes]
    return page(
        "proposals.html", styles=("look.css", "proposals.css"), scripts=("proposals.js",), data={"tables": tables},
        title=_many(len(sheet.palettes), "palette"), lead=_lead(sheet), palettes=palettes,
        picked=_picked(sheet.picks),
    )  # fmt: skip


def _lead(sheet: Sheet) -> str:
    said = [f"From {len(sheet.picks.like)} colours liked and {len(sheet.picks.dislike)} disliked."]
    if sheet.portrait.likes:
        said.append(f"This taste leans to {_list(sheet.portrait.likes)}.")
    if sheet.portrait.dislikes:
        said.append(f"It stays away from {_list(sheet.portrait.dislikes)}.")
    doubts = "".join(f'<p class="doubt">{escape(doubt)}</p>' for doubt in sheet.portrait.doubts)
    return f'<p class="lead">{escape(" ".join(said))}</p>{doubts}'


def _picked(picks: Picks) -> str:
    rows = (("Liked", picks.like), ("Disliked", picks.dislike))
    return "".join(
        f'<section><h2>{words} <span>{len(colours)}</span></h2><p class="picked">'
        + "".join(_chip(colour) for colour in colours) + "</p></section>"
        for words, colours in rows if colours
    )  # fmt: skip


def _chip(colour: str) -> str:
    said = escape(f"{name_of(colour).replace('-', ' ')} {colour}")
    return f'<svg class="chip" role="img" aria-label="{said}"><title>{said}</title>{_rect(colour)}</svg>'


def _palette(place: int, judged: Judged) -> str:
    colours = judged.proposal.colours
    fit = sum(each.passes for each in judged.checks)
    return f"""<article class="palette" aria-labelledby="palette-{place}">
<header><h2 id="palette-{place}">Palette {place}</h2>
<p class="liking" title="How probable it is that a colour of it is liked">liking <b>{judged.proposal.liking:.0%}</b></p>
<button type="button" class="button" data-table="{place - 1}"><svg class="icon" aria-hidden="true"><use href="#i-copy"></use></svg>Copy TOML</button></header>
<div class="colours">{"".join(_band(name, colour) for name, colour in named(colours).items())}</div>
<div class="uses">{_drawing(colours)}{_words(judged.checks)}</div>
<details{" open" if place == 1 else ""}><summary>{fit} of {len(judged.checks)} pairs are fit for text at AA, 4.5 : 1</summary>
<ul class="pairs">{"".join(_pair(each) for each in judged.checks)}</ul></details>
</article>"""  # noqa: E501 (a line of HTML)


def _band(name: str, colour: str) -> str:
    said = escape(name.replace("-", " "))
    return (f'<button type="button" class="band" data-copy="{colour}" title="Copy {colour}"><svg aria-hidden="true">'
            f"{_rect(colour)}</svg><code>{colour}</code><span>{said}</span></button>")  # fmt: skip


def _rect(colour: str) -> str:
    return f'<rect width="100%" height="100%" fill="{colour}"/>'


def _pair(check: Check) -> str:
    pair = check.contrast
    ratio = f"{int(pair.ratio * 100) / 100:.2f}"  # cut, not rounded: 4.499 is not 4.5
    badges = "".join(_badge(words, getattr(pair, use)) for use, words in _USES)
    return (f'<li class="{"fit" if check.passes else "unfit"}">{_sample(pair.first, pair.second)}'
            f"{_sample(pair.second, pair.first)}<code>{pair.first}</code><code>{pair.second}</code>"
            f'<b class="ratio">{ratio}</b><span class="badges">{badges}</span>{_fix(check)}</li>')  # fmt: skip


def _sample(colour: str, ground: str) -> str:
    return (f'<svg class="sample" viewBox="0 0 40 28" aria-hidden="true"><rect width="40" height="28" rx="5" '
            f'fill="{ground}"/><text x="20" y="19.5" text-anchor="middle" fill="{colour}">Aa</text></svg>')  # fmt: skip


def _badge(words: str, level: Level) -> str:
    found = "no" if level == "fails" else level
    return f'<span class="badge {level.lower()}">{words} <b>{found}</b></span>'


def _fix(check: Check) -> str:
    mend = check.mend  # of text at AA there always is one: black or white reaches 4.58 on any colour
    if mend is None:
        return ""
    return (f'<span class="fix">AA with {_sample(mend.to, mend.against)}<code>{mend.to}</code> '
            f"for <code>{mend.change}</code></span>")  # fmt: skip


def _words(checks: Sequence[Check]) -> str:
    """A few words in the pairs that read best; a pair that is fit for large text alone gets large text alone."""
    best = [each.contrast for each in checks if each.contrast.large != "fails"][:3]
    return "".join(_card(pair, place) for place, pair in enumerate(best))


def _card(pair: Contrast, place: int) -> str:
    colour, ground = (pair.first, pair.second) if place % 2 == 0 else (pair.second, pair.first)
    title, line = (("Good morning", "Rain till ten, then sun."), ("Chapter one", "The dog had a plan."),
                   ("Open today", "Ten to six, come in."))[place]  # fmt: skip
    small = "" if pair.text == "fails" else f'<text class="line" x="18" y="74">{line}</text>'
    return (f'<svg class="words" viewBox="0 0 200 110" role="img" aria-label="Text in {colour} on {ground}"><rect '
            f'width="200" height="110" fill="{ground}"/><g fill="{colour}"><text class="title" x="18" '
            f'y="{50 if small else 63}">{title}</text>{small}</g></svg>')  # fmt: skip


def _drawing(colours: Sequence[str]) -> str:
    """A small landscape in the palette: light colours in the sky, dark ones in front."""
    light = list(reversed(colours))  # a proposal goes from dark to light
    sky, sun, far, near, front = (light[round(i * (len(light) - 1) / 4)] for i in range(5))
    return (f'<svg class="drawing" viewBox="0 0 200 110" role="img" aria-label="A landscape in this palette">'
            f'<rect width="200" height="110" fill="{sky}"/>'
            f'<circle cx="146" cy="38" r="19" fill="{sun}"/>'
            f'<path d="M0 78Q38 38 78 66T152 62T200 50V110H0Z" fill="{far}"/>'
            f'<path d="M0 92Q52 62 98 86T200 76V110H0Z" fill="{near}"/>'
            f'<path d="M0 104Q70 88 120 102T200 98V110H0Z" fill="{front}"/>'
            f'<path d="M44 94V74M44 74l-9 12h18zM44 66l-7 11h14z" fill="{front}" stroke="{front}" stroke-width="2" '
            f'stroke-linejoin="round"/></svg>')  # fmt: skip


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" + ("" if count == 1 else "s")


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
