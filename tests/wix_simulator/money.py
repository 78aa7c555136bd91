"""Amounts as Wix's eCommerce writes them: decimal text, with a formatted copy beside it."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.wix_simulator.errors import Json

ZERO = Decimal(0)
_SCALES = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def scale_of(currency: str) -> int:
    """How many decimals a currency has."""
    return _SCALES.get(currency, 2)


def rounded(value: Decimal, currency: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-scale_of(currency)), ROUND_HALF_UP)


def price(value: Decimal | str, currency: str) -> Json:
    """A Price object. Nothing is written as plain `0`, as Wix does."""
    exact = rounded(Decimal(value), currency)
    sign = "-" if exact < 0 else ""
    shown = f"{sign}{_SIGNS.get(currency, currency + ' ')}{abs(exact)}"
    return {"amount": str(exact) if exact else "0", "formattedAmount": shown}


def amount(given: Json | None) -> Decimal:
    """The value of a Price object; an absent one is nothing."""
    return Decimal(given["amount"]) if given else ZERO


def share(total: Decimal, before: int, taken: int, whole: int, currency: str) -> Decimal:
    """The part of `total` that `taken` of `whole` pieces carry, after `before` were taken.

    Rounded so that the parts of all pieces add up to the total.
    """
    upto = rounded(total * (before + taken) / whole, currency)
    return upto - rounded(total * before / whole, currency)


def without_trailing_zeros(value: Any) -> Any:
    """A copy of an answer whose amounts are written as short as Wix sometimes writes them."""
    if isinstance(value, list):
        return [without_trailing_zeros(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _shortened(each)
        if key == "amount" and isinstance(each, str)
        else without_trailing_zeros(each)
        for key, each in value.items()
    }


def _shortened(written: str) -> str:
    if "." not in written:
        return written
    short = written.rstrip("0")
    return short + "0" if short.endswith(".") else short
