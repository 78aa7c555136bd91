"""Confirms and declines bookings that wait for the business, and cancels any."""

from typing import ClassVar, Literal

from pydantic import Field

from wix_admin.bookings.booking_effect import BookingChange, BookingInput, flags
from wix_admin.bookings.entities import Booking
from wix_admin.bookings.operations import CANCEL_BOOKING, CONFIRM_BOOKING, DECLINE_BOOKING
from wix_admin.effects.once import Sent
from wix_admin.models import Json
from wix_admin.wix.client import WixClient

WAITING = frozenset({"PENDING", "CREATED", "WAITING_LIST"})

type PaymentStatus = Literal["NOT_PAID", "PAID", "PARTIALLY_PAID", "REFUNDED", "EXEMPT", "FAILED"]


class ConfirmBookingInput(BookingInput):
    """Which booking to confirm. Bookings paid through Wix's checkout are confirmed by Wix."""

    payment_status: PaymentStatus | None = Field(
        default=None, description="What to note of its payment, which moves no money."
    )
    send_sms_reminder: bool | None = Field(
        default=None, description="Whether participants get an SMS the day before."
    )
    check_availability: bool = Field(
        default=False, description="Confirm it only if the time is still free."
    )


class DeclineBookingInput(BookingInput):
    """Which booking to decline."""

    payment_status: PaymentStatus | None = Field(
        default=None, description="What to note of its payment, which moves no money."
    )
    with_refund: bool = Field(
        default=False,
        description="Give back what was paid: with a membership by Wix, otherwise by the site's"
        " refund automation, if it has one. Look at the order's refunds before refunding it, too.",
    )


class CancelBookingInput(BookingInput):
    """Which booking to cancel."""

    ignore_cancellation_policy: bool = Field(
        default=False, description="Cancel even if the service's policy says that it is too late."
    )
    with_refund: bool = Field(
        default=False, description="Give back what was paid with a membership."
    )
    waive_cancellation_fee: bool = Field(default=False, description="Take no fee for it.")
    waive_charges: bool = Field(
        default=False,
        description="Waive what is still owed: Wix cancels the order, too, if all of it is"
        " bookings, some of it unpaid, and no fee is due.",
    )


class _Decision(BookingChange):
    """Brings one booking to a status."""

    goal: ClassVar[str]

    def __init__(self, wix: WixClient, asked: BookingInput, said: Json) -> None:
        super().__init__(wix, asked.booking_id)
        self._body = {**asked.notification(), **said}

    def is_done(self, booking: Booking) -> bool:
        """Tell whether it has that status."""
        return booking.status == self.goal

    def body(self, sent: Sent) -> Json:
        """Return what was asked for by name, and nothing else."""
        del sent
        return self._body


class BookingConfirmation(_Decision):
    """Confirms one booking.

    Wix: `POST /_api/bookings-service/v2/bookings/{bookingId}/confirm`.
    """

    name = CONFIRM_BOOKING.name
    operation = CONFIRM_BOOKING
    changes_from = WAITING
    goal = "CONFIRMED"

    def __init__(self, wix: WixClient, asked: ConfirmBookingInput) -> None:
        noted = _said(paymentStatus=asked.payment_status, sendSmsReminder=asked.send_sms_reminder)
        checked = flags(checkAvailabilityValidation=asked.check_availability)
        super().__init__(wix, asked, {**noted, **checked})


class BookingDecline(_Decision):
    """Declines one booking.

    Wix: `POST /_api/bookings-service/v2/bookings/{bookingId}/decline`.
    """

    name = DECLINE_BOOKING.name
    operation = DECLINE_BOOKING
    changes_from = WAITING
    goal = "DECLINED"

    def __init__(self, wix: WixClient, asked: DeclineBookingInput) -> None:
        noted = _said(paymentStatus=asked.payment_status)
        super().__init__(wix, asked, {**noted, **flags(withRefund=asked.with_refund)})


class BookingCancellation(_Decision):
    """Cancels one booking.

    Wix: `POST /_api/bookings-service/v2/bookings/{bookingId}/cancel`.
    """

    name = CANCEL_BOOKING.name
    operation = CANCEL_BOOKING
    changes_from = WAITING | {"CONFIRMED"}
    goal = "CANCELED"

    def __init__(self, wix: WixClient, asked: CancelBookingInput) -> None:
        chosen = flags(
            ignoreCancellationPolicy=asked.ignore_cancellation_policy,
            withRefund=asked.with_refund,
            waiveCancellationFee=asked.waive_cancellation_fee,
        )
        waived: Json = {"waiveCharges": True} if asked.waive_charges else {}
        super().__init__(wix, asked, {**chosen, **waived})


def _said(**fields: object) -> Json:
    return {name: value for name, value in fields.items() if value is not None}
