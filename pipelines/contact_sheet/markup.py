"""HTML of the page's head and of its cards. Every text is escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from pipelines.contact_sheet.facts import OUTCOMES, Card, Sheet, href
from pipelines.model import Manifest

_WORDS = {"accepted": "Accepted", "review": "Review", "failed": "Failed"}


def icon(name: str) -> str:
    """A small picture out of the template's symbols; decoration only."""
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"></use></svg>'


def badge(outcome: str) -> str:
    """An outcome as shape, colour and word."""
    return f'<span class="badge {outcome}">{icon(outcome)}{_WORDS[outcome]}</span>'


def many(count: int, thing: str) -> str:
    """1 variant, 2 variants."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


# ── the head ─────────────────────────────────────────────────────────────────────────────────────────────


def tally(sheet: Sheet) -> str:
    """How many variants ended how: a bar, and the same in words."""
    items = "".join(_count(outcome, sheet.count(outcome)) for outcome in OUTCOMES)
    return f'{_bar(sheet)}<ul class="counts"><li><b>{len(sheet.cards):,}</b> variants</li>{items}</ul>'


def _count(outcome: str, count: int) -> str:
    kind = outcome if count else f"{outcome} none"
    return f'<li class="{kind}">{icon(outcome)}<b>{count:,}</b> {outcome}</li>'


def _bar(sheet: Sheet) -> str:
    parts, start, total = [], 0.0, max(1, len(sheet.cards))
    for outcome in OUTCOMES:
        width = 100 * sheet.count(outcome) / total
        parts.append(f'<rect class="{outcome}" x="{start:.3f}" width="{width:.3f}" height="1"/>')
        start += width
    return f'<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'


def downloads(manifest: Manifest) -> str:
    """Links to the files that lie beside the page."""
    rest = (("manifest.json", "Manifest"), ("brief.yaml", "Brief"))
    links = "".join(f'<a class="button" href="./{path}" download>{word}</a>' for path, word in rest)
    if (found := manifest.sprite) is not None:
        told = f"{found.gzip_bytes / 1000:,.0f} kB gzipped, as single files {found.single_gzip_bytes / 1000:,.0f} kB"
        links += f'<a class="button" href="{escape(href(found.path))}" title="{told}" download>Sprite</a>'
    whole = f'<a class="button main" href="{escape(href(manifest.brief + ".zip"))}" download>'
    return f"{whole}{icon('download')}Download all</a>{links}"


def statements(manifest: Manifest) -> str:
    """What the brief declares, and what the plan warned of."""
    warned = _statement("Warnings", manifest.warnings, "", kind="warnings") if manifest.warnings else ""
    return (
        _statement("Data used", manifest.data_used, "None. No data about people chooses a variant.")
        + _statement("Biases considered", manifest.biases, "None were named.")
        + warned
    )


def _statement(title: str, items: tuple[str, ...], none: str, *, kind: str = "") -> str:
    body = f"<ul>{_each('li', items)}</ul>" if items else f'<p class="none">{none}</p>'
    return f'<section class="statement {kind}"><h2>{title}</h2>{body}</section>'


def _each(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def master_figure(sheet: Sheet) -> str:
    """The master, large."""
    master = sheet.master
    picture = f'<img src="{escape(master.href)}" width="{master.width}" height="{master.height}" alt="The master">'
    size = f"{master.width} × {master.height} px"
    return f'<a class="ground" href="#master">{picture}</a><figcaption>Master <span>{size}</span></figcaption>'


# ── the toolbar ──────────────────────────────────────────────────────────────────────────────────────────


def outcome_choices(sheet: Sheet) -> str:
    """Buttons that show one outcome only; the first shows all."""
    rest = "".join(
        f'<button type="button" data-outcome="{outcome}" aria-pressed="false">'
        f"{_WORDS[outcome]} <span>{sheet.count(outcome):,}</span></button>"
        for outcome in OUTCOMES
    )
    first = f'<button type="button" data-outcome="" aria-pressed="true">All <span>{len(sheet.cards):,}</span></button>'
    return first + rest


def axis_choices(sheet: Sheet) -> str:
    """A list for each axis, where a batch has several that differ."""
    axes = sheet.axes()
    return "".join(_axis(axis, values) for axis, values in axes.items()) if len(axes) > 1 else ""


def likeness_choices(sheet: Sheet) -> str:
    """A list that shows only those that are not alike enough, where a pack has been judged."""
    if not sheet.judged:
        return ""
    unlike, odd = sum(card.unlike for card in sheet.cards), sum(card.odd for card in sheet.cards)
    return (
        '<label class="field"><span>Likeness</span><select id="likeness"><option value="">Any</option>'
        f'<option value="unlike">Not alike ({unlike:,})</option>'
        f'<option value="odd">Outliers ({odd:,})</option></select></label>'
    )


def likeness_orders(sheet: Sheet) -> str:
    """The order by likeness, where a pack has been judged."""
    return '<option value="alike">Least alike first</option>' if sheet.judged else ""


def _axis(axis: str, values: dict[str, str]) -> str:
    options = "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in values.items())
    word = escape(axis.replace("-", " ").capitalize())
    return (
        f'<label class="field"><span>{word}</span><select data-axis="{escape(axis)}">'
        f'<option value="">Any</option>{options}</select></label>'
    )


# ── the cards ────────────────────────────────────────────────────────────────────────────────────────────


def cards(sheet: Sheet) -> str:
    """The master's card, then each variant's in the order of the plan."""
    return _master_card(sheet) + "".join(_card(card, place) for place, card in enumerate(sheet.cards))


def _master_card(sheet: Sheet) -> str:
    master = sheet.master
    image = _image(sheet.master_thumbnail, master.width, master.height)
    size = f"{master.width} × {master.height} px"
    return (
        f'<li class="cell" data-master><a class="card" href="#master"><span class="tile ground">{image}</span>'
        f'<span class="label">Master</span><span class="facts">{icon("master")}<span>{size}</span></span></a></li>'
    )


def _card(card: Card, place: int) -> str:
    image = (
        _image(card.thumbnail, card.width, card.height) if card.thumbnail else '<span class="empty">No picture</span>'
    )
    code = f"<code>{escape(card.code)}</code>" if card.code else ""
    link = f"#variant={quote(card.name, safe='')}"
    return (
        f'<li class="cell" data-place="{place}"><a class="card {card.outcome}" href="{link}">'
        f'<span class="tile ground">{image}</span><span class="label">{escape(card.label)} {code}</span>'
        f'<span class="facts">{badge(card.outcome)}{_outlier(card)}{_key_scores(card)}</span></a></li>\n'
    )


def _outlier(card: Card) -> str:
    return f'<span class="badge odd">{icon("odd")}Outlier</span>' if card.odd else ""


def _image(path: str, width: int, height: int) -> str:
    return f'<img src="{escape(path)}" width="{width}" height="{height}" alt="" loading="lazy" decoding="async">'


def _key_scores(card: Card) -> str:
    """The numbers that matter most; of a variant without artwork that could be measured, what was done to it."""
    if card.scores is None:
        return ""
    scores = [card.done] if card.scores.delta_e is None and card.done else []
    if card.scores.delta_e is not None:
        scores.append(f"ΔE {card.scores.delta_e:.2f}")
    if card.scores.geometry is not None:
        scores.append(f"{card.scores.geometry:.1f} px off")
    if (master := card.scores.learned.get("master")) is not None and master.share is not None:
        scores.append(f"{master.share:.0%} alike")
    if card.scores.svg_ssim is not None:
        scores.append(f"SSIM {card.scores.svg_ssim:.3f}")
    return f'<span class="scores">{_each("span", scores)}</span>'
