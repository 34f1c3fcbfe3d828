"""From what people type to files: SKILL → a Markdown file, a skill → its suite."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.errors import InputError
from rsi_cli.nouns import Json

SKILL_FILE = "SKILL.md"
_SUITE_KEY = "rsi-suite"
_SUITE_SUFFIXES = (".yaml", ".yml", ".json")
_SKILL_SUFFIXES = (".md", ".markdown")
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillFile:
    """A skill on disk. folder: whether it is a skill folder's SKILL.md. name: the folder's or the file's."""

    path: Path
    folder: bool
    name: str


def locate_skill(arg: str, cwd: Path) -> SkillFile:
    """The file that SKILL means: a Markdown file, or a folder that holds SKILL.md.

    Raises InputError, with near names, where there is none.
    """
    try:
        return _located(arg, cwd)
    except OSError as error:
        hint = "name a Markdown file, or a folder that holds SKILL.md"
        raise InputError(f"cannot look at {arg}: {error.strerror}", hint=hint) from error


def _located(arg: str, cwd: Path) -> SkillFile:
    path = _plain(cwd / _at_home(arg))
    if not arg.strip():
        raise InputError("SKILL is empty", hint="name a Markdown file, or a folder that holds SKILL.md")
    if path.is_dir():
        return _in_folder(path)
    if not path.exists():
        raise InputError(f"there is no skill {arg}", hint=_near_skills(path, cwd))
    if not path.is_file():
        raise InputError(
            f"{arg} is no regular file", hint="name a Markdown file, or a folder that holds SKILL.md"
        )
    if path.suffix.lower() in _SUITE_SUFFIXES:
        raise InputError(f"{arg} is a suite file, not a skill", hint=f"name the skill, and add --suite {arg}")
    return _skill_file(path)


def locate_suite(
    skill: SkillFile,
    metadata: Mapping[str, Json],
    flag: str | None,
    repo_root: Path | None,
    *,
    name: str = "",
) -> Path:
    """The suite of a skill: `--suite`, else `metadata: {rsi-suite: PATH}`, else evals/NAME.yaml.

    metadata: of the skill's front matter; its path is relative to the skill. name: the front matter's, tried
    beside the file's own. Raises InputError that lists every place tried.
    """
    if flag is not None:
        return _named(_plain(Path.cwd() / _at_home(flag)), f"--suite {flag}")
    if _SUITE_KEY in metadata:
        value = metadata[_SUITE_KEY]
        if not isinstance(value, str) or not value.strip():
            message = f"{_shown(skill.path)}: `metadata: {_SUITE_KEY}` must be the path of a suite file"
            raise InputError(message, hint=f"write it like {_SUITE_KEY}: ../../evals/{skill.name}.yaml")
        source = f"{_SUITE_KEY}: {value} (in {_shown(skill.path)})"
        return _named(_plain(skill.path.parent / _at_home(value)), source)
    tried = tuple(dict.fromkeys(_places(skill, repo_root, name)))
    for place in tried:
        if place.is_file():
            return place
    raise InputError(_nowhere(skill, tried), hint=_how_to_name(skill, tried))


def _in_folder(folder: Path) -> SkillFile:
    for file in (SKILL_FILE, SKILL_FILE.lower()):
        if (folder / file).is_file():
            return _skill_file(folder / file)
    found = _names(folder, _may_be_skill)
    hint = (
        f"name one of {', '.join(_shown(folder / name) for name in found[:_MOST_NAMES])}"
        if found
        else "start one with `rsi init`"
    )
    raise InputError(f"the folder {_shown(folder)} holds no {SKILL_FILE}", hint=hint)


def _skill_file(path: Path) -> SkillFile:
    folder = path.name.lower() == SKILL_FILE.lower()
    return SkillFile(
        path=_friendly(path), folder=folder, name=path.parent.resolve().name if folder else path.stem
    )


def _places(skill: SkillFile, repo_root: Path | None, name: str) -> Iterator[Path]:
    """Where a suite may be, the nearest first."""
    here = _plain(Path.cwd() / skill.path).parent
    folders = [here, here.parent] if skill.folder else [here]
    folders.append(repo_root or Path.cwd())
    for folder in folders:
        for stem in filter(None, (skill.name, name)):
            for suffix in _SUITE_SUFFIXES:
                yield _friendly(_plain(folder / "evals" / f"{Path(stem).name}{suffix}"))


def _named(path: Path, source: str) -> Path:
    if path.is_file():
        return _friendly(path)
    if path.is_dir():
        raise InputError(f"{source}: that is a folder", hint="name a suite file in it")
    names = _names(path.parent, lambda entry: entry.suffix in _SUITE_SUFFIXES)
    near = difflib.get_close_matches(path.name, names, n=1) or (names if len(names) == 1 else [])
    hint = (
        f"did you mean {_shown(path.with_name(near[0]))}?"
        if near
        else "check the path, or write one with `rsi init`"
    )
    raise InputError(f"{source}: there is no such file", hint=hint)


def _nowhere(skill: SkillFile, tried: tuple[Path, ...]) -> str:
    yaml = [str(place) for place in tried if place.suffix == _SUITE_SUFFIXES[0]]
    return f"found no suite for {_shown(skill.path)}; tried {', '.join(yaml)} (also as .yml and .json)"


def _how_to_name(skill: SkillFile, tried: tuple[Path, ...]) -> str:
    for folder in dict.fromkeys(place.parent for place in tried):
        if names := _names(folder, lambda entry: entry.suffix in _SUITE_SUFFIXES):
            near = difflib.get_close_matches(f"{skill.name}.yaml", names, n=1) or names
            file = folder / near[0]
            return f"add --suite {file}, or `metadata: {{{_SUITE_KEY}: PATH}}` to the skill's front matter"
    return (
        f"add --suite FILE, or write {tried[-1].with_suffix('.yaml')} (`rsi init` shows what one looks like)"
    )


def _near_skills(path: Path, cwd: Path) -> str:
    """A hint with the skills whose names are near to what was typed."""
    folders = dict.fromkeys((path.parent, cwd, cwd / "skills"))
    known = {name: folder / name for folder in reversed(folders) for name in _names(folder, _may_be_skill)}
    near = difflib.get_close_matches(path.name, known, n=3, cutoff=0.5)
    near += [name for name in known if Path(name).stem == path.stem and name not in near]
    if near:
        return "did you mean " + " or ".join(_shown(known[name]) for name in near) + "?"
    return "name a Markdown file or a folder that holds SKILL.md; `rsi init` starts one"


def _may_be_skill(entry: Path) -> bool:
    return entry.suffix.lower() in _SKILL_SUFFIXES or (entry / SKILL_FILE).is_file()


def _names(folder: Path, wanted: Callable[[Path], bool]) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir() if wanted(entry))
    except OSError:
        return []


def _at_home(text: str) -> Path:
    """The path, with a leading `~` as the shell would read it."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # ~somebody, who has no home here
        return Path(text)


def _plain(path: Path) -> Path:
    """Without `..`, symbolic links left as they are."""
    return Path(os.path.normpath(path))


def _friendly(path: Path) -> Path:
    """Relative to the current folder where it lies inside: what people type, and what messages show."""
    cwd = Path.cwd()
    return path.relative_to(cwd) if path.is_relative_to(cwd) else path


def _shown(path: Path) -> str:
    return str(_friendly(path))
