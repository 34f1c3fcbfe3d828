"""Check a value against a JSON schema that is itself checked strictly.

What is wrong with a schema is known by `suite/data_schemas`. Here each fault is Unmeasurable, and so is a
`$ref` that leads out of the schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from rsi_cli.graders.exam import Unmeasurable
from rsi_cli.graders.formats import FORMATS
from rsi_cli.graders.pattern import check_pattern, found
from rsi_cli.nouns import Json
from rsi_cli.suite.data_schemas import Path, dialect, schema_faults

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_MOST_FAULTS = 3
_FAULT_LENGTH = 160


def faults(schema: Json, value: Json) -> tuple[str, ...]:
    """Return up to three faults of a value, as `$.path: what`; none means that it fits.

    schema: a mapping, read as draft-07 unless its `$schema` says otherwise. Raises Unmeasurable where the
    schema itself is wrong.
    """
    from referencing.exceptions import Unresolvable

    if not isinstance(schema, Mapping):
        raise Unmeasurable("the schema must be a mapping")
    validator = _validator(json.dumps(schema))
    try:
        first = tuple(islice(validator.iter_errors(value), _MOST_FAULTS))
    except Unresolvable as error:
        raise Unmeasurable(f"the schema refers to {error.ref!r}, which is not in it") from error
    except RecursionError as error:
        raise Unmeasurable("the schema or the answer is nested too deeply") from error
    except (OverflowError, re.error) as error:
        raise Unmeasurable(f"the schema cannot be applied: {error}") from error
    return tuple(f"{fault.json_path}: {_short(fault.message)}" for fault in first)


@lru_cache(maxsize=128)
def _validator(schema_json: str) -> Validator:
    """Compile a schema and refuse what would be ignored later."""
    from jsonschema import validators
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    schema = json.loads(schema_json)
    for fault in schema_faults(schema, _bad_pattern):
        raise Unmeasurable(f"the schema is wrong at {_json_path(fault.path)}: {fault.what}")
    base = dialect(schema)
    strict = validators.create(  # keywords beside a `$ref` count, in the old dialects too, as suites expect
        meta_schema=base.META_SCHEMA,
        validators={**base.VALIDATORS, "format": _format, "pattern": _pattern},
        type_checker=base.TYPE_CHECKER,
    )
    # Without its "$schema": on every `$ref` to it, jsonschema would swap our class for its own.
    plain = {word: value for word, value in schema.items() if word != "$schema"}
    # An explicit registry: without one, a `$ref` to the network would be fetched.
    return strict(plain, registry=REGISTRY)


def _bad_pattern(pattern: str) -> str | None:
    try:
        check_pattern(pattern)
    except Unmeasurable as error:
        return str(error)
    return None


def _json_path(path: Path) -> str:
    return "".join(("$", *(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)))


def _format(_: object, name: str, value: object, __: object) -> Iterator[ValidationError]:
    from jsonschema import ValidationError

    if isinstance(value, str) and not FORMATS[name](value):
        yield ValidationError(f"{value!r} is no {name}")


def _pattern(_: object, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
    from jsonschema import ValidationError

    if isinstance(value, str) and not found(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _short(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _FAULT_LENGTH else line[:_FAULT_LENGTH] + "…"
