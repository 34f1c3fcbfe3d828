"""The person whose repository it is: writes, commits, and has unfinished work that must not move."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.nouns import Sha

SEED = b"# Triage\n\nBe brief.\n"


@dataclass(frozen=True)
class Owner:
    """The person whose repository it is."""

    root: Path

    def git(self, *args: str) -> str:
        ran = subprocess.run(["git", *args], cwd=self.root, check=True, capture_output=True)
        return ran.stdout.decode()

    def writes(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def commits(self, path: str, content: str | bytes, subject: str = "Edit by hand") -> Sha:
        self.writes(path, content)
        self.git("add", "--", path)
        self.git("commit", "-q", "-m", subject, "--", path)
        return Sha(self.git("rev-parse", "HEAD").strip())

    def has_unfinished_work(self) -> None:
        """Staged, staged and edited again, edited, deleted, renamed, untracked and ignored files."""
        for name in ("staged", "both", "edited", "deleted", "renamed"):
            self.writes(f"work/{name}.txt", f"{name} as committed\n")
        self.writes(".gitignore", "*.log\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Work")
        for name in ("staged", "both"):
            self.writes(f"work/{name}.txt", f"{name}, staged\n")
            self.git("add", f"work/{name}.txt")
        self.writes("work/both.txt", "both, then edited\n")
        self.writes("work/edited.txt", "edited\n")
        (self.root / "work/deleted.txt").unlink()
        self.git("mv", "work/renamed.txt", "work/new name.txt")
        self.writes("work/new and staged.txt", "new\n")
        self.git("add", "work/new and staged.txt")
        self.writes("work/only intended.txt", "soon\n")
        self.git("add", "-N", "work/only intended.txt")
        self.writes("untracked.txt", "untracked\n")
        self.writes("night.log", "ignored\n")

    def work(self, *but: str) -> dict[str, object]:
        """Everything that must not move, apart from these paths: index entries, status and bytes."""
        kept = [
            line for line in self.git("ls-files", "--stage").splitlines() if line.split("\t")[1] not in but
        ]
        status = [line for line in self.git("status", "--porcelain").splitlines() if line[3:] not in but]
        files = {
            str(file.relative_to(self.root)): (
                file.read_bytes(),
                file.stat().st_mode,
                file.stat().st_mtime_ns,
            )
            for file in sorted(self.root.rglob("*"))
            if file.is_file() and ".git" not in file.relative_to(self.root).parts
        }
        return {"index": kept, "status": status, "files": {k: v for k, v in files.items() if k not in but}}
