"""Changes one booking at the revision that was read, and again if that was not the latest."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, ClassVar, override

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.bookings.entities import Booking, fetch_booking, find_booking
from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import (
    OutcomeUnknownError,
    RefusedError,
    WixConflictError,
    WixStateError,
)
from wix_admin.models import Guid, Json, WriteInput
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as

ROUNDS = 4
"""How often a change is tried at most while others change the booking, too."""

READS_BEHIND = 5
"""How often a booking is read that has changed and is not shown changed: Wix's index lags."""

FIRST_PAUSE_SECONDS = 0.5


class BookingInput(WriteInput):
    """What is to become of one booking. Participants are told only if asked for."""

    booking_id: Guid
    notify_participants: bool = Field(
        default=False, description="Tell the participants, by mail or SMS as the site does."
    )
    message: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description="What to tell them besides; with notifyParticipants only."
    )

    @field_validator("message")
    @classmethod
    def _told_to_somebody(cls, given: str | None, others: ValidationInfo) -> str | None:
        if given is not None and not others.data.get("notify_participants"):
            raise PydanticCustomError(
                "message", "Send notifyParticipants: true with it, as nobody gets it otherwise"
            )
        return given

    def notification(self) -> Json:
        """Return the part of Wix's request that says whom to tell; nothing for nobody."""
        if not self.notify_participants:
            return {}
        told: Json = {"notifyParticipants": True}
        if self.message is not None:
            told["message"] = self.message
        return {"participantNotification": told}


class BookingReceipt(Receipt):
    """A booking after a change, as Wix answered it: its lists lag behind.

    Attributes:
        booking_id: The booking.
        status: Its status now.
        revision: Its revision now.
        payment_status: Its payment status now.
        start_date: When it begins, in UTC.
        end_date: When it ends, in UTC.
        double_booked: Whether somebody else has the same time.
        already: Whether it was so before, so that nothing was done.
    """

    booking_id: str
    status: str | None = None
    revision: str | None = None
    payment_status: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    double_booked: bool | None = None
    already: bool = False


class BookingChange(Effect[BookingReceipt]):
    """One change of one booking.

    The revision makes it happen once at most. A conflict says that it did not happen: the booking
    is read again, and the change made only if the booking still allows it. After a lost answer the
    same is sent with the same revision; Wix refuses it if the first was carried out.
    """

    receipt = BookingReceipt
    operation: ClassVar[Operation]
    changes_from: ClassVar[Collection[str]]
    """The states that allow it."""

    def __init__(self, wix: WixClient, booking_id: str) -> None:
        self.target = booking_id
        self._wix = wix
        self._found: Booking | None = None

    @override
    def check(self) -> Json:
        """Read the booking, as it may be so already, or not allow it.

        Raises:
            WixNotFoundError: If Wix shows no such booking.
            RefusedError: If its state does not allow the change.
        """
        booking = fetch_booking(self._wix, self.target)
        if self.is_done(booking):
            self._found = booking
            return {}
        self.refuse(booking)
        return {"revision": booking.revision, **self.plan(booking)}

    @override
    def send(self, sent: Sent) -> BookingReceipt:
        """Make the change at the revision that was read, or at a later one.

        Raises:
            RefusedError: If the booking came to a state that does not allow it, or never rests.
            WixRequestError: If Wix refused it.
        """
        if self._found is not None:
            return self._receipt(self._found, already=True)
        revision = sent.before["revision"]
        for _ in range(ROUNDS):
            try:
                return self._change(sent, revision)
            except WixConflictError:
                booking = self._newer_than(revision)
            if booking is None:
                break
            if self.is_done(booking):
                return self._receipt(booking, already=True)
            self.refuse(booking)
            sent = replace(sent, before={"revision": booking.revision, **self.plan(booking)})
            revision = sent.before["revision"]
        raise RefusedError(
            "The booking changed at Wix at the same moment: ask again in some seconds",
            code="changed_meanwhile",
        )

    @override
    def read_back(self, sent: Sent) -> BookingReceipt | None:
        """Send the same at the same revision, and look at the booking if Wix refuses that.

        One that is refused for another reason, and long after shows no later revision, was never
        changed.
        """
        if "revision" not in sent.before:
            return self._receipt(fetch_booking(self._wix, self.target), already=True)
        revision = sent.before["revision"]
        try:
            return self._change(sent, revision)
        except (WixConflictError, WixStateError) as refusal:
            booking = self._newer_than(revision)
            if booking is None and sent.settled and isinstance(refusal, WixStateError):
                return None
            if booking is None:
                raise OutcomeUnknownError(
                    "Wix says that the booking changed, and does not show how yet",
                    wix_request_id=refusal.wix_request_id,
                    retry_after=5.0,
                ) from refusal
        return self._receipt(booking) if self.is_done(booking) else None

    @abstractmethod
    def is_done(self, booking: Booking) -> bool:
        """Tell whether the booking is as it is to be."""

    @abstractmethod
    def body(self, sent: Sent) -> Json:
        """Return Wix's request, without the revision."""

    def plan(self, booking: Booking) -> Json:
        """Read what else decides, and return what `body` and `is_done` need.

        Raises:
            RefusedError: If it cannot work.
        """
        del booking
        return {}

    def refuse(self, booking: Booking) -> None:
        """Let a booking pass whose state allows the change.

        Raises:
            RefusedError: If it does not.
        """
        if booking.status not in self.changes_from:
            allowed = " or ".join(sorted(self.changes_from))
            raise RefusedError(
                f"The booking is {booking.status}: only one that is {allowed} can be changed so"
            )

    def _change(self, sent: Sent, revision: str) -> BookingReceipt:
        reply = self._wix.call(
            self.operation,
            body={"revision": revision, **self.body(sent)},
            booking_id=self.target,
        )
        return self._receipt(read_as(Booking, reply.get("booking"), self.operation))

    def _newer_than(self, revision: str) -> Booking | None:
        """Read the booking until a later revision shows; None if that takes too long."""
        for attempt in range(READS_BEHIND):
            booking = find_booking(self._wix, self.target)
            if booking is not None and int(booking.revision or 0) > int(revision):
                return booking
            if not self._wix.pause(FIRST_PAUSE_SECONDS * 2**attempt):
                break
        return None

    def _receipt(self, booking: Booking, *, already: bool = False) -> BookingReceipt:
        return BookingReceipt(
            booking_id=self.target,
            status=booking.status,
            revision=booking.revision,
            payment_status=booking.payment_status,
            start_date=booking.start_date,
            end_date=booking.end_date,
            double_booked=booking.double_booked,
            already=already,
        )


def flags(**named: bool) -> Json:
    """Return the flags that are set, as Wix's flow control; nothing if none is."""
    chosen = {name: True for name, on in named.items() if on}
    return {"flowControlSettings": chosen} if chosen else {}
