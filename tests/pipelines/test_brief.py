"""The brief: every mistake at once, each at its line and column, with what to do about it."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipelines.artwork import Artwork
from pipelines.brief import Shelf, Style, parse_brief, read_brief, schema
from pipelines.brief.combine import Combinations, TangledError, matches, slug, variant_name
from pipelines.brief.shelf import Folder, load_styles
from pipelines.errors import ArtworkError, BriefError, Mistake, RegionError, SourceError
from pipelines.model import Brief
from pipelines.prompts import Template
from pipelines.regions import Region
from pipelines.sources import SourceFile

MASTER = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">
<g id="flag-art" data-atelier-grid="10,10 60,10; 10,40 60,40"><rect x="10" y="10" width="50" height="30"/></g>
<g id="folded" data-atelier-grid="10,10 60,10; 10,40"><rect x="10" y="10" width="50" height="30"/></g>
</svg>"""
FLAG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><rect width="3" height="2"/></svg>'
NAMES = {"CA-BC": "British Columbia", "CA-ON": "Ontario", "US-WA": "Washington", "NO": "Norway", "FR": "France"}

GOOD = """\
brief: 1
name: mascot-flags
why: People learn more from a mascot that is theirs.
data_used: [region]
biases: [contested flags]
master: {file: mascot.svg, size: 64}
slots:
  flag:
    layer: flag-art
axes:
  region:
    values: [CA-ON, NO]
edits:
  region:
    - edit: place
      slot: flag
prompt: the mascot holding {region}
"""


@dataclass
class Regions:
    """Five places and two sets."""

    def get(self, code: str) -> Region:
        if code not in NAMES:
            raise RegionError("no such region", got=code, fix="near ones are: CA-ON")
        name = NAMES[code]
        return Region(code=code, name=name, phrase=f"the flag of {name}", country=code[:2], kind="country")

    def set(self, name: str) -> tuple[str, ...]:
        if name != "canada":
            raise RegionError("no such set", got=name, fix="sets are: canada")
        return ("CA-BC", "CA-ON")


@dataclass
class Artworks:
    """A flag for each place but France."""

    missing: tuple[str, ...] = ("FR",)

    def has(self, code: str) -> bool:
        return code in NAMES and code not in self.missing

    def load(self, code: str) -> Artwork:
        if not self.has(code):
            raise ArtworkError("no artwork", got=code, fix="run make artwork")
        svg = FLAG.replace(b"/></svg>", f"><title>{code}</title></rect></svg>".encode())
        digest = hashlib.sha256(svg).hexdigest()
        return Artwork(code=code, svg=svg, sha256=digest, ratio=1.5, source="drawn here", licence="CC0-1.0")


@dataclass
class Prompts:
    def template(self, name: str) -> Template:
        if name != "holding-flag":
            raise BriefError("no such prompt template", got=name, fix="templates are: holding-flag")
        return Template(text="the mascot holding {region}")


@dataclass
class Files:
    """The folder of a brief."""

    files: dict[str, bytes] = field(default_factory=lambda: {"mascot.svg": MASTER})

    def picture(self, name: str) -> SourceFile:
        data = self.text(name)
        kind: Literal["svg", "raster"] = "svg" if data.startswith(b"<") else "raster"
        return SourceFile(kind=kind, data=data, sha256=hashlib.sha256(data).hexdigest(), name=name, notes=())

    def text(self, name: str) -> bytes:
        if name not in self.files:
            raise SourceError("there is no such file beside the brief", got=name, fix="put it there")
        return self.files[name]


def shelf(**files: bytes) -> Shelf:
    folder = Files({"mascot.svg": MASTER, **{name.replace("__", "."): data for name, data in files.items()}})
    styles = {"ink-flat": Style(words=("flat ink",), avoid=("gradients",))}
    return Shelf(folder.picture, folder.text, Regions(), Artworks(), Prompts(), styles)


def png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height), 255).save(buffer, "PNG")
    return buffer.getvalue()


def with_line(old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    return text.replace(old, new)


def mistakes(text: str | bytes, on: Shelf | None = None) -> tuple[Mistake, ...]:
    with pytest.raises(BriefError) as caught:
        read_brief(text, on or shelf())
    return caught.value.mistakes


def only_mistake(text: str | bytes, on: Shelf | None = None) -> Mistake:
    found = mistakes(text, on)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def position(text: str, word: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sound_brief_is_read_without_warnings() -> None:
    checked = read_brief(GOOD, shelf())
    assert checked.brief.name == "mascot-flags"
    assert checked.warnings == ()


def test_norway_stays_a_text() -> None:
    axis = parse_brief(GOOD).axes["region"]
    assert axis.values == ("CA-ON", "NO")


def test_a_brief_saved_with_a_byte_order_mark_is_read() -> None:
    assert read_brief(b"\xef\xbb\xbf" + GOOD.encode(), shelf()).brief == parse_brief(GOOD)


def test_json_is_yaml_too() -> None:
    brief = parse_brief(GOOD)
    assert parse_brief(brief.model_dump_json(exclude_unset=True)) == brief


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a:\n\tb: 1\n", 2, 1, "tab"),
        ("a: 1\nb: 'open\n", 2, 4, "quotation mark"),
        ("a: [1, 2\nb: 3\n", 2, 2, "bracket"),
        ("a: {region} holding\n", 1, 13, "bracket"),
        ("a: see: this\n", 1, 7, "colon"),
        ("a: @home\n", 1, 4, "cannot begin"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "indentation"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
        ("a: b\x01c\n", 1, 5, "control character"),
        ("- a\n- b\n", 1, 1, "mapping"),
        ("just words", 1, 1, "mapping"),
        ("", 1, 1, "nothing"),
        ("? [a]\n: 1\n", 1, 3, "plain word"),
        ("[" * 50_000, 1, 14, "deep"),
    ],
)
def test_what_is_no_yaml_mapping_is_told_with_its_place(text: str, line: int, column: int, words: str) -> None:
    found = only_mistake(text)
    assert (found.line, found.column) == (line, column)
    assert words in found.problem


def test_bytes_that_are_no_utf8_are_told_with_their_place() -> None:
    found = only_mistake(b"brief: 1\nname: caf\xe9\n")
    assert (found.line, found.column, found.fix) == (2, 10, "save the file as UTF-8")


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(BriefError, match="too large"):
        read_brief("#" * (1 << 20) + "\n", shelf())


def test_a_key_written_twice_names_its_first_line() -> None:
    text = GOOD + "why: again\n"
    found = only_mistake(text)
    assert (found.line, found.column) == position(text, "why: again")
    assert found.problem == "this key is already in line 3"


def test_the_other_mistakes_are_told_beside_a_key_written_twice() -> None:
    text = with_line("edit: place", "edit: glue") + "why: {nested: [1, 2]}\n"
    assert [m.where for m in mistakes(text)] == ["edits.region[0].edit", "why"]


@pytest.mark.parametrize("value", ["&name [region]", "*name", "!!python/object:os.system [region]", "!thing x"])
def test_anchors_aliases_and_tags_are_refused(value: str) -> None:
    text = with_line("data_used: [region]", f"data_used: {value}")
    assert only_mistake(text).where == "data_used"


def test_a_bomb_of_anchors_does_not_go_off() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    started = time.perf_counter()
    assert mistakes(GOOD + bomb)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "1e999", "9" * 5000])
def test_numbers_that_are_none_are_refused(value: str) -> None:
    found = only_mistake(GOOD + f"gates:\n  delta_e: {value}\n")
    assert (found.line, found.where) == (19, "gates.delta_e")


# ── the form ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_mistake_is_told_at_once_in_the_order_of_lines() -> None:
    text = GOOD
    for old, new in (
        ("name: mascot-flags", "name: Mascot Flags"),
        ("size: 64", "size: big"),
        ("layer: flag-art", "layr: flag-art"),
        ("[CA-ON, NO]", "[CA-ON, XX]"),
        ("slot: flag", "slot: flagg"),
        ("{region}", "{regoin}"),
    ):
        text = with_line(old, new, text)
    found = mistakes(text)
    wheres = ["name", "master.size", "slots.flag.layr", "axes.region.values[1]", "edits.region[0].slot", "prompt"]
    assert [m.where for m in found] == wheres
    assert [m.line for m in found] == sorted(m.line for m in found)


@pytest.mark.parametrize(
    ("old", "new", "where", "word", "hint"),
    [
        ("why:", "wy:", "wy", "wy", 'did you mean "why"?'),
        ("layer:", "layers:", "slots.flag.layers", "layers", 'mean "layer"?'),
        (
            "edit: place\n      slot",
            "edit: place\n      slott",
            "edits.region[0].slott",
            "slott",
            'did you mean "slot"?',
        ),
        ("size: 64", "size: 8", "master.size", "8}", "write 16 or more"),
        ("size: 64", 'size: "64"', "master.size", '"64"', "without quotes"),
        ("size: 64", "size: 64.5", "master.size", "64.5", "without decimals"),
        ("why: People learn more from a mascot that is theirs.", "why:", "why", None, "write it"),
        ("[contested flags]", "contested flags", "biases", "contested", "write [contested flags]"),
        ("[CA-ON, NO]", "[CA-ON, 404]", "axes.region.values[1]", "404", 'write "404", in quotes'),
        ("edit: place", "edit: plaice", "edits.region[0].edit", "plaice", 'did you mean "place"?'),
        ("layer: flag-art", "layer: flag-art\n    ground: #ff0000", "slots.flag.ground", None, "in quotes"),
        ("layer: flag-art", 'layer: flag-art\n    ground: "#f00"', "slots.flag.ground", '"#f00"', "six hexadecimal"),
        ("brief: 1", "brief: 2", "brief", "2", "write brief: 1"),
        ("  flag:", "  Flag!:", "slots.Flag!", "Flag!", "lower-case"),
    ],
)
def test_a_wrong_form_is_told_where_it_stands_and_how_to_mend_it(
    old: str, new: str, where: str, word: str | None, hint: str
) -> None:
    text = with_line(old, new)
    found = {m.where: m for m in mistakes(text)}
    assert where in found, found
    assert hint in found[where].fix
    if word is not None:
        assert (found[where].line, found[where].column) == position(text, word)


def test_a_missing_key_says_what_it_is_for() -> None:
    found = only_mistake(with_line("prompt: the mascot holding {region}\n", ""))
    assert found.where == "prompt"
    assert "template" in found.fix


def test_no_message_speaks_pydantic() -> None:
    text = with_line("size: 64", "size: []").replace("slots:", "slots: 3\nslotz:").replace("brief: 1", "brief: one")
    for found in mistakes(text):
        assert "Input should" not in str(found)
        assert "validation" not in str(found)


def test_very_many_mistakes_are_counted_and_the_first_are_listed() -> None:
    with pytest.raises(BriefError, match="500 mistakes; the first 100") as caught:
        read_brief(GOOD + "".join(f"key{i}: 1\n" for i in range(500)), shelf())
    assert len(caught.value.mistakes) == 100


def test_the_schema_tells_editors_every_key_with_words() -> None:
    found = schema()
    assert found["$schema"].endswith("2020-12/schema")
    assert found["title"] == "Atelier brief"
    assert set(found["properties"]) == set(Brief.model_fields)
    for record in found["$defs"].values():
        assert record["additionalProperties"] is False
        assert record["description"]
    json.dumps(found)


# ── the meaning ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("mascot.svg", "mascott.svg", "master.file", "no such file"),
        ("[CA-ON, NO]", "[CA-ON, CA-OM]", "axes.region.values[1]", "no such region"),
        ("[CA-ON, NO]", "[CA-ON, CA-ON]", "axes.region.values[1]", "twice"),
        ("[CA-ON, NO]", "[CA-ON, CA_ON]", "axes.region.values[1]", "same file name"),
        ("[CA-ON, NO]", "[]", "axes.region", "no values"),
        ("values: [CA-ON, NO]", "set: kanada", "axes.region.set", "no such set"),
        ("[CA-ON, NO]", "[CA-ON, FR]", "edits.region[0]", "1 region has no artwork: FR"),
        ("layer: flag-art", "layer: flag-arts", "slots.flag.layer", "no layer"),
        ("layer: flag-art", "layer: folded", "slots.flag.layer", "uneven rows"),
        ("layer: flag-art", 'ground: "#ffffff"', "slots.flag", "nothing says where"),
        ("layer: flag-art", "layer: flag-art\n    mask: m.png", "slots.flag", "layer, mask all say"),
        ("layer: flag-art", "mask: m.png", "slots.flag.mask", "no such file"),
        ("layer: flag-art", "polygon: [[0, 0], [9, 9]]", "slots.flag.polygon", "2 points"),
        ("layer: flag-art", "polygon: [[0, 0], [9, 9], [9, 0], [0, 9]]", "slots.flag.polygon", "cross"),
        ("layer: flag-art", "polygon: [[0, 0], [4, 4], [9, 9]]", "slots.flag.polygon", "no area"),
        ("layer: flag-art", "polygon: [[0, 0], [0, 9], [9, 9], [9, 0]]", "slots.flag.polygon", "anticlockwise"),
        ("layer: flag-art", "polygon: [[900, 0], [990, 0], [990, 9]]", "slots.flag.polygon", "outside"),
        ("layer: flag-art", "grid: [[[0, 0], [9, 0]]]", "slots.flag.grid", "too small"),
        ("layer: flag-art", "grid: [[[0, 0], [9, 0]], [[0, 9]]]", "slots.flag.grid", "rows of 2, 1 points"),
        ("layer: flag-art", "grid: [[[9, 0], [0, 0]], [[9, 9], [0, 9]]]", "slots.flag.grid", "folds over"),
        ("layer: flag-art", "layer: flag-art\n    current: ZZ", "slots.flag.current", "no such region"),
        ("slot: flag", "slot: flog", "edits.region[0].slot", "no slot"),
        (
            "slot: flag",
            "slot: flag\n    - {edit: place, slot: flag}",
            "edits.region[1].slot",
            "region places into flag",
        ),
        (
            "slot: flag",
            "slot: flag\n      artwork: '{season}.svg'",
            "edits.region[0].artwork",
            "unknown field {season}",
        ),
        ("slot: flag", "slot: flag\n      artwork: '{region}.svg'", "edits.region[0].artwork", "no such file"),
        ("slot: flag", "slot: flag\n      artwork: '{region!r}.svg'", "edits.region[0].artwork", "no field"),
        ("the mascot holding {region}", "the mascot holding {season}", "prompt", "unknown field {season}"),
        ("the mascot holding {region}", "the mascot holding {region", "prompt", "no partner"),
        ("the mascot holding {region}", "holding-flags", "prompt", "no such prompt template"),
        ("prompt:", "styles: [ink]\nprompt:", "styles[0]", "no style"),
        ("prompt:", "styles: [ink-flat, ink-flat]\nprompt:", "styles[1]", "2 times"),
        ("prompt:", "limit: 1\nprompt:", "axes", "2 variants are more than the limit of 1"),
        ("prompt:", "limit: 1000000\nprompt:", "limit", "more than one brief"),
        ("prompt:", "exclude: [{}]\nprompt:", "exclude[0]", "leaves everything out"),
        ("prompt:", "exclude: [{season: winter}]\nprompt:", "exclude[0].season", "no axis"),
        ("prompt:", "exclude: [{region: CA-NO}]\nprompt:", "exclude[0].region", "no value"),
        ("prompt:", "exclude: [{region: NO}, {region: CA-ON}]\nprompt:", "exclude", "everything is excluded"),
        ("prompt:", "deliver: {sizes: [9]}\nprompt:", "deliver.sizes[0]", "9 pixels"),
        ("prompt:", "deliver: {sizes: [32, 32]}\nprompt:", "deliver.sizes[1]", "2 times"),
        ("prompt:", "deliver: {formats: [png, png]}\nprompt:", "deliver.formats[1]", "2 times"),
        ("size: 64", "size: 30", "master.size", "30 x 15"),
        ("why: People learn more from a mascot that is theirs.", 'why: " "', "why", "nothing says why"),
    ],
)
def test_a_brief_that_cannot_be_meant_is_told_where_and_why(old: str, new: str, where: str, words: str) -> None:
    text = with_line(old, new)
    found = {m.where: m for m in mistakes(text)}
    assert where in found, found
    assert words in found[where].problem
    assert found[where].line > 1


def test_an_axis_that_no_edit_uses_would_make_identical_variants() -> None:
    text = with_line("edits:", "  season:\n    values: [winter, summer]\nedits:")
    found = only_mistake(text)
    assert (found.line, found.column) == position(text, "season")
    assert "identical" in found.problem


def test_an_axis_used_in_the_name_of_artwork_is_used() -> None:
    text = with_line("edits:", "  season:\n    values: [winter]\nedits:")
    text = with_line("slot: flag", 'slot: flag\n      artwork: "{region}-{season}.svg"', text)
    on = shelf(**{"CA-ON-winter__svg": FLAG, "NO-winter__svg": FLAG})
    assert read_brief(text, on).brief.axes.keys() == {"region", "season"}


def test_two_axes_that_place_into_one_slot_collide() -> None:
    text = with_line("edits:", "  season:\n    values: [winter]\nedits:")
    text = with_line("prompt:", "  season:\n    - {edit: place, slot: flag, artwork: '{season}.svg'}\nprompt:", text)
    found = only_mistake(text, shelf(winter__svg=FLAG))
    assert found.where == "edits.season[0].slot"
    assert "region places into flag too" in found.problem


def test_another_axis_than_region_needs_artwork_files() -> None:
    text = GOOD.replace("region:", "mood:").replace("[CA-ON, NO]", "[calm]").replace("{region}", "{mood}")
    assert 'artwork: "mood/{mood}.svg"' in only_mistake(text).fix


def test_a_missing_artwork_file_is_told_for_each_value() -> None:
    text = with_line("slot: flag", 'slot: flag\n      artwork: "logos/{region}.svg"')
    assert [m.problem.split()[-1] for m in mistakes(text)] == ["'logos/CA-ON.svg'", "'logos/NO.svg'"]


def test_sets_are_for_regions_alone() -> None:
    text = with_line("edits:", "  mood:\n    set: canada\nedits:")
    assert any("only the axis region has sets" in m.problem for m in mistakes(text))


def test_axes_side_by_side_are_equally_long() -> None:
    text = with_line("edits:", "  season:\n    values: [winter]\ncombine: zip\nedits:")
    assert any("region has 2, season has 1" in m.problem for m in mistakes(text))


def test_a_mask_has_the_shape_of_the_master() -> None:
    text = with_line("layer: flag-art", "mask: m.png")
    assert "not the master's shape" in only_mistake(text, shelf(m__png=png(50, 50))).problem
    assert read_brief(text, shelf(m__png=png(100, 50))).warnings == ()


def test_layers_are_for_drawings_alone() -> None:
    text = with_line("mascot.svg", "mascot.png")
    assert "a pixel master has no layers" in only_mistake(text, shelf(mascot__png=png(200, 100))).problem


def test_what_is_doubtful_is_a_warning_with_its_line() -> None:
    text = with_line("[contested flags]", "[]")
    text = with_line("prompt:", "deliver: {sizes: [4096]}\nprompt:", text)
    text = with_line("layer: flag-art", "layer: flag-art\n  hat:\n    polygon: [[0, 0], [9, 0], [9, 9]]", text)
    warnings = read_brief(text, shelf()).warnings
    assert [w.where for w in warnings] == ["biases", "slots.hat", "deliver.sizes[0]"]
    assert [w.line for w in warnings] == [5, 10, 19]


def test_a_broken_slot_is_not_called_unknown() -> None:
    text = with_line("layer: flag-art", "layer: [flag-art]")
    assert only_mistake(text).where == "slots.flag.layer"


# ── counting ─────────────────────────────────────────────────────────────────────────────────────────────


def crossed(sizes: list[int]) -> str:
    axes = "".join(
        f"  a{i}:\n    values: [{', '.join(f'v{n}' for n in range(size))}]\n" for i, size in enumerate(sizes)
    )
    edits = "".join(f"  a{i}:\n    - {{edit: place, slot: s{i}, artwork: x.svg}}\n" for i in range(len(sizes)))
    slots = "".join(f"  s{i}: {{polygon: [[0, 0], [9, 0], [9, 9]]}}\n" for i in range(len(sizes)))
    head = GOOD[: GOOD.index("slots:")]
    return f"{head}slots:\n{slots}axes:\n{axes}edits:\n{edits}prompt: a text\n"


def test_ten_million_combinations_are_answered_at_once() -> None:
    started = time.perf_counter()
    found = only_mistake(crossed([10] * 7), shelf(x__svg=FLAG))
    assert time.perf_counter() - started < 1
    assert found.problem == "10000000 variants are more than the limit of 10000"


def test_exclusions_are_counted_without_making_combinations() -> None:
    text = crossed([10] * 7) + "exclude:\n" + "".join(f"  - {{a0: v{n}}}\n" for n in range(9)) + "limit: 100000\n"
    started = time.perf_counter()
    found = only_mistake(text, shelf(x__svg=FLAG))
    assert time.perf_counter() - started < 1
    assert found.problem.startswith("1000000 variants")


def test_exclusions_too_tangled_to_count_are_refused_quickly() -> None:
    axes = {f"a{i}": ("x", "y") for i in range(40)}
    exclude = tuple({f"a{i}": "x", f"a{39 - i}": "y"} for i in range(20))
    started = time.perf_counter()
    with pytest.raises(TangledError):
        _ = Combinations(axes, exclude + tuple({f"a{i}": "y", f"a{i + 20}": "x"} for i in range(20))).count
    assert time.perf_counter() - started < 5


AXES = st.dictionaries(
    st.sampled_from("abcd"), st.lists(st.sampled_from("uvwxyz"), min_size=1, max_size=4, unique=True), min_size=1
)


@given(st.data(), AXES)
def test_the_count_is_the_number_of_combinations(data: st.DataObject, axes: dict[str, list[str]]) -> None:
    named = {axis: tuple(values) for axis, values in axes.items()}
    part = st.sampled_from([(axis, value) for axis, values in named.items() for value in values])
    exclude = tuple(map(dict, data.draw(st.lists(st.lists(part, min_size=1, max_size=3), max_size=5))))
    combinations = Combinations(named, exclude)
    every = [dict(zip(named, values, strict=True)) for values in product(*named.values())]
    left = [c for c in every if not any(matches(e, c) for e in exclude)]
    assert list(combinations) == left
    assert combinations.count == len(left)


def test_later_axes_vary_fastest() -> None:
    combinations = Combinations({"region": ("CA-ON", "NO"), "season": ("winter", "summer")})
    names = [variant_name(tuple(c.values())) for c in combinations]
    assert names == ["ca-on.winter", "ca-on.summer", "no.winter", "no.summer"]


@given(st.text(min_size=1, max_size=200))
@example("東京")
@example("..")
@example("É")
def test_a_slug_is_fit_for_any_file_system(value: str) -> None:
    assert set(slug(value)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(slug(value)) <= 48


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────

ROWS = with_line("axes:\n  region:\n    values: [CA-ON, NO]\n", "rows: rows.csv\n")


@pytest.mark.parametrize("table", ["region\nCA-ON\nNO\n", "\ufeffregion\r\nCA-ON\r\n\r\nNO\r\n", 'region\n"CA-ON"\nNO'])
def test_rows_of_a_spreadsheet_are_axes(table: str) -> None:
    assert read_brief(ROWS, shelf(rows__csv=table.encode())).warnings == ()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("region,\nCA-ON,x\n", "rows.csv line 1: column 2 has no name"),
        ("region,region\nCA-ON,NO\n", "rows.csv line 1: columns named twice: region"),
        ("Region\nCA-ON\n", 'rows.csv line 1: "Region" is no name'),
        ("region\nCA-ON\n\nXX\n", "rows.csv line 4: no such region"),
        ("region\nCA-ON\nNO\nCA-ON\n", "rows.csv line 4: the same row as line 2"),
        ("region\nCA-ON,NO\n", "rows.csv line 2: 2 cells under 1 columns"),
        ('region,mood\n"CA-ON",""\n', 'rows.csv line 2: the cell of "mood" is empty'),
        ('region\n"CA-ON\n', "no CSV"),
        ("region\n", "has no rows"),
        ("", "has no rows"),
    ],
)
def test_a_mistake_in_the_rows_names_the_line_of_the_csv(table: str, words: str) -> None:
    found = mistakes(ROWS, shelf(rows__csv=table.encode()))
    assert any(words in m.problem for m in found), found
    assert {m.line for m in found} <= {*range(10, 16)}


def test_rows_that_are_not_utf8_are_told() -> None:
    assert "line 2" in mistakes(ROWS, shelf(rows__csv=b"region\ncaf\xe9\n"))[0].problem


def test_a_column_that_an_edit_needs_is_missed() -> None:
    found = mistakes(ROWS, shelf(rows__csv=b"country\nNO\n"))
    assert any(m.where == "edits.region" and "no axis" in m.problem for m in found)


def test_rows_replace_axes() -> None:
    text = with_line("axes:", "rows: rows.csv\naxes:")
    assert only_mistake(text, shelf(rows__csv=b"region\nNO\n")).problem.startswith("rows replaces axes")


def test_an_exclusion_that_leaves_nothing_out_is_a_warning() -> None:
    text = ROWS + "exclude: [{region: NO, mood: calm}]\n"
    text = with_line("slot: flag", "slot: flag\n      artwork: '{region}-{mood}.svg'", text)
    on = shelf(rows__csv=b"region,mood\nNO,wild\nCA-ON,calm\n", **{"NO-wild__svg": FLAG, "CA-ON-calm__svg": FLAG})
    assert [w.problem for w in read_brief(text, on).warnings] == ["this leaves nothing out"]


# ── junk ─────────────────────────────────────────────────────────────────────────────────────────────────

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["region", "flag", "place", "flag-art", "CA-ON", "mascot.svg", "{region}", "#ffffff", "canada", "rows.csv"]
    )
)
KEYS = st.sampled_from(
    [*Brief.model_fields, "file", "size", "layer", "polygon", "grid", "region", "edit", "slot", "set"]
)
JUNK = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), part, max_size=5)
)


def raises_nothing_else(read: Callable[[], object]) -> None:
    with suppress(BriefError):
        read()


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JUNK))
def test_any_mapping_of_junk_raises_nothing_but_a_brief_error(junk: object) -> None:
    raises_nothing_else(lambda: read_brief(json.dumps(junk), shelf(rows__csv=b"region\nNO\n")))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(Brief.model_fields)), JUNK)
def test_a_good_brief_with_one_part_of_junk_raises_nothing_but_a_brief_error(key: str, junk: object) -> None:
    data = {**parse_brief(GOOD).model_dump(mode="json", exclude_unset=True), key: junk}
    raises_nothing_else(lambda: read_brief(json.dumps(data), shelf(rows__csv=b"region\nNO\n")))


@settings(max_examples=300, deadline=None)
@given(st.text() | st.binary() | st.text(alphabet="abc:-[]{}#&*!|>'\"%@`?, \n\t"))
@example("%YAML 1.1\n---\na: NO")
@example("a: !<x> 1")
@example('"\\ud800": 1')
@example('{"": 1}')
@example("a: |9\n x")
def test_any_text_at_all_raises_nothing_but_a_brief_error(text: str) -> None:
    raises_nothing_else(lambda: read_brief(text, shelf()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["wy", "namme", "zz", "stylez"]), unique=True, min_size=1), st.data())
def test_a_mistake_carries_its_line_and_column(keys: list[str], data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    for key in keys:
        tops = [i for i, line in enumerate(lines) if line[0] not in " #"]
        lines[(at := data.draw(st.sampled_from(tops))) : at] = ["# a comment"] * data.draw(st.integers(0, 3)) + [
            f"{key}: 1"
        ]
    expected = sorted(lines.index(f"{key}: 1") + 1 for key in keys)
    assert [(m.line, m.column) for m in mistakes("\n".join(lines))] == [(line, 1) for line in expected]


# ── the shelf ────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_outside_the_folder_of_the_brief_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_bytes(FLAG)
    inside = tmp_path / "brief"
    inside.mkdir()
    (inside / "link.svg").symlink_to(tmp_path / "secret.svg")
    for name in ("../secret.svg", str(tmp_path / "secret.svg"), "link.svg", "", "a\0b"):
        with pytest.raises(SourceError):
            Folder(inside).picture(name)


def test_a_misspelt_file_is_told_the_near_one(tmp_path: Path) -> None:
    (tmp_path / "mascot.svg").write_bytes(FLAG)
    with pytest.raises(SourceError, match=r"mascot\.svg"):
        Folder(tmp_path).picture("mascott.svg")


def test_styles_are_folders_with_words(tmp_path: Path) -> None:
    (tmp_path / "ink").mkdir()
    (tmp_path / "ink" / "style.toml").write_text('words = ["flat ink"]\navoid = ["blur"]\n')
    assert load_styles(tmp_path) == {"ink": Style(("flat ink",), ("blur",))}
    (tmp_path / "ink" / "style.toml").write_text("words = 3\n")
    with pytest.raises(BriefError, match="no list of texts"):
        load_styles(tmp_path)
