"""What every test stands on: no network, none of the owner's settings, and a real git repository."""

from __future__ import annotations

import ipaddress
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from pathlib import Path

OURS_TO_DECIDE = ("GIT_", "RSI_", "XDG_")
NOT_FOR_TESTS = ("CI", "COLUMNS", "EDITOR", "FORCE_COLOR", "LINES", "NO_COLOR", "PAGER", "VISUAL")
SECRETS = ("_API_KEY", "_API_BASE", "_BASE_URL", "_TOKEN", "_PROXY", "_proxy")

GIT_SETTINGS = """\
[user]
\tname = Test Owner
\temail = owner@example.invalid
[init]
\tdefaultBranch = main
[commit]
\tgpgSign = false
[core]
\tautocrlf = false
"""


def _is_loopback(host: object) -> bool:
    """Whether this host, as a socket call was given it, stays on this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _no_network(event: str, args: tuple[object, ...]) -> None:
    """Refuse to look up or to reach any other machine, whichever library tries."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto"):
        if getattr(args[0], "family", None) not in (socket.AF_INET, socket.AF_INET6):
            return
        address = args[1]
        host = address[0] if isinstance(address, tuple) else address
    else:
        return
    if not _is_loopback(host):
        raise RuntimeError(f"a test tried to reach {host!r}: tests talk to 127.0.0.1 only")


# The same examples on every machine and however busy it is; `--hypothesis-profile=explore` draws new ones.
hypothesis.settings.register_profile("check", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("check")

sys.addaudithook(_no_network)  # below every library, and no test can forget it


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty home, and hide the owner's settings and secrets from it."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(OURS_TO_DECIDE) or name in NOT_FOR_TESTS or name.endswith(SECRETS):
            monkeypatch.delenv(name)
    places = {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home / "AppData/Roaming",
        "LOCALAPPDATA": home / "AppData/Local",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local/share",
        "XDG_STATE_HOME": home / ".local/state",
        "GIT_CONFIG_GLOBAL": home / ".gitconfig",
    }
    for name, place in places.items():
        monkeypatch.setenv(name, str(place))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    (home / ".gitconfig").write_text(GIT_SETTINGS, encoding="utf-8")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A real git repository on branch main with one commit, which holds README.md."""
    root = tmp_path / "repo"
    root.mkdir()
    (root / "README.md").write_text("# A repository for a test\n", encoding="utf-8")
    for command in (["init", "-q"], ["add", "README.md"], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root
