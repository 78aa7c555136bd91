"""Changing bookings the way callers do, and what came of it."""

from typing import Any

from tests.unit.calls import Reply, call
from tests.wix_simulator import WixSimulator


def act(
    action: str, booking: dict[str, Any] | str, *, key: str | None = None, **body: Any
) -> Reply:
    target = booking if isinstance(booking, str) else booking["id"]
    return call(f"bookings/{action}", body, target=target, key=key)


def now(wix: WixSimulator, booking: dict[str, Any]) -> dict[str, Any]:
    found = wix.bookings.get(booking["id"])
    assert found is not None
    return found


def writes(wix: WixSimulator, verb: str) -> int:
    return sum(each.effect for each in wix.requests("POST", f"*/{verb}"))


def confirmed_unseen(wix: WixSimulator, *, lag_seconds: float) -> dict[str, Any]:
    """A booking that the reader shows as pending, as it was confirmed right now."""
    booking = wix.bookings.add(status="PENDING")
    wix.advance(2 * lag_seconds)
    wix.switches.booking_reader_lag_seconds = lag_seconds
    assert act("confirm_booking", booking).status == 200
    return booking
