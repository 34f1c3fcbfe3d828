"""Write a first skill and a first suite, and never over a file that is there."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from rsi_cli.cli.screen import command, console, print_json, tell
from rsi_cli.errors import InputError

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 64  # Agent Skills


def write(name: str, folder: Path, *, as_json: bool) -> None:
    """Write skills/NAME/SKILL.md and evals/NAME.yaml below the folder; raise InputError, not overwrite."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise InputError(
            f"{name!r} is no name for a skill",
            hint="use 1 to 64 of a-z, 0-9 and single hyphens, such as `rsi init support-triage`",
        )
    texts = {
        folder / "skills" / name / "SKILL.md": _starter("SKILL.md", name),
        folder / "evals" / f"{name}.yaml": _starter("suite.yaml", name),
    }
    if there := [str(path) for path in texts if path.exists() or path.is_symlink()]:
        hint = "choose another name, or move the file away"
        raise InputError(f"already there: {', '.join(there)}", hint=hint)
    for path, text in texts.items():
        _write(path, text)
    skill, suite = texts
    if as_json:
        print_json({"skill": str(skill), "suite": str(suite)})
    else:
        _show_next_steps(skill, suite)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        hint = "run it in a folder of yours, or name one with --in DIR"
        raise InputError(f"{path} cannot be written: {error.strerror}", hint=hint) from error


def _show_next_steps(skill: Path, suite: Path) -> None:
    from rsi_cli.cli.ground import repo_of

    out = console()
    start = "" if repo_of(skill) else "git init && "
    tell(out, f"wrote {skill}\nwrote {suite}\n")
    tell(out, "Both are an example that works as it stands. Make them yours: your task, your cases. Then")
    for line in (
        f"{start}git add {skill} {suite} && git commit -m 'A first skill and its suite'",
        command("doctor", str(skill.parent)),
        command("eval", str(skill.parent)),
        command("evolve", str(skill.parent)),
    ):
        tell(out, f"  {line}", exact=True)


def _starter(file: str, name: str) -> str:
    text = resources.files("rsi_cli.cli.starter").joinpath(file).read_text(encoding="utf-8")
    return text.replace("NAME", name)
