"""Reading request bodies: strictly, with Wix's words for what is wrong."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from tests.wix_simulator.errors import Json, Violation, validation_error
from tests.wix_simulator.switches import Switches

ANY_ID = "any id"
"""The context of a check that lets ids be of any form."""

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOST = Decimal(10) ** 15
_RULES = {
    "missing": "REQUIRED_FIELD",
    "extra_forbidden": "FIELD_NOT_ALLOWED",
    "string_too_long": "MAX_LENGTH",
    "string_too_short": "MIN_LENGTH",
    "too_long": "MAX_SIZE",
    "too_short": "MIN_SIZE",
    "less_than_equal": "MAX",
    "greater_than_equal": "MIN",
    "literal_error": "INVALID_ENUM_VALUE",
    "string_pattern_mismatch": "FORMAT",
    "guid": "FORMAT",
}
_LIMITS = {"max_length", "min_length", "le", "ge"}


def _in_range(written: str) -> str:
    if Decimal(written) > _MOST:
        raise ValueError("must be at most 10^15")
    return written


def _guid(written: str, info: ValidationInfo) -> str:
    if info.context != ANY_ID and not is_guid(written):
        raise PydanticCustomError("guid", "is not a valid GUID")
    return written


def is_guid(written: str) -> bool:
    """Whether a text has the form of Wix's ids."""
    return _GUID.fullmatch(written) is not None


Guid = Annotated[str, AfterValidator(_guid)]
DecimalText = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,16}(\.[0-9]{1,9})?$"), AfterValidator(_in_range)
]


class Body(BaseModel):
    """A request body, or a part of one: camelCase names, exact types, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)

    def sent(self) -> Json:
        """What the caller sent, and only that."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class PriceBody(Body):
    """Money: an object whose amount is text. The formatted copy is read-only and ignored."""

    amount: DecimalText
    formatted_amount: str | None = None

    @property
    def value(self) -> Decimal:
        return Decimal(self.amount)


def read[M: Body](model: type[M], body: Json, switches: Switches) -> M:
    """Check a body.

    Raises:
        RefusedError: With a field violation for each thing that is wrong.
    """
    extra: Literal["forbid", "ignore"]
    extra = "forbid" if switches.unknown_fields == "refuse" else "ignore"
    context = ANY_ID if switches.malformed_id_status == 404 else None
    try:
        return model.model_validate(body, extra=extra, context=context)
    except ValidationError as error:
        raise validation_error(map(_violation, error.errors())) from None


def without_none(value: Any) -> Any:
    """A part of a body without the nulls in it, where they say nothing to Wix."""
    if isinstance(value, dict):
        return {k: without_none(inner) for k, inner in value.items() if inner is not None}
    return value


def _violation(error: Any) -> Violation:
    kind: str = error["type"]
    rule = _RULES.get(kind, "VALIDATION")
    limits: Json = error.get("ctx", {})
    data: Json = {}
    for name in _LIMITS & limits.keys():
        data["threshold"] = limits[name]
    if rule == "FORMAT":
        data = {"type": "GUID" if kind == "guid" else "DECIMAL_VALUE"}
    text = "must not be empty" if rule == "REQUIRED_FIELD" else error["msg"]
    return Violation(_path(error["loc"]), text, rule, data)


def _path(places: Sequence[str | int]) -> str:
    path = ""
    for place in places:
        path += f"[{place}]" if isinstance(place, int) else f".{place}" if path else place
    return path
