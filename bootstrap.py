"""Install rsi into a virtual environment of its own, then run it or check it.

    python3 bootstrap.py demo    evolve a bundled example in a scratch repository: no key, no network
    python3 bootstrap.py test    install the developers' tools and run the whole check

Needs Python 3.11 or newer and git; imports the standard library alone. Packages come pinned and hashed from
requirements/*.txt. The environment is `.venv` beside this file, or `.venv-rsi` where `.venv` is somebody
else's. A marker inside it says what it holds; without one it is not ours, and with an empty one it was
interrupted and is made again. Deleting the folder is always safe.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - written for them: keep this file's syntax at 3.6
    sys.exit(
        "rsi needs Python 3.11 or newer, and this is {}.{}.{}: "
        "try python3.11, python3.12 or python3.13".format(*sys.version_info)
    )

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCKS = {"demo": "requirements/runtime.txt", "test": "requirements/dev.txt"}
MARKER = "rsi-bootstrap.json"
NOT_OURS = (
    "PIP_PREFIX",
    "PIP_REQUIRE_HASHES",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_TARGET",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)
NO_PIP = """\
rsi: this Python can neither make a complete virtual environment nor install into one ({python}).
     Debian, Ubuntu:  sudo apt install python3-venv
     elsewhere:       install pip for this Python, or use one from python.org or pyenv
     Then run the same command again."""


def main(arguments: list[str]) -> int:
    """Do what one word asks for; everything after it goes to the command. Returns the exit code."""
    if not arguments or arguments[0] not in LOCKS:
        print(__doc__)
        return 0 if arguments and arguments[0] in ("-h", "--help") else 2
    what, *rest = arguments
    if shutil.which("git") is None:
        print(
            "rsi: git is not on the PATH, and rsi keeps every version of a skill in git: install git first",
            file=sys.stderr,
        )
        return 2
    folder = environment()
    install(folder, what)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    if what == "demo":
        return run([str(programs / "rsi"), "demo", *rest], clean_environ())
    environ = clean_environ()
    environ["PATH"] = os.pathsep.join([str(programs), environ.get("PATH", "")])
    return run([str(python_of(folder)), "-m", "tools.check", *rest], environ, cwd=ROOT)


# ------------------------------------------------------------------------------------------- the environment


def environment() -> Path:
    """Find the folder to install into: one that this file made or may make."""
    for name in (".venv", ".venv-rsi"):
        folder = ROOT / name
        if not folder.exists() or (folder / MARKER).is_file():
            return folder
    sys.exit(
        "rsi: .venv and .venv-rsi are both there and neither was made by bootstrap.py: move one of them away"
    )


def install(folder: Path, what: str) -> None:
    """Bring the environment to the pinned state that `what` needs; nothing to do on a second run."""
    held, wanted = marker(folder), identity()
    if not python_of(folder).exists() or any(held.get(name) != value for name, value in wanted.items()):
        make(folder)
        held = wanted
    lock = held.get("lock", "")
    enough = lock in (LOCKS[what], LOCKS["test"])
    project = digest(ROOT / "pyproject.toml")
    if enough and held.get("project") == project:
        return
    write_marker(folder, {})  # until all is done, an interruption leaves an environment that says so
    if not enough:
        lock = LOCKS[what]
        pins = sum(line[:1].isalnum() for line in (ROOT / lock).read_text(encoding="utf-8").splitlines())
        pip(
            folder,
            f"{pins} pinned packages from {lock} (once)",
            "--require-hashes",
            "--no-deps",
            "-r",
            str(ROOT / lock),
        )
    pip(folder, "rsi itself", "--no-deps", "--no-index", "--no-build-isolation", "-e", str(ROOT))
    write_marker(folder, {**wanted, "lock": lock, "project": project})


def make(folder: Path) -> None:
    """Make an empty environment, in place of a half-made or outdated one of ours."""
    if folder.exists():
        say(f"{folder.name} is unfinished or out of date: making it again")
        shutil.rmtree(folder)
    say(f"making {folder.name} with Python {sys.version.split()[0]}")
    folder.mkdir()
    write_marker(folder, {})
    if importlib.util.find_spec("venv") is None:
        sys.exit(NO_PIP.format(python=sys.executable))
    quietly([sys.executable, "-m", "venv", "--without-pip", str(folder)], clean_environ())
    python = str(python_of(folder))
    own_pip = [python, "-m", "ensurepip", "--default-pip"]  # Debian keeps ensurepip in a package of its own
    if not works([sys.executable, "-m", "pip", "--python", python, "--version"]) and not works(own_pip):
        sys.exit(NO_PIP.format(python=sys.executable))


def identity() -> dict[str, str]:
    """What an environment must have been made for, to be used again."""
    return {
        "root": str(ROOT),  # a moved or copied clone: scripts and the editable install point to the old place
        "python": f"{sys.version} {sys.base_prefix}",
        "locks": digest(*(ROOT / lock for lock in LOCKS.values())),
    }


def marker(folder: Path) -> dict[str, str]:
    """What the environment says of itself; empty where it is unfinished or not there."""
    try:
        held: dict[str, str] = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held


def write_marker(folder: Path, held: dict[str, str]) -> None:
    """Replace the marker in one step."""
    draft = folder / (MARKER + ".new")
    draft.write_text(json.dumps(held, indent=2), encoding="utf-8")
    draft.replace(folder / MARKER)


def python_of(folder: Path) -> Path:
    """The interpreter inside an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest(*files: Path) -> str:
    """One hash over the bytes of some files."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


# ------------------------------------------------------------------------------------------- processes


def pip(folder: Path, what: str, *arguments: str) -> None:
    """Run one `pip install` into the environment, with its own pip if it has one, else with this Python's."""
    python = str(python_of(folder))
    own = works([python, "-c", "import pip"])
    command = [python, "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", python]
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    environ = {**clean_environ(), "PIP_USER": "0"}  # some people's pip.conf says otherwise
    quietly([*command, "install", *options, *arguments], environ, f"installing {what}")


def works(command: list[str]) -> bool:
    """Whether a command can be run, whatever it says."""
    return subprocess.run(command, env=clean_environ(), capture_output=True, check=False).returncode == 0


def quietly(command: list[str], environ: dict[str, str], title: str = "") -> None:
    """Run to the end with a short sign of progress. Only if it fails, show what it said, and stop."""
    began, live, said = time.monotonic(), sys.stderr.isatty(), []
    if title:
        say(title)
    with subprocess.Popen(
        command,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            if live and line.startswith(("Collecting ", "Installing ")):
                print(f"\r\033[K     {' '.join(line.split()[:2])}", end="", file=sys.stderr, flush=True)
    if live:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if process.returncode:
        print("".join(said[-30:]), file=sys.stderr)
        sys.exit(
            f"rsi: that did not work (exit {process.returncode}): {' '.join(command)}\n"
            "     Mend the cause above and run the same command again."
        )
    if title:
        say(f"done in {time.monotonic() - began:.0f} s")


def run(command: list[str], environ: dict[str, str], cwd: Path | None = None) -> int:
    """Hand over to a command of ours; its exit code is ours."""
    with subprocess.Popen(command, env=environ, cwd=cwd) as process:
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:  # the command was told too, and ends in its own way
                continue
            return code if code >= 0 else 128 - code


def clean_environ() -> dict[str, str]:
    """The caller's variables but for those that would send pip or Python elsewhere."""
    return {name: value for name, value in os.environ.items() if name not in NOT_OURS}


def say(what: str) -> None:
    """Tell the person what takes time."""
    print(f"rsi: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
