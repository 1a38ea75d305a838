from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import BriefError
from pipelines.home import ROOT
from pipelines.prompts import PromptBook, Template, compose, render

VALUES = {"region": "Ontario, Canada", "season": "winter"}
TEMPLATES = sorted(file.stem for file in (ROOT / "prompts" / "templates").glob("*.toml"))
HOSTILE = ["{0.__class__}", "{region.__class__}", "{region[0]}", "{region!r}", "{region:>99}", "{}", "{0}", "{Region}"]


class Spy(str):
    """A value that tells when somebody asks it for more than its text."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        raise AssertionError(f"formatted with {spec!r}")

    def __repr__(self) -> str:
        raise AssertionError("shown by repr")


def book(folder: Path, **files: str) -> PromptBook:
    """A project with these prompt files; `avoid` is the list for all of them."""
    templates = folder / "prompts" / "templates"
    templates.mkdir(parents=True)
    (folder / "prompts" / "avoid.toml").write_text(files.pop("avoid", 'avoid = ["logo"]'))
    for name, text in files.items():
        (templates / f"{name}.toml").write_text(text)
    return PromptBook.load(folder)


def attempt(text: str, value: str) -> str | BriefError:
    try:
        return render(text, {"region": value})
    except BriefError as error:
        return error


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_of_the_project_is_filled_in(name: str) -> None:
    template = PromptBook.load(ROOT).template(name)
    assert fields(template.text) <= set(VALUES)
    prompt = compose(template, VALUES, style_words=["flat colours"], avoid=["blur"])
    assert all(VALUES[field] in prompt.text for field in fields(template.text))
    assert prompt.text.endswith(", flat colours")
    assert "{" not in prompt.text
    assert "  " not in prompt.text
    words = prompt.negative.split(", ")
    assert words[-1] == "blur"
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_says_what_it_is_for_and_which_axes_it_needs(name: str) -> None:
    text = (ROOT / "prompts" / "templates" / f"{name}.toml").read_text("utf-8")
    needs = text.partition("\n")[0].partition("needs the ax")[2]
    assert all(field in needs for field in fields(PromptBook.load(ROOT).template(name).text))


def test_an_unknown_template_suggests_a_near_one() -> None:
    with pytest.raises(BriefError, match=r"holding-flg.*did you mean holding-flag\?"):
        PromptBook.load(ROOT).template("holding-flg")


def test_a_template_that_is_like_none_is_told_which_there_are() -> None:
    with pytest.raises(BriefError, match=f"templates are: {', '.join(TEMPLATES)}"):
        PromptBook.load(ROOT).template("xyzzy")


def test_an_unknown_field_suggests_a_near_one() -> None:
    with pytest.raises(BriefError, match=r"\{regoin\}.*did you mean \{region\}\?"):
        render("a dog in {regoin}", VALUES)


def test_a_field_that_is_like_none_is_told_which_there_are() -> None:
    with pytest.raises(BriefError, match="fields are: region, season"):
        render("a dog of {colour}", VALUES)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_field_is_a_name_and_nothing_more(text: str) -> None:
    with pytest.raises(BriefError, match="unknown field"):
        render(f"a dog {text}", {"region": Spy("Ontario")})


@pytest.mark.parametrize("text", ["a {", "a }", "{region", "region}", "{region!}", "{{region}", "{region!rx}"])
def test_a_brace_without_a_partner_is_a_clear_error(text: str) -> None:
    with pytest.raises(BriefError, match="no partner"):
        render(text, VALUES)


def test_doubled_braces_are_braces() -> None:
    assert render("{{region}} is {region}", VALUES) == "{region} is Ontario, Canada"


@pytest.mark.parametrize("value", [*HOSTILE, "{season}", "%(season)s", "$season", "{{", "}", "{a!r}", "\\{"])
def test_a_value_is_text_and_never_looked_into(value: str) -> None:
    assert render("a dog in {region}", {"region": value, "season": "winter"}) == f"a dog in {value}"


@given(st.lists(st.text(max_size=5) | st.sampled_from(["{", "}", "{{", "{region}"])).map("".join), st.text(max_size=9))
def test_any_prompt_is_filled_in_or_refused_in_words(text: str, value: str) -> None:
    filled = attempt(text, value)
    if isinstance(filled, BriefError):
        assert filled.fix
    else:
        assert filled == " ".join(text.split()).format(region=value)


def test_a_prompt_joins_the_template_with_the_words_of_the_styles() -> None:
    template = Template("a dog in {season}", ("logo", "text"))
    prompt = compose(template, VALUES, style_words=["ink", "flat"], avoid=["text", "blur", "logo", "blur"])
    assert prompt.text == "a dog in winter, ink, flat"
    assert prompt.negative == "logo, text, blur"


def test_words_to_avoid_everywhere_come_after_the_templates_own_and_each_once(tmp_path: Path) -> None:
    prompts = book(tmp_path, avoid='avoid = ["logo", "frame"]', dog='text = "a dog"\navoid = ["cat", "logo"]')
    assert prompts.template("dog").avoid == ("cat", "logo", "frame")


def test_a_template_is_one_line_however_it_is_written(tmp_path: Path) -> None:
    prompts = book(tmp_path, dog='text = """\n  a dog\n  in   {season}\n"""')
    assert prompts.template("dog").text == "a dog in {season}"


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"dog": 'words = "a dog"'}, "no text.*dog.toml"),
        ({"dog": 'text = "  "'}, "no text"),
        ({"dog": "text = 7"}, "no text"),
        ({"dog": "text = "}, "cannot be read.*dog.toml"),
        ({"dog": 'text = "a dog"\navoid = "cat"'}, "avoid is no list of texts.*cat"),
        ({"avoid": "avoid = [1]", "dog": 'text = "a dog"'}, "avoid is no list of texts"),
    ],
)
def test_a_prompt_file_with_a_mistake_is_refused_with_its_name(
    tmp_path: Path, files: dict[str, str], complaint: str
) -> None:
    with pytest.raises(BriefError, match=complaint):
        book(tmp_path, **files)


def test_a_project_without_prompts_says_which_file_it_wants(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match=r"avoid\.toml"):
        PromptBook.load(tmp_path)
