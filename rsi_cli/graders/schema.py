"""Check a value against a JSON schema that is itself checked strictly.

A keyword nobody knows (`requierd`), a `format` that cannot be checked, a `$ref` to the network: a validator
that shrugs at them passes every answer. Here each of them is Unmeasurable.
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

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_DEFAULT_DIALECT = "http://json-schema.org/draft-07/schema"
_MOST_FAULTS = 3
_FAULT_LENGTH = 160

_NAMED_SCHEMAS = frozenset(
    ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies")
)
_SCHEMAS = frozenset(
    (
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains", "propertyNames"),
        *("items", "prefixItems", "additionalItems", "additionalProperties"),
        *("unevaluatedItems", "unevaluatedProperties"),
    )
)
_ANNOTATIONS = frozenset(
    (
        *("$id", "$ref", "$anchor", "$comment", "$defs", "definitions"),
        *("title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated"),
        *("contentEncoding", "contentMediaType"),
    )
)
_READ_BY_ANOTHER = {"if": ("then", "else"), "contains": ("minContains", "maxContains")}


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
    # Without its "$schema": on every `$ref` to it, jsonschema would swap our class for its own.
    dialect = _dialect(str(schema.pop("$schema", _DEFAULT_DIALECT)).removesuffix("#"))
    try:
        for wrong in dialect(dialect.META_SCHEMA, registry=REGISTRY).iter_errors(schema):
            raise Unmeasurable(f"the schema is wrong at {wrong.json_path}: {_short(wrong.message)}")
        for path, part in _parts("$", schema):
            _refuse_what_is_ignored(path, part, frozenset(dialect.VALIDATORS))
    except RecursionError as error:
        raise Unmeasurable("the schema is nested too deeply") from error
    strict = validators.create(  # keywords beside a `$ref` count, in the old dialects too, as suites expect
        meta_schema=dialect.META_SCHEMA,
        validators={**dialect.VALIDATORS, "format": _format, "pattern": _pattern},
        type_checker=dialect.TYPE_CHECKER,
    )
    # An explicit registry: without one, a `$ref` to the network would be fetched.
    return strict(schema, registry=REGISTRY)


def _dialect(name: str) -> type[Validator]:
    from jsonschema import Draft6Validator, Draft7Validator
    from jsonschema import Draft201909Validator as Draft201909
    from jsonschema import Draft202012Validator as Draft202012

    known: Mapping[str, type[Validator]] = {
        "http://json-schema.org/draft-06/schema": Draft6Validator,
        _DEFAULT_DIALECT: Draft7Validator,
        "https://json-schema.org/draft/2019-09/schema": Draft201909,
        "https://json-schema.org/draft/2020-12/schema": Draft202012,
    }
    if name not in known:
        raise Unmeasurable(f"the schema's dialect {name!r} is none of {', '.join(known)}")
    return known[name]


def _parts(path: str, schema: Json) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Walk a schema and every schema inside it, with their paths."""
    if not isinstance(schema, Mapping):
        return
    yield path, schema
    for key, inside in schema.items():
        if key in _NAMED_SCHEMAS and isinstance(inside, Mapping):
            for name, part in inside.items():
                yield from _parts(f"{path}.{key}.{name}", part)
        elif key in _SCHEMAS and isinstance(inside, list):
            for number, part in enumerate(inside):
                yield from _parts(f"{path}.{key}[{number}]", part)
        elif key in _SCHEMAS:
            yield from _parts(f"{path}.{key}", inside)


def _refuse_what_is_ignored(path: str, part: Mapping[str, Json], keywords: frozenset[str]) -> None:
    helpers = {helper for key in keywords for helper in _READ_BY_ANOTHER.get(key, ())}
    for key, value in part.items():
        if key not in keywords | helpers | _ANNOTATIONS:
            raise Unmeasurable(f"the schema holds {key!r} at {path}, which its dialect does not know")
        if key == "format" and value not in FORMATS:
            raise Unmeasurable(f"the schema asks for the format {value!r} at {path}, which cannot be checked")
        if key == "pattern":
            check_pattern(str(value))


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
