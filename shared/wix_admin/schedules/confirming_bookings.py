"""Confirms the bookings that wait for the business, as far as a rule lets them through."""

from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.bookings.deciding import BookingConfirmation, ConfirmBookingInput
from wix_admin.bookings.entities import Booking
from wix_admin.bookings.reading import bookings_with
from wix_admin.client import WixClient
from wix_admin.errors import (
    OutcomeUnknownError,
    OutOfTimeError,
    RefusedError,
    WithheldError,
    WixRequestError,
    WixUnavailableError,
)
from wix_admin.models import Answer, Json, WriteInput
from wix_admin.once import Sent
from wix_admin.problems import code_of
from wix_admin.telemetry import logger, metrics

PENDING: Json = {"status": "PENDING"}

MOST_FAILURES = 3
"""After how many bookings in a row that Wix had no answer for the rest is left."""


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
    wix: WixClient, rule: str, asked: ConfirmPendingBookingsInput
) -> BookingConfirmations:
    """Confirm all pending bookings, those of some services, or none. Nobody is notified by it.

    Wix's index lags, so one that was decided on a moment ago may be met again: its revision
    conflicts, and it is left as it is.

    Wix: `POST /_api/bookings-reader/v2/extended-bookings/query`, `POST .../bookings/{id}/confirm`.

    Args:
        wix: The client of this invocation.
        rule: `none`, `all`, or ids of services, comma separated.
        asked: Whether this is a dry run.

    Raises:
        WixPermissionError: If the credential may not confirm.
        WixError: If Wix cannot be asked which are pending.
    """
    waiting = list(bookings_with(wix, PENDING)) if rule != "none" else []
    let_through = [each for each in waiting if _lets_through(rule, each)]
    confirmed: list[str] = []
    failed: list[NotConfirmed] = []
    left = in_a_row = 0
    for place, booking in enumerate(let_through):
        try:
            _confirm(wix, booking)
            confirmed.append(booking.id)
            in_a_row = 0
        except WithheldError:
            continue
        except OutOfTimeError:
            left = len(let_through) - place
            break
        except (WixUnavailableError, OutcomeUnknownError) as error:
            failed.append(NotConfirmed(booking_id=booking.id, code=code_of(error)))
            in_a_row += 1
            if in_a_row == MOST_FAILURES:
                left = len(let_through) - place - 1
                break
        except (WixRequestError, RefusedError) as error:
            failed.append(NotConfirmed(booking_id=booking.id, code=code_of(error)))
            in_a_row = 0
    if left:
        logger.warning("Not all bookings are reached", extra={"bookingsLeft": left})
    if not asked.dry_run:
        metrics.add_metric("BookingsConfirmed", MetricUnit.Count, len(confirmed))
        metrics.add_metric("BookingsNotConfirmed", MetricUnit.Count, len(failed) + left)
    return BookingConfirmations(
        pending=len(waiting),
        confirmed=confirmed,
        failed=failed,
        skipped=len(waiting) - len(let_through),
        left=left,
        complete=left == 0,
    )


def _lets_through(rule: str, booking: Booking) -> bool:
    return rule == "all" or booking.service_id in rule.lower().split(",")


def _confirm(wix: WixClient, booking: Booking) -> None:
    """Confirm a booking at the revision that the list told."""
    effect = BookingConfirmation(wix, ConfirmBookingInput.model_validate({"bookingId": booking.id}))
    sent = Sent(reference="", at=0.0, before={"revision": booking.revision})
    try:
        effect.send(sent)
    except OutcomeUnknownError as lost:
        try:
            found = effect.read_back(sent)
        except (OutOfTimeError, WixUnavailableError):
            raise lost from None
        if found is None:
            raise
