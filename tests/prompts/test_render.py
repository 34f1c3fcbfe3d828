from __future__ import annotations

import hashlib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rsi_cli.errors import BugError, InputError
from rsi_cli.prompts.render import render, render_user_text

TEMPLATES = sorted(
    file.name.removesuffix(".md.j2")
    for file in resources.files("rsi_cli.prompts").iterdir()
    if file.name.endswith(".md.j2")
)


JUDGE = {"task": "t", "reference": "", "rubric": "r", "answer": "a", "cutoff": "0.5"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_begins_with_a_comment_that_says_what_it_is_for(name: str) -> None:
    source = resources.files("rsi_cli.prompts").joinpath(f"{name}.md.j2").read_text(encoding="utf-8")
    head = source.split("#}", maxsplit=1)[0].lower()
    assert head.startswith("{#")
    assert all(word in head for word in ("purpose", "variables", "reply"))


def test_the_mark_changes_with_the_source() -> None:
    source = resources.files("rsi_cli.prompts").joinpath("judge.md.j2").read_bytes()
    rendered = render("judge", **JUDGE)
    assert rendered.template == f"judge@{hashlib.sha256(source).hexdigest()[:12]}"


def test_the_comment_head_is_not_sent() -> None:
    assert not render("judge", **JUDGE).text.startswith(("\n", "{#"))


def test_a_missing_variable_is_our_bug() -> None:
    with pytest.raises(BugError, match=r"judge\.md\.j2.*rubric"):
        render("judge", **{name: value for name, value in JUDGE.items() if name != "rubric"})


def test_a_missing_template_is_our_bug() -> None:
    with pytest.raises(BugError, match="no_such_template"):
        render("no_such_template")


@settings(deadline=None)
@given(st.text().filter(lambda text: "{" not in text))
def test_text_without_markup_comes_back_unchanged(text: str) -> None:
    assert render_user_text(text, {}) == text
    assert render_user_text("{{ x }}", {"x": text}) == text


def test_markup_inside_a_value_is_never_rendered() -> None:
    assert render_user_text("say {{ x }}", {"x": "{{ y }} <b>&"}) == "say {{ y }} <b>&"


def test_the_last_line_end_stays() -> None:
    assert render_user_text("{{ x }}\n", {"x": 1}) == "1\n"


def test_lists_and_maps_can_be_walked() -> None:
    text = "{% for c in cities %}{{ c.name }};{% endfor %}"
    assert render_user_text(text, {"cities": [{"name": "Oslo"}, {"name": "Riga"}]}) == "Oslo;Riga;"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("Hello {{ nam }}", "'nam' is undefined"),
        ("{{ unclosed", "no valid template"),
        ("{% if %}", "no valid template"),
        ("{{ name | no_such_filter }}", "no_such_filter"),
        ("{{ name.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ range(10000000) | list }}", "range"),
        ("{% include 'secrets' %}", "include"),
        ("{{ name + 1 }}", "concatenate"),
    ],
)
def test_what_a_user_got_wrong_is_said_with_a_next_step(template: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        render_user_text(template, {"name": "Ada"})
    assert caught.value.hint


def test_the_hint_names_the_variables_that_exist() -> None:
    with pytest.raises(InputError) as caught:
        render_user_text("{{ nam }}", {"name": "Ada", "age": 3})
    assert "age, name" in caught.value.hint
