"""What callers may send, and what counts as the same."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from tests.unit.wix_admin.builders import untimed
from wix_admin.models import (
    Answer,
    FunctionInput,
    Guid,
    Money,
    Price,
    WixEntity,
    WriteInput,
    plain,
    to_price,
    without_none,
)

ID = "0e11a000-0000-4000-8000-00000000000a"


class Line(FunctionInput):
    line_item_id: Guid
    quantity: int = 1


class Asked(FunctionInput):
    order_id: Guid
    amount: Money | None = None
    note: str | None = None
    urgent: bool = False
    lines: list[Line] | None = None
    more: dict[str, Any] | None = None


class Patch(FunctionInput):
    remembers_nulls: ClassVar[bool] = True

    order_id: Guid
    note: str | None = None
    line: Line | None = None


class Change(WriteInput):
    order_id: Guid
    note_to_buyer: str | None = None
    urgent: bool = False


def asked(**fields: object) -> Asked:
    return Asked.model_validate({"orderId": ID, **fields})


# ---- Money ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("12.50", "12.50"),
        ("12.5", "12.5"),
        ("12", "12"),
        ("0.01", "0.01"),
        ("007", "7"),
        ("1000000000000000", "1000000000000000"),
        ("1000000000000000.00", "1000000000000000"),
    ],
)
def test_money_is_text_with_at_most_two_decimals(said: str, amount: str) -> None:
    assert asked(amount=said).amount == Decimal(amount)


@pytest.mark.parametrize(
    "said",
    [
        12, 12.5, 0, True, [], {}, b"1",
        "", " ", ".", "-", "0", "0.00", "-0", "-1", "-0.01", "+5", "0.001", "12.500", "1.000",
        "1000000000000000.01", "1000000000000001", "9" * 5_000,
        "1e3", "1E3", "1e-2", "1e99999999999999999999", "NaN", "sNaN", "NaN123", "Infinity", "-inf",
        ".5", "5.", "1,000", "1,50", "1_000", " 5", "5 ", "5\n", "\uff15", "\u0665", "0x1F",
        "$5", "5 USD", "twelve",
    ],
)  # fmt: skip
def test_anything_else_is_no_money(said: object) -> None:
    with pytest.raises(ValidationError, match="Send a positive amount"):
        asked(amount=said)


cents = st.integers(min_value=1, max_value=10**17)


@untimed
@given(cents)
def test_money_survives_being_read_and_written(number: int) -> None:
    amount = Decimal(number) / 100

    read = asked(amount=f"{amount:f}").amount

    assert read == amount
    assert asked(amount=to_price(amount)["amount"]).amount == amount
    assert asked(amount=plain(amount)).amount == amount


@pytest.mark.parametrize(
    ("amount", "written"),
    [("12.50", "12.50"), ("1E+3", "1000"), ("0E-8", "0.00000000"), ("1E-7", "0.0000001")],
)
def test_wix_never_gets_an_exponent(amount: str, written: str) -> None:
    assert to_price(Decimal(amount)) == {"amount": written}


@pytest.mark.parametrize(
    ("amount", "written"),
    [("12.50", "12.5"), ("12.00", "12"), ("100", "100"), ("1E+3", "1000"), ("0.00", "0")],
)
def test_equal_amounts_look_equal(amount: str, written: str) -> None:
    assert plain(Decimal(amount)) == written


def test_an_amount_goes_out_as_text() -> None:
    assert asked(amount="12.50").model_dump(mode="json")["amount"] == "12.5"


# ---- Ids and fields -------------------------------------------------------------------------


def test_an_id_is_lowered() -> None:
    assert asked(orderId=ID.upper()).order_id == ID


@pytest.mark.parametrize(
    "said",
    [
        "", "1", f"{ID}\n", f" {ID}", f"{{{ID}}}", ID.replace("-", ""), f"{ID}0", ID[:-1], None, 5,
        f"{ID[:-1]}g", f"{ID[:-1]}\uff11", f"{ID[:-1]}\u212a", f"../{ID}",
    ],
)  # fmt: skip
def test_anything_else_is_no_id(said: object) -> None:
    with pytest.raises(ValidationError):
        asked(orderId=said)


@pytest.mark.parametrize(
    "fields",
    [
        {"unknown": 1},
        {"order_id": ID},
        {"urgent": "true"},
        {"urgent": 1},
        {"note": 5},
        {"lines": {}},
        {"lines": [{"lineItemId": ID, "quantity": "1"}]},
        {"lines": [{"lineItemId": ID, "quantity": 1.0}]},
        {"lines": [{"lineItemId": ID, "quantity": True}]},
        {"lines": [{"lineItemId": ID, "Quantity": 1}]},
    ],
)
def test_near_misses_are_refused(fields: Mapping[str, object]) -> None:
    with pytest.raises(ValidationError):
        asked(**fields)


def test_the_text_of_a_refusal_does_not_repeat_the_input() -> None:
    with pytest.raises(ValidationError) as caught:
        asked(amount="secret-1", orderId="secret-2", urgent="secret-3")

    assert "secret" not in str(caught.value)


def test_an_input_tells_its_ids() -> None:
    class Both(Asked):
        dispatch_id: Annotated[str, Field(max_length=10)] | None = None
        ids_of: str = "x"

    assert asked().ids() == {"orderId": ID}
    assert Both.model_validate({"orderId": ID, "dispatchId": "d-1"}).ids() == {
        "orderId": ID,
        "dispatchId": "d-1",
    }


# ---- Fingerprints ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"amount": "12.5"}, {"amount": "12.50"}),
        ({"amount": "12"}, {"amount": "0012.00"}),
        ({"orderId": ID.upper()}, {}),
        ({"note": None}, {}),
        ({"urgent": False}, {}),
        ({"lines": [{"lineItemId": ID}]}, {"lines": [{"quantity": 1, "lineItemId": ID.upper()}]}),
        ({"more": {"a": 1, "b": 2}}, {"more": {"b": 2, "a": 1}}),
        ({"note": "a", "urgent": True}, {"urgent": True, "note": "a"}),
    ],
)
def test_the_same_request_has_the_same_fingerprint(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert asked(**one).fingerprint() == asked(**other).fingerprint()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"amount": "12.5"}, {"amount": "12.51"}),
        ({"amount": "12.5"}, {}),
        ({"note": ""}, {}),
        ({"note": "a"}, {"note": "A"}),
        ({"urgent": True}, {}),
        ({"lines": []}, {}),
        ({"lines": [{"lineItemId": ID}]}, {"lines": [{"lineItemId": ID}] * 2}),
        ({"more": {"a": 1}}, {"more": {"a": "1"}}),
        ({"more": {}}, {"note": "{}"}),
    ],
)
def test_another_request_has_another_fingerprint(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert asked(**one).fingerprint() != asked(**other).fingerprint()


def test_where_null_clears_a_field_it_is_another_request() -> None:
    said: list[dict[str, object]] = [
        {},
        {"note": None},
        {"line": None},
        {"line": {"lineItemId": ID}},
        {"line": {"lineItemId": ID, "quantity": 1}},
    ]

    assert len({Patch.model_validate({"orderId": ID, **each}).fingerprint() for each in said}) == 5


def test_a_fingerprint_stays_what_it_was() -> None:
    assert asked(amount="12.50").fingerprint() == (
        "1ffbcf59a7303faaaff49fe5e9158d486f4fd079e6d55d3b915fe7263ed3cd2d"
    )


# ---- What Wix is sent -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leaving_out", "sent"),
    [
        ({}, {"noteToBuyer": None, "urgent": False}),
        ({"exclude_none": True}, {"urgent": False}),
        ({"exclude_defaults": True}, {}),
        ({"exclude_unset": True}, {"noteToBuyer": None}),
    ],
)
def test_wix_is_sent_what_was_asked_for_and_nothing_of_ours(
    leaving_out: dict[str, bool], sent: dict[str, object]
) -> None:
    change = Change.model_validate({"orderId": ID, "noteToBuyer": None, "dryRun": True})

    assert change.to_wix(without={"order_id"}, **leaving_out) == sent


def test_what_is_none_is_left_out_and_nothing_else() -> None:
    assert without_none(a=None, b=0, c="", d=False) == {"b": 0, "c": "", "d": False}


# ---- What Wix answers -----------------------------------------------------------------------


def test_an_entity_keeps_what_it_does_not_know() -> None:
    assert WixEntity.model_validate({"newField": {"a": 1}}).model_dump() == {"newField": {"a": 1}}


@pytest.mark.parametrize("said", [{"amount": "12.50", "currency": "EUR"}, {"amount": 12.5}])
def test_a_price_is_read_from_text_or_number(said: object) -> None:
    assert Price.model_validate(said).amount == Decimal("12.5")


def test_an_answer_is_written_in_camel_case() -> None:
    class Told(Answer):
        order_id: str

    assert Told(order_id="1").model_dump(by_alias=True) == {"orderId": "1"}
