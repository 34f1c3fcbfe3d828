"""git, by plumbing only: the one door to commits, and the one to GitPython. See docs/git.md."""

from rsi_cli.ledger.git.log import Version, gain_text, parse_gain
from rsi_cli.ledger.git.message import CommitMessage
from rsi_cli.ledger.git.repo import Repo

__all__ = ["CommitMessage", "Repo", "Version", "gain_text", "parse_gain"]
