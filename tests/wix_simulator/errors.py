"""What Wix answers when it refuses: every shape of error body, as exceptions to raise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

type Json = dict[str, Any]

HTML_PAGE = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>"
"""What a gateway in front of Wix may say instead of JSON."""


@dataclass(frozen=True)
class Reply:
    """One answer: a dict goes out as JSON, text as HTML, None as no body."""

    body: Json | str | None
    status: int = 200
    headers: Mapping[str, str] = dataclass_field(default_factory=dict)


class RefusedError(Exception):
    """The simulator refuses a call; `reply` is what the caller gets."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status} {reply.body}")
        self.reply = reply


@dataclass(frozen=True)
class Violation:
    """One field that broke one rule."""

    field: str
    description: str
    rule: str
    data: Json = dataclass_field(default_factory=dict)
    rule_name: str | None = None

    def to_json(self) -> Json:
        return {
            "field": self.field,
            "description": self.description,
            "violatedRule": self.rule,
            "ruleName": self.rule_name,
            "data": self.data,
        }


def application_error(
    status: int, code: str, description: str = "", data: Json | None = None
) -> RefusedError:
    """A refusal for a business reason, told by its code."""
    return RefusedError(Reply(application_error_body(code, description, data), status))


def application_error_body(code: str, description: str = "", data: Json | None = None) -> Json:
    text = description or code.replace("_", " ").capitalize()
    return {
        "message": text,
        "details": {"applicationError": {"code": code, "description": text, "data": data or {}}},
    }


def validation_error(violations: Iterable[Violation]) -> RefusedError:
    """A refusal because the request has the wrong shape."""
    return RefusedError(Reply(validation_error_body(*violations), 400))


def validation_error_body(first: Violation, *others: Violation) -> Json:
    found = [each.to_json() for each in (first, *others)]
    return {
        "message": f'INVALID_ARGUMENT: "{first.field}" {first.description}',
        "details": {"validationError": {"fieldViolations": found}},
    }


def invalid(field_name: str, description: str, rule: str = "VALIDATION") -> RefusedError:
    """A refusal of one field."""
    return validation_error([Violation(field_name, description, rule)])


def system_error_body(code: str) -> Json:
    """The rare third kind of error; the simulator itself never has it."""
    return {"message": "", "details": {"systemError": {"errorCode": code}}}


def plain_error(status: int, message: str = "") -> RefusedError:
    """An error with nothing in its details, as Wix's own faults and missing routes have."""
    return RefusedError(Reply({"message": message, "details": {}}, status))


def empty_error(status: int) -> RefusedError:
    """An error without a body."""
    return RefusedError(Reply(None, status))
