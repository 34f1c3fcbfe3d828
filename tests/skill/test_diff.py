"""What changed, line by line and section by section."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from rsi_cli.skill.diff import section_changes, unified
from rsi_cli.skill.document import Skill, parse


def skill(text: str) -> Skill:
    return parse(text.encode())


def test_a_unified_diff_shows_what_changed() -> None:
    old, new = skill("# A\r\none\r\ntwo"), skill("# A\r\none\r\nthree\r\n")
    assert unified(old, new, old_name="abc", new_name="def") == snapshot("""\
--- abc
+++ def
@@ -1,3 +1,3 @@
 # A
 one
-two
\\ No newline at end of file
+three
""")


def test_equal_versions_have_no_diff_and_others_always_have_one() -> None:
    assert unified(skill("a\n"), skill("a\n")) == ""
    assert unified(skill("a\n"), skill("a\r\n")) == "only line endings differ\n"
    assert "byte order mark" in unified(skill("a\n"), skill("\ufeffa\n"))


def test_sections_are_told_apart_by_their_headings() -> None:
    old = skill("intro\n# A\nx\n# B\ny\n# C\nz\n# B\nsecond\n")
    new = skill("intro\n# C\nz\n# A\nx2\nx3\n# B\ny\n# D\nnew\n")
    assert [str(change) for change in section_changes(old, new)] == [
        'changed  "A"  +2 -1',
        'added    "D"  +2 -0',
        'removed  "B"  +0 -2',
    ]


def test_text_before_the_first_heading_has_a_name_for_people() -> None:
    (change,) = section_changes(skill("a\n# H\n"), skill("b\n# H\n"))
    assert str(change) == "changed  (before the first heading)  +1 -1"


@given(
    text=st.lists(st.sampled_from(["# A", "# B", "x", "", "```"]), min_size=1)
    .map("\n".join)
    .filter(str.strip)
)
def test_a_version_has_no_changes_to_itself(text: str) -> None:
    assert section_changes(skill(text), skill(text)) == ()
