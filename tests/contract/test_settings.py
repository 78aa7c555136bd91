"""A function whose environment is wrong: one answer tells all that is to be mended."""

import pytest

from tests.contract.changes import KEY, REFUND
from tests.contract.functions import Functions, answered, http, reply_in, sample
from tests.wix_simulator import WixSimulator

WRONG: dict[str, str | None] = {
    "WIX_API_URL": "ftp://nowhere.example/path",
    "WIX_SECRET_ARN": None,
    "WIX_SITE_ID": "my-own-site",
}


@pytest.mark.parametrize(
    ("action", "wrong"),
    [("get_order", WRONG), ("refund_order", {**WRONG, "EFFECTS_TABLE_NAME": None})],
    ids=["reader", "writer"],
)
def test_all_mistakes_are_told_in_one_answer_and_no_value_is_repeated(
    functions: Functions, wix: WixSimulator, action: str, wrong: dict[str, str | None]
) -> None:
    asked = sample(action, "direct")
    event = sample(action, "http")

    with functions.fresh(action, **wrong) as process:
        reply = reply_in(process.invoke(event))
        raised = process.invoke(asked).error

    assert (reply.status, reply.code) == (500, "misconfigured")
    assert reply.json["retryable"] is False
    assert raised is not None
    assert raised.type == "SettingsError"
    for told in (reply.json["detail"], raised.message):
        assert not [name for name in wrong if name not in told]
        assert not [value for value in wrong.values() if value and value in told]
    assert wix.requests() == []


@pytest.mark.parametrize(
    ("chore", "variable", "value"),
    [
        ("approve_pending_members", "APPROVE_MEMBERS", None),
        ("confirm_pending_bookings", "CONFIRM_BOOKINGS", ""),
        ("report_low_stock", "LOW_STOCK_THRESHOLD", "off"),
    ],
)
def test_a_chore_without_a_rule_is_not_done(
    functions: Functions, wix: WixSimulator, chore: str, variable: str, value: str | None
) -> None:
    with functions.fresh(chore, **{variable: value}) as process:
        raised = process.invoke({}).error

    assert raised is not None
    assert raised.type == "SettingsError"
    assert variable in raised.message
    assert wix.requests() == []


def test_a_function_that_only_reads_needs_no_table(functions: Functions, wix: WixSimulator) -> None:
    order_id = wix.add_order()["id"]

    with functions.fresh("get_order", EFFECTS_TABLE_NAME=None) as process:
        answer = process.invoke({"orderId": order_id})

    assert answered("direct", answer)["id"] == order_id


def test_without_its_table_nothing_is_changed(functions: Functions, wix: WixSimulator) -> None:
    order_id = REFUND.new_order(wix)
    event = http("refund_order", REFUND.body, order_id=order_id, key=KEY)

    with functions.fresh("refund_order", EFFECTS_TABLE_NAME="no-such-table") as process:
        reply = reply_in(process.invoke(event))

    assert (reply.status, reply.code) == (503, "ledger_unavailable")
    assert "EFFECTS_TABLE_NAME" in reply.json["detail"]
    assert wix.requests() == []
