"""What a refused command line must look like: one message, one next step, one document, nothing lost."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.workshop import Workshop


@dataclass(frozen=True)
class Refusal:
    """How rsi said no."""

    code: int
    message: str
    hint: str
    problems: tuple[str, ...]
    err: str


def refused(shop: Workshop, *arguments: str) -> Refusal:
    """Run a command line that must be refused, for a person and for a program; both are told the same."""
    before = (shop.files(), shop.git("status", "--porcelain"), shop.git("for-each-ref"))
    person = shop.rsi(*arguments)
    program = shop.rsi(*arguments, "--json")
    assert (shop.files(), shop.git("status", "--porcelain"), shop.git("for-each-ref")) == before
    error = program.document["error"]
    assert (person.code, person.out) == (program.code, "")
    assert person.code == error["exit_code"]
    for text in (error["message"], error["hint"], *error["problems"]):
        assert text in person.err
    assert "Traceback" not in person.err + program.err
    assert error["hint"].strip()
    return Refusal(
        code=person.code,
        message=error["message"],
        hint=error["hint"],
        problems=tuple(error["problems"]),
        err=person.err,
    )
