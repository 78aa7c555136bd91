"""Each function at each of its doors, called with its sample events."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests import canaries
from tests.actions import ROUTED
from tests.contract.functions import (
    UNKNOWN_ORDER,
    Functions,
    answered,
    http,
    marks_in,
    reply_in,
    sample,
)
from tests.events import DOORS, Door, bus_event, queue_batch
from tests.lambda_runtime import FunctionProcess
from tests.wix_simulator import Fault, WixSimulator, line
from wix_admin import Key

OF_ORDERS = [action for action in ROUTED if action.area == "orders"]
ACTIONS = [action.stem for action in OF_ORDERS]
NEED_A_KEY = [action.stem for action in OF_ORDERS if action.key is Key.REQUIRED]

LINE = "00000000-0000-0000-0000-000000000001"
"""The line that the sample events name; the simulator numbers lines so."""


def order_for(action: str, wix: WixSimulator) -> dict[str, Any]:
    """An order for which an action's samples make sense."""
    return wix.add_order(
        lines=[line(2, "12.50", id=LINE), line(price="4.99")],
        payments=() if action == "record_payment" else None,
    )


def event_for(action: str, door: Door, wix: WixSimulator, order_id: str) -> Any:
    paid = wix.payment_ids(order_id)
    return sample(action, door, order_id, *paid)


def updated(wix: WixSimulator, order_id: str) -> Any:
    order = wix.order(order_id)
    assert order["archived"] is True
    return {"orderId": order_id, "changed": ["archived"], "updatedDate": order["updatedDate"]}


def canceled(wix: WixSimulator, order_id: str) -> Any:
    assert wix.order(order_id)["status"] == "CANCELED"
    return {
        "orderId": order_id,
        "status": "CANCELED",
        "paymentStatus": "PAID",
        "stillPaid": "29.99",
        "alreadyCanceled": False,
    }


def refunded(wix: WixSimulator, order_id: str) -> Any:
    [refund] = wix.refunds(order_id)
    [payment_id] = wix.payment_ids(order_id)
    assert wix.restocked(order_id) == {LINE: 1}
    return {
        "orderId": order_id,
        "refundId": refund["id"],
        "status": "REFUNDED",
        "refunded": "12.15",
        "payments": [{"paymentId": payment_id, "amount": "12.15", "refundStatus": "SUCCEEDED"}],
        "pendingPayments": [],
    }


def fulfilled(wix: WixSimulator, order_id: str) -> Any:
    [fulfillment] = wix.fulfillments(order_id)
    return {
        "orderId": order_id,
        "fulfillmentId": fulfillment["id"],
        "lines": [{"lineItemId": LINE, "quantity": 1}],
        "trackingNumber": "1Z999AA10123456784",
    }


def recorded(wix: WixSimulator, order_id: str) -> Any:
    [payment_id] = wix.payment_ids(order_id)
    return {
        "orderId": order_id,
        "paymentId": payment_id,
        "amount": "25.00",
        "wasPending": False,
    }


DOCUMENTED: dict[str, Callable[[WixSimulator, str], Any]] = {
    "get_order": lambda wix, order_id: wix.order(order_id),
    "update_order": updated,
    "cancel_order": canceled,
    "refund_order": refunded,
    "fulfill_order": fulfilled,
    "record_payment": recorded,
}
"""What an action answers to its sample, with the ids that Wix has now."""


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("action", DOCUMENTED)
def test_a_sample_is_answered_as_documented(
    functions: Functions, wix: WixSimulator, action: str, door: Door
) -> None:
    order_id = order_for(action, wix)["id"]

    answer = functions.warm(action).invoke(event_for(action, door, wix, order_id))

    assert answered(door, answer) == DOCUMENTED[action](wix, order_id)


@pytest.mark.parametrize("door", DOORS)
def test_a_search_answers_a_page_of_orders_as_wix_has_them(
    functions: Functions, wix: WixSimulator, door: Door
) -> None:
    newest = wix.add_order()

    page = answered(door, functions.warm("query_orders").invoke(sample("query_orders", door)))

    assert page["items"][0] == wix.order(newest["id"])
    assert len(page["items"]) <= 20
    assert page["hasMore"] is ("cursor" in page)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_http_answer_is_json_that_nobody_stores_and_names_its_request(
    functions: Functions, wix: WixSimulator, action: str
) -> None:
    event = event_for(action, "http", wix, order_for(action, wix)["id"])

    reply = reply_in(functions.warm(action).invoke(event))

    assert reply.status == 200
    assert reply.headers == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Request-Id": event["requestContext"]["requestId"],
    }


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("action", NEED_A_KEY)
def test_the_same_event_again_is_answered_the_same_and_changes_nothing(
    functions: Functions, wix: WixSimulator, action: str, door: Door
) -> None:
    order_id = order_for(action, wix)["id"]
    event = event_for(action, door, wix, order_id)

    first, again = (answered(door, functions.warm(action).invoke(event)) for _ in range(2))

    assert again == first == DOCUMENTED[action](wix, order_id)


# ---- Failures ----


@dataclass(frozen=True)
class Failure:
    """A call that fails, and what its caller is to be told.

    Attributes:
        error: The class, which names the remedy.
        code: The code of the problem, for HTTP callers.
        status: The HTTP status.
        action: What is called.
        input: More than the order's id.
        key: Its idempotency key.
        trouble: What is wrong at Wix meanwhile.
        seconds: How much time Lambda gives.
    """

    error: str
    status: int
    code: str
    action: str
    input: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    trouble: Fault | None = None
    seconds: float = 30

    def __str__(self) -> str:
        return f"{self.error}-{self.code}"


PERSON = f"{canaries.FIRST_NAME}@{canaries.EMAIL_DOMAIN}"
REFUND = {"amount": "1.00", "reason": canaries.MESSAGE}


def said(code: str) -> dict[str, Any]:
    """An error of Wix that repeats what a person wrote."""
    return {
        "message": f"no: {PERSON}",
        "details": {"applicationError": {"code": code, "description": f"no: {PERSON}"}},
    }


FAILURES = (
    Failure("InputError", 400, "invalid_input", "update_order", {"buyerInfo": {"mail": PERSON}}),
    Failure("InputError", 400, "invalid_input", "get_order", {PERSON: 1}),
    Failure("InputError", 400, "idempotency_key_missing", "refund_order", REFUND),
    Failure("WixNotFoundError", 404, "not_found", "get_order", {"orderId": UNKNOWN_ORDER}),
    Failure(
        "RefusedError",
        422,
        "exceeds_refundable",
        "refund_order",
        {**REFUND, "amount": "99.00"},
        key="k",
    ),
    Failure(
        "WixRequestError",
        400,
        "wix_refused",
        "get_order",
        trouble=Fault(status=400, body=said("NO"), path="/ecom/*"),
    ),
    Failure(
        "WixConflictError",
        409,
        "conflict",
        "get_order",
        trouble=Fault(status=409, body=said("ALREADY_EXISTS"), path="/ecom/*"),
    ),
    Failure(
        "WixStateError",
        409,
        "wix_forbids",
        "get_order",
        trouble=Fault(status=428, body=said("NOT_NOW"), path="/ecom/*"),
    ),
    Failure(
        "WixPermissionError",
        502,
        "wix_permission_missing",
        "get_order",
        trouble=Fault(status=403, body=said("PERMISSION_DENIED"), path="/ecom/*"),
    ),
    Failure(
        "WixUnavailableError",
        503,
        "wix_unavailable",
        "get_order",
        trouble=Fault(status=502, body="<html>", times=None, path="/ecom/*"),
    ),
    Failure(
        "WixUnavailableError",
        503,
        "wix_busy",
        "get_order",
        trouble=Fault(status=429, headers={"Retry-After": "60"}, times=None, path="/ecom/*"),
    ),
    Failure("OutOfTimeError", 503, "out_of_time", "refund_order", REFUND, key="k", seconds=10),
    Failure(
        "OutcomeUnknownError",
        504,
        "outcome_unknown",
        "refund_order",
        REFUND,
        key="k",
        trouble=Fault(drop="before", path="*/refund-payments"),
    ),
)


@pytest.mark.parametrize("door", ["event", "direct"])
@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_failure_is_raised_as_the_class_of_its_remedy_and_the_process_lives_on(
    functions: Functions, wix: WixSimulator, failure: Failure, door: Door
) -> None:
    order_id = wix.add_order(total="10.00")["id"]
    if failure.trouble:
        wix.add_fault(failure.trouble)
    given = {"orderId": order_id, **failure.input}
    if failure.key:
        given["idempotencyKey"] = failure.key
    process = functions.warm(failure.action)

    answer = process.invoke(
        bus_event(given) if door == "event" else given, seconds_left=failure.seconds
    )
    wix.clear_faults()

    assert answer.error is not None
    assert answer.error.type == failure.error
    assert answer.error.message
    assert not marks_in(answer.error)
    assert works(process, wix)


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_failure_is_a_problem_to_an_http_caller_and_the_process_lives_on(
    functions: Functions, wix: WixSimulator, failure: Failure
) -> None:
    order_id = failure.input.get("orderId") or wix.add_order(total="10.00")["id"]
    if failure.trouble:
        wix.add_fault(failure.trouble)
    event = http(failure.action, failure.input, order_id=order_id, key=failure.key)
    process = functions.warm(failure.action)

    reply = reply_in(process.invoke(event, seconds_left=failure.seconds))
    wix.clear_faults()

    assert (reply.status, reply.code) == (failure.status, failure.code)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["status"] == failure.status
    assert reply.json["requestId"] == event["requestContext"]["requestId"]
    assert reply.json["retryable"] is (failure.status in {503, 504})
    assert not marks_in(functions.output(process))
    assert works(process, wix)


def test_a_key_that_stands_for_another_request_has_an_error_of_its_own(
    functions: Functions, wix: WixSimulator
) -> None:
    asked = event_for("refund_order", "direct", wix, order_for("refund_order", wix)["id"])
    process = functions.warm("refund_order")
    assert process.invoke(asked).error is None

    answer = process.invoke({**asked, "reason": canaries.MESSAGE})

    assert answer.error is not None
    assert answer.error.type == "KeyReusedError"
    assert not marks_in(answer.error)


def works(process: FunctionProcess, wix: WixSimulator) -> bool:
    """Tell whether a process does its job."""
    action = process.name
    answer = process.invoke(event_for(action, "direct", wix, order_for(action, wix)["id"]))
    return answer.error is None


# ---- Batches ----


@pytest.mark.parametrize("action", ACTIONS)
def test_of_a_batch_only_the_bad_and_the_poisoned_message_are_reported(
    functions: Functions, wix: WixSimulator, action: str
) -> None:
    order_id = order_for(action, wix)["id"]
    good = event_for(action, "event", wix, order_id)
    bad = {**good, "detail": {**good["detail"], "notAField": 1}}
    batch = queue_batch(good=json.dumps(good), bad=json.dumps(bad), poisoned="{not JSON")

    answer = functions.warm(action).invoke(batch)

    assert answer.error is None
    assert answer.result == {
        "batchItemFailures": [{"itemIdentifier": "bad"}, {"itemIdentifier": "poisoned"}]
    }
    if action in DOCUMENTED:
        assert DOCUMENTED[action](wix, order_id)


def test_a_message_that_is_the_input_itself_is_taken_like_an_event(
    functions: Functions, wix: WixSimulator
) -> None:
    order_id = order_for("refund_order", wix)["id"]
    message = json.dumps(event_for("refund_order", "direct", wix, order_id))

    answer = functions.warm("refund_order").invoke(queue_batch(message=message))

    assert answer.result == {"batchItemFailures": []}
    assert len(wix.refunds(order_id)) == 1


def test_a_batch_in_which_all_fails_is_reported_message_by_message(
    functions: Functions, wix: WixSimulator
) -> None:
    unknown = json.dumps({"orderId": UNKNOWN_ORDER})
    batch = queue_batch(one=unknown, two=unknown, poisoned="[]", empty="", text='"text"')

    answer = functions.warm("get_order").invoke(batch)

    assert answer.error is None
    assert [each["itemIdentifier"] for each in answer.result["batchItemFailures"]] == [
        "one",
        "two",
        "poisoned",
        "empty",
        "text",
    ]


def test_a_batch_that_comes_again_does_only_what_it_did_not_do(
    functions: Functions, wix: WixSimulator
) -> None:
    first, second = (order_for("fulfill_order", wix)["id"] for _ in range(2))
    batch = queue_batch(
        first=json.dumps(event_for("fulfill_order", "event", wix, first)),
        second=json.dumps(event_for("fulfill_order", "event", wix, second)),
    )
    trouble = wix.add_fault(Fault(path=f"*/orders/{second}*", status=503, times=None))
    process = functions.warm("fulfill_order")

    half = process.invoke(batch)
    wix.remove_fault(trouble)
    rest = process.invoke(batch)

    assert half.result == {"batchItemFailures": [{"itemIdentifier": "second"}]}
    assert rest.result == {"batchItemFailures": []}
    assert [len(wix.fulfillments(each)) for each in (first, second)] == [1, 1]
