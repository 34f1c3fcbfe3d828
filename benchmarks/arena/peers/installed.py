"""Whether a peer's package is here: the extra `bench` of pyproject.toml, which the check does not install."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True, slots=True)
class Package:
    """A peer as it is published. tested: the version that the arena's figures hold for."""

    name: str
    tested: str

    def missing(self) -> str | None:
        """Why this peer cannot run here, in one line; None if it can."""
        try:
            found = version(self.name)
        except PackageNotFoundError:
            return f"{self.name} is not installed: python -m pip install -e '.[bench]'"
        if found != self.tested:
            return f"{self.name} is here as {found}; the arena was tested with {self.tested}"
        return None


GEPA = Package("gepa", "0.1.4")
PROMPTOLUTION = Package("promptolution", "2.3.0")
