"""Confirms the bookings that wait for the business, as far as a rule lets them through."""

from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.aws.settings import Name, Settings
from wix_admin.aws.telemetry import metrics
from wix_admin.bookings.confirm_booking import BookingConfirmation, ConfirmBookingInput
from wix_admin.bookings.entities import Booking
from wix_admin.bookings.query_bookings import bookings_with
from wix_admin.effects.once import Sent
from wix_admin.errors import OutcomeUnknownError, OutOfTimeError, WixUnavailableError
from wix_admin.models import Answer, Json, WriteInput
from wix_admin.schedules.chores import work_through
from wix_admin.wix.client import WixClient

PENDING: Json = {"status": "PENDING"}


class BookingConfirmationSettings(Settings):
    """What the template tells the function that confirms pending bookings.

    Attributes:
        confirm_bookings: `none`, `all`, or ids of services, comma separated.
    """

    confirm_bookings: Name


class ConfirmPendingBookingsInput(WriteInput):
    """Nothing to say but whether to confirm."""


class NotConfirmed(Answer):
    """A booking that was not confirmed, or may not have been.

    Attributes:
        booking_id: The booking.
        code: Why, as problems have it.
    """

    booking_id: str
    code: str


class BookingConfirmations(Answer):
    """What became of the pending bookings.

    Attributes:
        pending: How many wait, as far as Wix's index knows.
        confirmed: The bookings that are confirmed now.
        failed: The bookings that could not be confirmed.
        skipped: How many the rule does not let through.
        left: How many were not reached, for want of time or as Wix could not be asked.
        complete: Whether none is left.
    """

    pending: int
    confirmed: list[str]
    failed: list[NotConfirmed]
    skipped: int
    left: int
    complete: bool


def confirm_pending_bookings(
    wix: WixClient, rule: str, request: ConfirmPendingBookingsInput
) -> BookingConfirmations:
    """Confirm all pending bookings, those of some services, or none. Nobody is notified by it.

    Wix's index lags, so one that was decided on a moment ago may be met again: its revision
    conflicts, and it is left as it is.

    Wix: `POST /_api/bookings-reader/v2/extended-bookings/query`, `POST .../bookings/{id}/confirm`.

    Args:
        wix: The client of this invocation.
        rule: `none`, `all`, or ids of services, comma separated.
        request: Whether this is a dry run.

    Raises:
        WixPermissionError: If the credential may not confirm.
        WixError: If Wix cannot be asked which are pending.
    """
    waiting = list(bookings_with(wix, PENDING)) if rule != "none" else []
    let_through = [each for each in waiting if _lets_through(rule, each)]
    revisions = {each.id: each.revision for each in let_through}
    worked = work_through(list(revisions), lambda each: _confirm(wix, each, revisions[each]))
    if not request.dry_run:
        metrics.add_metric("BookingsConfirmed", MetricUnit.Count, len(worked.done))
        missed = len(worked.failed) + worked.left
        metrics.add_metric("BookingsNotConfirmed", MetricUnit.Count, missed)
    return BookingConfirmations(
        pending=len(waiting),
        confirmed=worked.done,
        failed=[NotConfirmed(booking_id=each, code=code) for each, code in worked.failed.items()],
        skipped=len(waiting) - len(let_through),
        left=worked.left,
        complete=worked.left == 0,
    )


def _lets_through(rule: str, booking: Booking) -> bool:
    return rule == "all" or booking.service_id in rule.lower().split(",")


def _confirm(wix: WixClient, booking_id: str, revision: str | None) -> bool:
    """Confirm a booking at the revision that the list told."""
    effect = BookingConfirmation(wix, ConfirmBookingInput.model_validate({"bookingId": booking_id}))
    sent = Sent(reference="", at=0.0, before={"revision": revision})
    try:
        effect.send(sent)
    except OutcomeUnknownError as lost:
        try:
            found = effect.read_back(sent)
        except (OutOfTimeError, WixUnavailableError):
            raise lost from None
        if found is None:
            raise
    return True
