"""The routes and schedules of members, products, stock and bookings, as deployed.

Signed, through API Gateway, with each function's own role. What they do in every case is tested
elsewhere; here it is shown that each gets to do it.
"""

from typing import Any

import httpx

from tests.local_stack import LocalStack
from tests.local_stack.stack import LOW_STOCK, TRUSTED_DOMAIN, TRUSTED_SERVICE

OF_OURS = {"source": ["wix-admin"]}


def send(
    stack: LocalStack, method: str, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return stack.request(method, path, credentials=stack.admin, json=body, headers=headers)


def answered(reply: httpx.Response) -> Any:
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    return reply.json()


def ledger(stack: LocalStack) -> int:
    """How many effects are remembered."""
    table = stack.account.client("dynamodb")
    return int(table.scan(TableName=stack.outputs["EffectsTableName"], Select="COUNT")["Count"])


# ---- Bookings -------------------------------------------------------------------


def test_a_booking_is_confirmed_moved_and_canceled(stack: LocalStack) -> None:
    service = stack.wix.bookings.add_service(approval=True)["id"]
    stack.wix.bookings.add_slot(service, "2030-05-06T14:00:00")
    booking = stack.wix.bookings.add(service_id=service, status="PENDING")["id"]
    path = f"/bookings/{booking}"

    confirmed = answered(send(stack, "POST", f"{path}/confirm", {}, "confirm"))
    taken = send(stack, "POST", f"{path}/reschedule", {"start": "2030-05-06T11:00:00"})
    moved = answered(send(stack, "POST", f"{path}/reschedule", {"start": "2030-05-06T14:00:00"}))
    again = answered(send(stack, "POST", f"{path}/confirm", {}, "confirm"))
    canceled = answered(send(stack, "POST", f"{path}/cancel", {}))

    assert confirmed["status"] == "CONFIRMED"
    assert again == confirmed
    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    assert moved["startDate"].startswith("2030-05-06T18:00:00"), "the site is in New York"
    assert canceled["status"] == "CANCELED"


def test_a_booking_is_declined_and_what_is_pending_is_listed(stack: LocalStack) -> None:
    declined, pending = (stack.wix.bookings.add(status="PENDING")["id"] for _ in range(2))

    reply = answered(send(stack, "POST", f"/bookings/{declined}/decline"))
    wanted = {"filter": {"status": "PENDING"}, "limit": 100}
    found = answered(send(stack, "POST", "/bookings/query", wanted))["items"]

    listed = {each["booking"]["id"]: each["allowedActions"] for each in found}
    assert reply["status"] == "DECLINED"
    assert (declined in listed, pending in listed) == (False, True)
    assert listed[pending]["cancel"] is True


def test_pending_bookings_are_confirmed_as_far_as_the_rule_lets_them_through(
    stack: LocalStack,
) -> None:
    stack.wix.bookings.add_service(service_id=TRUSTED_SERVICE, approval=True)
    trusted = stack.wix.bookings.add(service_id=TRUSTED_SERVICE)["id"]
    other = stack.wix.bookings.add(service_id=stack.wix.bookings.add_service()["id"])["id"]

    dry = stack.invoke("ConfirmPendingBookingsFunction", {"dryRun": True})
    still = booking_status(stack, trusted)
    real = stack.invoke("ConfirmPendingBookingsFunction", {})

    path = f"/_api/bookings-service/v2/bookings/{trusted}/confirm"
    assert [each["path"] for each in dry.payload["requests"]] == [path]
    assert still == "PENDING"
    assert real.payload["confirmed"] == [trusted]
    assert booking_status(stack, trusted) == "CONFIRMED"
    assert booking_status(stack, other) == "PENDING"


def booking_status(stack: LocalStack, booking_id: str) -> str:
    booking = stack.wix.bookings.get(booking_id)
    assert booking is not None
    return str(booking["status"])


# ---- Members --------------------------------------------------------------------


def test_a_member_is_added_once_shut_out_let_in_and_deleted(stack: LocalStack) -> None:
    person = {"loginEmail": "stack@example.com", "profile": {"nickname": "stack"}}

    first, again = (send(stack, "POST", "/members", person, "join") for _ in "12")
    member = answered(first)["memberId"]
    path = f"/members/{member}"
    blocked = answered(send(stack, "POST", f"{path}/block"))
    approved = answered(send(stack, "POST", f"{path}/approve"))
    unconfirmed = send(stack, "DELETE", path)
    deleted = answered(send(stack, "DELETE", f"{path}?confirm={member}"))

    assert answered(again) == answered(first)
    assert [each["status"] for each in (blocked, approved)] == ["BLOCKED", "APPROVED"]
    assert unconfirmed.status_code == 400
    assert deleted["deleted"] is True
    assert stack.wix.members.get(member) is None


def test_pending_members_are_approved_as_far_as_the_rule_lets_them_in(stack: LocalStack) -> None:
    trusted, stranger = (
        stack.wix.members.add(email=f"scheduled@{domain}", status="PENDING")["id"]
        for domain in (TRUSTED_DOMAIN, "elsewhere.example")
    )

    dry = stack.invoke("ApprovePendingMembersFunction", {"dryRun": True})
    still = member_status(stack, trusted)
    real = stack.invoke("ApprovePendingMembersFunction", {})

    path = f"/members/v1/members/{trusted}/approve"
    assert [each["path"] for each in dry.payload["requests"]] == [path]
    assert still == "PENDING"
    assert real.payload["approved"] == [trusted]
    assert member_status(stack, trusted) == "APPROVED"
    assert member_status(stack, stranger) == "PENDING"


def member_status(stack: LocalStack, member_id: str) -> str:
    member = stack.wix.members.get(member_id)
    assert member is not None
    return str(member["status"])


def test_members_are_listed_with_their_status(stack: LocalStack) -> None:
    pending = stack.wix.members.add(status="PENDING")["id"]

    wanted = {"filter": {"status": "PENDING"}, "limit": 100}
    found = answered(send(stack, "POST", "/members/query", wanted))["items"]

    assert pending in [each["id"] for each in found]
    assert {each["status"] for each in found} == {"PENDING"}


# ---- Products and stock ---------------------------------------------------------


def test_a_product_is_added_once_and_found(stack: LocalStack) -> None:
    product = {"name": "Ceramic mug", "price": "19.99", "sku": "STACK-1", "quantity": 12}

    first, again = (send(stack, "POST", "/products", {"products": [product]}, "add") for _ in "12")
    found = answered(send(stack, "POST", "/products/query", {"limit": 100}))

    [result] = answered(first)["results"]
    assert answered(again) == answered(first)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert result["status"] == "done"
    assert result["productId"] in [each["id"] for each in found["items"]]
    assert stack.wix.catalog.stock(result["productId"]) == 12


def test_stock_is_set_and_adjusted_and_listed(stack: LocalStack) -> None:
    mug = stack.wix.catalog.add_product(sku="STACK-2", quantity=5)["id"]
    changes = [{"sku": "STACK-2", "set": 40}], [{"productId": mug, "adjust": -2}]

    results = [
        answered(send(stack, "POST", "/inventory", {"changes": each}, f"change-{number}"))
        for number, each in enumerate(changes)
    ]
    listed = answered(send(stack, "POST", "/inventory/query", {"filter": {"productId": mug}}))

    assert [each["done"] for each in results] == [1, 1]
    assert [each["quantity"] for each in listed["items"]] == [38]
    assert stack.wix.catalog.stock(mug) == 38


def test_a_dry_run_changes_nothing_at_wix_or_in_the_ledger(stack: LocalStack) -> None:
    mug = stack.wix.catalog.add_product(sku="STACK-3", quantity=5)["id"]
    asked = {"changes": [{"sku": "STACK-3", "set": 40}], "dryRun": True}
    before = ledger(stack)

    told = answered(send(stack, "POST", "/inventory", asked, "dry"))

    [request] = told["requests"]
    assert (request["method"], request["path"]) == (
        "POST",
        "/stores/v3/bulk/inventory-items/update",
    )
    assert stack.wix.catalog.stock(mug) == 5
    assert ledger(stack) == before


def test_stock_that_is_low_is_reported_on_the_bus(stack: LocalStack) -> None:
    few = stack.wix.catalog.add_product(quantity=LOW_STOCK)["id"]
    enough = stack.wix.catalog.add_product(quantity=LOW_STOCK + 1)["id"]

    with stack.published(OF_OURS) as published:
        dry = stack.invoke("ReportLowStockFunction", {"dryRun": True})
        real = stack.invoke("ReportLowStockFunction", {})
        [event] = published.wait_for(1)

    low = {each["productId"] for each in event["detail"]["items"]}
    assert (few in low, enough in low) == (True, False)
    assert event["detail-type"] == "Stock Low"
    assert event["detail"]["threshold"] == LOW_STOCK
    assert (dry.error, real.error) == (None, None)
    assert dry.payload["result"] == real.payload == event["detail"]
