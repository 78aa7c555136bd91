"""Bookings v2: create, confirm, decline, cancel, reschedule, mark as pending."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from tests.wix_simulator.bodies import Body, without_none
from tests.wix_simulator.booking_bodies import (
    AllowedActionsBody,
    CancelBody,
    ConfirmBody,
    ConfirmOrDeclineBody,
    CreateBody,
    CreateFlow,
    DeclineBody,
    ParticipantNotification,
    PaymentStatus,
    PendingBody,
    RescheduleBody,
    RescheduleFlow,
    SlotBody,
)
from tests.wix_simulator.booking_book import ENDED, BookingBook, Notification, Terms, participants
from tests.wix_simulator.booking_events import BookingEventKind
from tests.wix_simulator.bulk import bulk_result, failed, succeeded
from tests.wix_simulator.errors import Json, RefusedError, application_error, invalid
from tests.wix_simulator.service_calendar import Slot, as_booked, instant, zone
from tests.wix_simulator.world import Call, Route

PATHS = ("/_api/bookings-service/v2/bookings", "/bookings/v2/bookings")

_DECIDABLE = {"PENDING", "CREATED", "WAITING_LIST"}
_UNPAID = {"UNDEFINED", "NOT_PAID", "REFUNDED", "EXEMPT"}
_NEEDED_OF_A_SLOT = ("schedule_id", "start_date", "end_date", "timezone", "location")
_DERIVED_OF_A_CLASS = (*_NEEDED_OF_A_SLOT, "resource", "resource_selections")
_OVERRIDES = {
    "skip_availability_validation": "BOOKINGS.OVERRIDE_AVAILABILITY",
    "skip_business_confirmation": "BOOKINGS.OVERRIDE_AVAILABILITY",
    "skip_selected_payment_option_validation": "BOOKINGS.MANAGE_PAYMENTS",
    "skip_add_on_validation": "BOOKINGS.MANAGE_ADDONS",
    "allow_add_on_changes": "BOOKINGS.MANAGE_ADDONS",
    "ignore_cancellation_policy": "BOOKINGS.MANAGE_BOOKINGS",
    "ignore_reschedule_policy": "BOOKINGS.MANAGE_BOOKINGS",
}
"""Flags that overrule something, and the permission each needs."""


# ---- Create ----


def create_booking(call: Call) -> Json:
    """POST …/bookings: a booking of a free slot, a session or a course."""
    book = call.bookings
    request = call.read(CreateBody)
    wanted, flow = request.booking, request.flow_control_settings
    _check_overrides(call, flow)
    if wanted.status == "CONFIRMED":
        _check_permission(call, "BOOKINGS.MANAGE_BOOKINGS")
    booking = without_none(wanted.sent())
    booking.pop("paymentStatus", None)
    booking["bookedEntity"], service = _entity(book, request, flow)
    terms = Terms(
        policy=service["bookingPolicy"],
        skips_availability=flow.skip_availability_validation,
        skips_confirmation=flow.skip_business_confirmation,
        allows_add_on_changes=flow.skip_add_on_validation,
    )
    made = book.add(booking, terms)
    _notify(book, made, "created", request.participant_notification)
    return {"booking": made}


def _entity(book: BookingBook, request: CreateBody, flow: CreateFlow) -> tuple[Json, Json]:
    """The `bookedEntity` of a new booking, and its service."""
    slot, schedule = request.booking.booked_entity.slot, request.booking.booked_entity.schedule
    check = not flow.skip_availability_validation
    count = participants(request.booking.sent())
    if schedule is not None:
        service = _service_with_schedule(book, schedule.schedule_id)
        if check and book.left_in_course(service) < count:
            raise application_error(428, "SCHEDULE_CAPACITY_EXCEEDED")
        return book.course_entity(service, schedule.timezone or "UTC"), service
    if slot is None or slot.service_id is None:
        raise invalid("booking.bookedEntity.slot.serviceId", "is needed", "REQUIRED_FIELD")
    service = book.calendar.service(slot.service_id)
    place = _Place(book, service, "booking.bookedEntity.slot", count, check=check)
    if service["type"] == "CLASS":
        return book.slot_entity(service, place.session(slot)), service
    if slot.resource is None and not check:
        code = "CAN_NOT_SKIP_AVAILABILITY_VALIDATION_IF_RESOURCE_NOT_PROVIDED"
        raise application_error(400, code)
    return place.appointment(slot), service


def _service_with_schedule(book: BookingBook, schedule_id: str) -> Json:
    for service in book.calendar.services.values():
        if service["schedule"]["id"] == schedule_id and service["type"] == "COURSE":
            return service
    raise application_error(428, "SCHEDULE_NOT_FOUND")


# ---- Decide ----


def confirm_booking(call: Call) -> Json:
    """POST …/{bookingId}/confirm: without a look at the calendar, unless asked for."""
    request = call.read(ConfirmBody)
    booking = _decided_on(call, request.revision)
    if booking["status"] == "CONFIRMED":
        raise application_error(428, "FAILED_CONFIRMING_NON_PENDING_BOOKING")
    if booking["status"] not in _DECIDABLE:
        raise application_error(428, "INVALID_BOOKING_STATUS")
    changes = _checked(call.bookings, booking, request)
    changes |= {"status": "CONFIRMED", **_paid(request.payment_status)}
    return _done(call, changes, "confirmed", request.participant_notification)


def decline_booking(call: Call) -> Json:
    """POST …/{bookingId}/decline: free its slot, perhaps give a membership's credit back."""
    request = call.read(DeclineBody)
    booking = _decided_on(call, request.revision)
    if booking["status"] == "DECLINED":
        raise application_error(428, "FAILED_DECLINE_NON_PENDING_BOOKING")
    if booking["status"] not in _DECIDABLE:
        raise application_error(428, "INVALID_BOOKING_STATUS")
    changes: Json = {"status": "DECLINED", **_paid(request.payment_status)}
    if request.flow_control_settings.with_refund and _is_refundable(booking):
        changes["paymentStatus"] = "REFUNDED"
    return _done(call, changes, "declined", request.participant_notification)


def confirm_or_decline_booking(call: Call) -> Json:
    """POST /bookings/v2/confirmation/{bookingId}:confirmOrDecline: as room and payment say."""
    book = call.bookings
    request = call.read(ConfirmOrDeclineBody)
    booking = book.get(call.path["bookingId"])
    if booking["status"] != "CREATED":
        raise application_error(428, "INVALID_BOOKING_STATUS")
    terms = book.terms[booking["id"]]
    payment = request.payment_status or booking["paymentStatus"]
    crowded = book.is_crowded(booking)
    changes: Json = {"paymentStatus": payment}
    if crowded and payment in _UNPAID and not terms.skips_availability:
        return _done(call, changes | {"status": "DECLINED"}, "declined", None)
    if crowded:
        changes["doubleBooked"] = True
    if _needs_approval(book, booking) and not terms.skips_confirmation:
        return _done(call, changes | {"status": "PENDING"}, "pending", None)
    return _done(call, changes | {"status": "CONFIRMED"}, "confirmed", None)


def mark_booking_as_pending(call: Call) -> Json:
    """POST …/{bookingId}/mark_booking_as_pending: let it wait for the business."""
    request = call.read(PendingBody)
    booking = _decided_on(call, request.revision)
    flow = request.flow_control_settings
    if booking["status"] != "CREATED":
        raise application_error(428, "INVALID_BOOKING_STATUS")
    if not (
        flow.skip_pending_approval_service_validation or _needs_approval(call.bookings, booking)
    ):
        raise application_error(428, "NOT_PENDING_APPROVAL_SERVICE")
    changes = _checked(call.bookings, booking, request)
    changes |= {"status": "PENDING", **_paid(request.payment_status)}
    return _done(call, changes, "pending", request.participant_notification)


def _checked(book: BookingBook, booking: Json, request: ConfirmBody | PendingBody) -> Json:
    """What a look at the calendar changes, if one was asked for."""
    flow = request.flow_control_settings
    if not flow.check_availability_validation or not book.is_crowded(booking):
        return {}
    if not request.double_booked:
        raise application_error(428, "NO_OPEN_SPOTS")
    return {"doubleBooked": True}


def _needs_approval(book: BookingBook, booking: Json) -> bool:
    return bool(book.service_of(booking)["onlineBooking"]["requireManualApproval"])


def _paid(payment_status: PaymentStatus | None) -> Json:
    return {} if payment_status is None else {"paymentStatus": payment_status}


# ---- Cancel and reschedule ----


def cancel_booking(call: Call) -> Json:
    """POST …/{bookingId}/cancel: within the policy, unless that is overruled."""
    request = call.read(CancelBody)
    flow = request.flow_control_settings
    booking = _changeable(call, request.revision, flow)
    if not flow.ignore_cancellation_policy and not call.bookings.may_cancel(booking):
        raise application_error(403, "BOOKING_POLICY_VIOLATION")
    changes: Json = {"status": "CANCELED"}
    if flow.with_refund:
        if _is_refundable(booking):
            changes["paymentStatus"] = "REFUNDED"
        elif call.switches.refund_of_other_payments == "refuse":
            raise application_error(428, "REFUND_NOT_ALLOWED")
    if request.waive_charges:
        _cancel_order(call.bookings.terms[booking["id"]].order)
    return _done(call, changes, "canceled", request.participant_notification)


def _cancel_order(order: Json | None) -> None:
    """Cancel the order of a booking, if something is still owed for it."""
    owed = {"NOT_PAID", "PARTIALLY_PAID"}
    if order is None or order["paymentStatus"] not in owed:
        return
    if Decimal(order["balance"]["amount"]) > 0:
        order["status"] = "CANCELED"


def reschedule_booking(call: Call) -> Json:
    """POST …/{bookingId}/reschedule: move an appointment, or to another session of a class."""
    book = call.bookings
    request = call.read(RescheduleBody)
    flow = request.flow_control_settings
    booking = _changeable(call, request.revision, flow)
    if "slot" not in booking["bookedEntity"]:
        raise application_error(428, "VALIDATION_FAILURE", "Courses cannot be rescheduled")
    if not flow.ignore_reschedule_policy and not book.may_reschedule(booking):
        raise application_error(403, "BOOKING_POLICY_VIOLATION")
    changes = _moved(book, booking, request)
    approved = flow.skip_business_confirmation or not _needs_approval(book, booking)
    if booking["status"] == "CONFIRMED" and not approved:
        changes["status"] = "PENDING"
    return _done(call, changes, "rescheduled", request.participant_notification)


def _moved(book: BookingBook, booking: Json, request: RescheduleBody) -> Json:
    flow = request.flow_control_settings
    changes = request.sent()
    changes = {
        name: changes[name]
        for name in ("totalParticipants", "participantsChoices", "bookedAddOns")
        if changes.get(name) is not None
    }
    if "bookedAddOns" in changes:
        _check_add_ons(book, booking, flow)
    service = book.service_of(booking)
    if request.slot.service_id not in {None, service["id"]}:
        raise application_error(428, "VALIDATION_FAILURE", "The slot is of another service")
    given = {k: v for k, v in changes.items() if k != "bookedAddOns"}
    place = _Place(
        book,
        service,
        "slot",
        participants(given or booking),
        check=not flow.skip_availability_validation,
        without=booking["id"],
    )
    if service["type"] == "CLASS":
        _refuse_derived(request.slot)
        changes["bookedEntity"] = book.slot_entity(service, place.session(request.slot))
    else:
        changes["bookedEntity"] = place.appointment(request.slot)
    return changes


def _refuse_derived(slot: SlotBody) -> None:
    for name in _DERIVED_OF_A_CLASS:
        if getattr(slot, name) is not None:
            field_name = f"slot.{SlotBody.model_fields[name].alias}"
            raise invalid(field_name, "follows from the session", "FIELD_NOT_ALLOWED")


def _check_add_ons(book: BookingBook, booking: Json, flow: RescheduleFlow) -> None:
    if not (flow.allow_add_on_changes and book.terms[booking["id"]].allows_add_on_changes):
        raise application_error(428, "ADD_ON_CHANGES_NOT_ALLOWED")


def _is_refundable(booking: Json) -> bool:
    return (
        booking.get("selectedPaymentOption") == "MEMBERSHIP" and booking["paymentStatus"] == "PAID"
    )


# ---- Which slot is meant ----


@dataclass(frozen=True)
class _Place:
    """Finds the slot that a request names."""

    book: BookingBook
    service: Json
    path: str
    participants: int
    check: bool
    """Whether the slot must be free."""

    without: str | None = None
    """The booking that leaves its old slot for this one."""

    def session(self, wanted: SlotBody) -> Slot:
        """The session of a class."""
        if wanted.event_id is None:
            raise invalid(f"{self.path}.eventId", "is needed", "REQUIRED_FIELD")
        found = self.book.calendar.session(wanted.event_id)
        if found is None:
            raise application_error(428, "SESSION_NOT_FOUND")
        if found.service_id != self.service["id"]:
            raise application_error(428, "VALIDATION_FAILURE", "The session is of another class")
        if self.check:
            if not found.is_open:
                raise application_error(428, "SLOT_NOT_AVAILABLE")
            if self.book.remaining(found, without=self.without) < self.participants:
                raise application_error(428, "SESSION_CAPACITY_EXCEEDED")
        return found

    def appointment(self, wanted: SlotBody) -> Json:
        """The `bookedEntity` of an appointment at a time."""
        for name in _NEEDED_OF_A_SLOT:
            if getattr(wanted, name) is None:
                field_name = f"{self.path}.{SlotBody.model_fields[name].alias}"
                raise invalid(field_name, "must not be empty", "REQUIRED_FIELD")
        if wanted.schedule_id != self.service["schedule"]["id"]:
            raise application_error(428, "SCHEDULE_NOT_FOUND")
        staff = self.service["staffMemberIds"]
        if wanted.resource is not None:
            if wanted.resource.id not in staff:
                raise application_error(428, "RESOURCE_NOT_FOUND")
            staff = [wanted.resource.id]
        entity = self.book.slot_entity(self.service, self._slot(wanted, staff))
        if wanted.location is not None:
            entity["slot"]["location"] = self._located(wanted.location.sent())
        if wanted.resource is not None and wanted.resource.transparency is not None:
            entity["slot"]["resource"]["transparency"] = wanted.resource.transparency
        if wanted.resource_selections is not None:
            entity["slot"]["resourceSelections"] = [x.sent() for x in wanted.resource_selections]
        return entity

    def _located(self, wanted: Json) -> Json:
        """A place as it is kept: Wix knows the business's own, and of others what it is sent."""
        for place in map(as_booked, self.book.calendar.places[self.service["id"]]):
            own = place["locationType"] == wanted["locationType"] == "OWNER_BUSINESS"
            if own and wanted.get("id") in {None, place["id"]}:
                return place | wanted
        return wanted

    def _slot(self, wanted: SlotBody, staff: list[str]) -> Slot:
        timezone = wanted.timezone or ""
        where = zone(timezone, f"{self.path}.timezone")
        start = instant(wanted.start_date or "", where, f"{self.path}.startDate")
        end = instant(wanted.end_date or "", where, f"{self.path}.endDate")
        if end <= start:
            raise invalid(f"{self.path}.endDate", "is not after the start")
        for slot in self.book.calendar.appointments(self.service["id"], start, end):
            free = slot.is_open and self.book.remaining(slot, without=self.without) > 0
            if slot.resource_id in staff and free:
                return replace(slot, timezone=timezone)
        if self.check:
            raise application_error(428, "SLOT_NOT_AVAILABLE")
        schedule_id = self.service["schedule"]["id"]
        return Slot(
            service_id=self.service["id"],
            schedule_id=schedule_id,
            start=start,
            end=end,
            timezone=timezone,
            resource_id=staff[0],
            capacity=1,
            is_open=True,
        )


# ---- What actions have in common ----


def _check_overrides(call: Call, flow: Body) -> None:
    for name, permission in _OVERRIDES.items():
        if getattr(flow, name, False):
            _check_permission(call, permission)


def _check_permission(call: Call, permission: str) -> None:
    if not call.may(permission):
        raise application_error(403, "UNAUTHORIZED_OPERATION")


def _decided_on(call: Call, revision: str) -> Json:
    booking = call.bookings.get(call.path["bookingId"])
    call.bookings.check_revision(booking, revision)
    return booking


def _changeable(call: Call, revision: str, flow: Body) -> Json:
    """A booking that is still to be and that stands alone."""
    booking = call.bookings.get(call.path["bookingId"])
    _check_overrides(call, flow)
    if "multiServiceBookingInfo" in booking:
        raise application_error(403, "NOT_ALLOWED_TO_UPDATE_BOOKING_IN_MULTI_SERVICE_BOOKING")
    call.bookings.check_revision(booking, revision)
    if booking["status"] in ENDED:
        raise application_error(428, "VALIDATION_FAILURE")
    return booking


def _done(
    call: Call, changes: Json, kind: BookingEventKind, asked: ParticipantNotification | None
) -> Json:
    booking = call.bookings.change(
        call.path["bookingId"], lambda each: _put(each, changes), kind, call.body
    )
    _notify(call.bookings, booking, kind, asked)
    return {"booking": booking}


def _put(booking: Json, changes: Json) -> None:
    if {"totalParticipants", "participantsChoices"} & changes.keys():
        booking.pop("totalParticipants", None)
        booking.pop("participantsChoices", None)
    booking.update(changes)


def _notify(
    book: BookingBook, booking: Json, kind: str, asked: ParticipantNotification | None
) -> None:
    if asked is not None and asked.notify_participants:
        book.notifications.append(
            Notification(booking["id"], kind, asked.message, asked.metadata or {})
        )


# ---- Allowed actions ----


def calculate_allowed_actions(call: Call) -> Json:
    """POST /bookings/v2/bulk/bookings/calculate_allowed_actions: what needs no override."""
    results = []
    for index, booking_id in enumerate(call.read(AllowedActionsBody).booking_ids):
        try:
            actions = call.bookings.allowed_actions(call.bookings.get(booking_id))
            results.append(succeeded(booking_id, index, actions))
        except RefusedError as refusal:
            results.append(failed(booking_id, index, refusal))
    return bulk_result(results)


# ---- Routes ----


def _action(verb: str, work: Callable[[Call], Json], permission: str) -> list[Route]:
    return [
        Route("POST", f"{path}/{{bookingId}}/{verb}", work, f"BOOKINGS.{permission}", writes=True)
        for path in PATHS
    ]


ROUTES = (
    *(
        Route("POST", path, create_booking, "BOOKINGS.BOOKING_CREATE", writes=True)
        for path in PATHS
    ),
    *_action("confirm", confirm_booking, "BOOKING_CONFIRM"),
    *_action("decline", decline_booking, "BOOKING_DECLINE"),
    *_action("cancel", cancel_booking, "BOOKING_CANCEL"),
    *_action("reschedule", reschedule_booking, "BOOKING_RESCHEDULE"),
    *_action("mark_booking_as_pending", mark_booking_as_pending, "BOOKING_MARK_BOOKING_AS_PENDING"),
    Route(
        "POST",
        "/bookings/v2/confirmation/{bookingId}:confirmOrDecline",
        confirm_or_decline_booking,
        "BOOKINGS.BOOKING_CONFIRM_OR_DECLINE",
        writes=True,
    ),
    Route(
        "POST",
        "/bookings/v2/bulk/bookings/calculate_allowed_actions",
        calculate_allowed_actions,
        "BOOKINGS.BULK_CALCULATE_ALLOWED_ACTIONS",
    ),
)
