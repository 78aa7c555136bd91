"""The two bases of every model, and the value types they share.

`FunctionInput` is what callers send: it refuses unknown fields, because Wix drops some of them in
silence and still answers 200. `WixEntity` is what Wix answers: it keeps fields it does not know,
because Wix adds some at any time and a caller may need them. Names are `snake_case` here and
`camelCase` on both wires. A model does no I/O.

Models are built at first use: a part of another model is then never built for itself, which takes
half of the time that importing the largest inputs takes.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import CoreSchema, custom_error_schema

from wix_auth import GUID_PATTERN

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrSay:
    """Beside a type: what to say of any value that it does not take.

    Attributes:
        sentence: What to send, for people.
    """

    sentence: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return custom_error_schema(
            handler(source), custom_error_type="not_taken", custom_error_message=self.sentence
        )


Guid = Annotated[
    str,
    Field(pattern=f"^{GUID_PATTERN}$", description="a GUID"),
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
    OrSay("Send the id that Wix gave it, such as 8b2a1d6e-4c0f-4c8e-9a57-3f1f6e0b7d21"),
]
"""An id as Wix writes it; upper case is taken and lowered, so that one order has one id."""

Email = Annotated[
    str,
    Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320),
    OrSay("Send an e-mail address of at most 320 characters, such as anna@example.com"),
]

Country = Annotated[
    str, Field(pattern="^[A-Z]{2}$"), OrSay("Send a country as two capital letters, such as US")
]

MONEY_PATTERN = r"[0-9]{1,16}(\.[0-9]{1,2})?"
MONEY = re.compile(MONEY_PATTERN)
LARGEST_AMOUNT = Decimal(10) ** 15


def _amount(value: object) -> Decimal:
    """Read an amount from text; a JSON number has already lost the cents."""
    if isinstance(value, Decimal):
        return value
    written = isinstance(value, str) and MONEY.fullmatch(value)
    amount = Decimal(written.string) if written else Decimal(0)
    if not 0 < amount <= LARGEST_AMOUNT:
        raise PydanticCustomError(
            "money",
            "Send a positive amount as text in quotes, with a dot and at most two decimals,"
            ' such as "12.50"',
        )
    return amount


def plain(amount: Decimal) -> str:
    """Write an amount without exponent or trailing zeros, so that equal amounts look equal."""
    return f"{amount.normalize():f}"


Money = Annotated[
    Decimal,
    BeforeValidator(_amount),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{MONEY_PATTERN}$"}, mode="validation"),
    Field(strict=False, description='an amount in the order\'s currency, as text: "12.50"'),
]
"""A positive amount, as callers send it: text, at most two decimals."""


class FunctionInput(BaseModel):
    """What a caller asks for. Unknown fields and near-miss types are refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=True,
    )

    remembers_nulls: ClassVar[bool] = False
    """Whether a field sent as null means something else than a field left out."""

    many: ClassVar[str | None] = None
    """The field that holds up to thousands of items, if there is one."""

    advice: ClassVar[Mapping[str, str]] = {}
    """What to say of a field that is missing or that is not taken here, instead of just that."""

    def own_key(self) -> str | None:
        """Return the idempotency key that the input itself carries, if it has one."""
        return None

    def fingerprint(self) -> str:
        """Return the same text for the same request, however it was spelled (SHA-256, hex)."""
        said = self.model_dump(
            exclude={"dry_run"},
            exclude_unset=self.remembers_nulls,
            exclude_defaults=not self.remembers_nulls,
        )
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), default=_canonical)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def ids(self) -> dict[str, str]:
        """Return the ids that the input names, which are what a log line may say of it."""
        return {
            field.alias or name: value
            for name, field in type(self).model_fields.items()
            if name.endswith("_id") and isinstance(value := getattr(self, name), str)
        }


class WriteInput(FunctionInput):
    """What a caller wants changed."""

    dry_run: bool = Field(
        default=False,
        description="Change nothing, and answer with the requests that would be sent to Wix.",
    )

    def to_wix(
        self,
        *,
        without: Collection[str] = (),
        exclude_none: bool = False,
        exclude_defaults: bool = False,
        exclude_unset: bool = False,
    ) -> Json:
        """Write what was asked for as Wix reads it.

        Args:
            without: The fields that stand elsewhere in the call to Wix, such as an id in its path.
            exclude_none: Leave out what is None.
            exclude_defaults: Leave out what is as it would be anyway.
            exclude_unset: Leave out what the caller did not send.
        """
        return self.model_dump(
            mode="json",
            by_alias=True,
            exclude={"dry_run", *without},
            exclude_none=exclude_none,
            exclude_defaults=exclude_defaults,
            exclude_unset=exclude_unset,
        )


def _canonical(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def without_none(**fields: object) -> Json:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


class WixEntity(BaseModel):
    """Something that Wix answered. Every field may be missing or null."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        # Wix writes some numbers as text, and not every service of it the same.
        coerce_numbers_to_str=True,
        defer_build=True,
        extra="allow",
        populate_by_name=True,
    )


class Answer(BaseModel):
    """What a caller gets back, in `camelCase`, without the fields that have nothing to say."""

    model_config = ConfigDict(alias_generator=to_camel, defer_build=True, populate_by_name=True)


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


LENIENT = WrapValidator(_or_none)
"""Makes a field None that cannot be read, so that the rest still can be. Only for what tells
nothing that matters, or where None is taken for not known."""


class Price(WixEntity):
    """An amount as Wix writes it in orders and payments, if it tells one."""

    amount: Annotated[Decimal | None, LENIENT] = None


def to_price(amount: Decimal) -> Json:
    """Write an amount the way Wix's eCommerce API reads it, without an exponent."""
    return {"amount": f"{amount:f}"}
