"""Reading one order, in any status."""

from typing import Any

import pytest

from tests.unit.orders.calls import call
from tests.wix_simulator import WixSimulator


@pytest.mark.parametrize("status", ["INITIALIZED", "APPROVED", "CANCELED", "PENDING", "REJECTED"])
def test_an_order_is_read_in_any_status_and_whole(wix: WixSimulator, status: Any) -> None:
    order = wix.add_order(total="49.73", status=status)

    reply = call("get_order", order_id=order["id"])

    assert reply.status == 200
    assert reply.json == wix.order(order["id"])


def test_fields_that_nobody_here_knows_are_handed_on(wix: WixSimulator) -> None:
    order = wix.add_order(fields={"somethingNew": {"deep": [1, None, "x"]}})

    reply = call("get_order", order_id=order["id"])

    assert reply.json["somethingNew"] == {"deep": [1, None, "x"]}


def test_an_id_in_capitals_is_the_same_order(wix: WixSimulator) -> None:
    order = wix.add_order(total="49.73")

    assert call("get_order", order_id=order["id"].upper()).json["id"] == order["id"]


def test_an_unknown_order_is_not_found(wix: WixSimulator) -> None:
    reply = call("get_order", order_id="00000000-0000-4000-8000-000000000099")

    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.json["wixRequestId"] == wix.requests(path="/ecom/*")[0].request_id
