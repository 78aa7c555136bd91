"""The part of the demo's story that is about stock, members and bookings."""

from collections.abc import Sequence
from typing import Any

from tests.local_stack.aws import Credentials
from tests.local_stack.stack import LocalStack
from tests.local_stack.telling import calls, holds, says, shows

MUGS = 12
COUNTED = 40
MEMBER = "3e3be500-0000-4000-8000-000000000001"
BOOKING = "b0041460-0000-4000-8000-000000000001"
HOUR = "2030-05-06T{}:00:00"


class AreasStory:
    """The chapters, in order, and what they share."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._wix = stack.wix

    def tell(self) -> None:
        """Tell it.

        Raises:
            UntoldError: If a step is not as told.
        """
        self._stock_taking()
        self._member()
        self._booking()

    def _stock_taking(self) -> None:
        stock_keeper = self._stack.caller("InventoryPolicy")
        mug = self._wix.catalog.add_product(name="Mug", sku="MUG", quantity=MUGS)["id"]
        counted = {"changes": [{"sku": "MUG", "set": COUNTED}]}

        says(f"Somebody counted {COUNTED} mugs. First only what would be sent to Wix")
        told = self._post(stock_keeper, "/inventory", {**counted, "dryRun": True}, show=["dryRun"])
        for request in told["requests"]:
            shows(f"It would send {request['method']} {request['path']}")
        holds(f"At Wix there are still {MUGS}", self._wix.catalog.stock(mug) == MUGS)

        says("Then it is done")
        first = self._post(stock_keeper, "/inventory", counted, key="count-1", show=["done"])
        holds(f"At Wix there are {COUNTED}", self._wix.catalog.stock(mug) == COUNTED)

        says("Two are sold, and the same request comes again")
        self._wix.catalog.set_stock(mug, COUNTED - 2)
        again = self._post(stock_keeper, "/inventory", counted, key="count-1", show=["done"])
        holds("The answer is the first one", again == first)
        left = self._wix.catalog.stock(mug)
        holds(f"At Wix there are {left}", left == COUNTED - 2)

    def _member(self) -> None:
        says("Somebody has signed up and waits to be let in")
        registrar = self._stack.caller("MembersAdminPolicy")
        self._wix.members.add(email="ada@example.com", status="PENDING", member_id=MEMBER)
        self._post(registrar, f"/members/{MEMBER}/approve", show=["status"])
        member = self._wix.members.get(MEMBER)
        assert member is not None
        holds(f"At Wix the member is {member['status']}", member["status"] == "APPROVED")

    def _booking(self) -> None:
        says("A guest asks for another hour, first for one that is taken")
        receptionist = self._stack.caller("BookingsAdminPolicy")
        service = self._wix.bookings.add_service(name="Massage")["id"]
        self._wix.bookings.add(
            service_id=service, status="CONFIRMED", start=HOUR.format("09"), booking_id=BOOKING
        )
        self._wix.bookings.add_slot(service, HOUR.format("14"))
        path = f"/bookings/{BOOKING}/reschedule"
        asked = {"start": HOUR.format("11"), "notifyParticipants": True}
        self._post(receptionist, path, asked, key="move-1", expect=409, show=["code"])
        asked["start"] = HOUR.format("14")
        moved = self._post(receptionist, path, asked, key="move-2", show=["status", "startDate"])
        booking = self._wix.bookings.get(BOOKING)
        assert booking is not None
        holds("At Wix it is at that hour", booking["startDate"] == moved["startDate"])
        told = self._wix.bookings.notifications
        holds("The guest is told once, as was asked for", len(told) == 1)

    def _post(
        self,
        caller: Credentials,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        expect: int = 200,
        show: Sequence[str],
    ) -> Any:
        return calls(self._stack, caller, "POST", path, body, key=key, expect=expect, show=show)
