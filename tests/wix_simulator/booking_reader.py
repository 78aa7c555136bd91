"""Extended bookings, reader v2: query and count. Perhaps somewhat behind."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.booking_book import BookingBook
from tests.wix_simulator.errors import Json, invalid, plain_error
from tests.wix_simulator.filters import (
    COMPARING,
    EXACT,
    MEMBERS,
    CursorPaging,
    Fields,
    Kind,
    Page,
    Paging,
    Plan,
    Sort,
)
from tests.wix_simulator.world import Call, Route

QUERY_PATHS = (
    "/_api/bookings-reader/v2/extended-bookings/query",
    "/bookings/bookings-reader/v2/extended-bookings/query",
)
COUNT_PATHS = (
    "/_api/bookings-reader/v2/extended-bookings/count",
    "/bookings/bookings-reader/v2/extended-bookings/count",
)

_SLOT = "bookedEntity.item.slot."
_SCHEDULE = "bookedEntity.item.schedule."
_CHOICES = "participantsInfo.type.participantsChoices.serviceChoices.choices."
_PARTICIPANTS = "participantsInfo.type.totalParticipants.value"
_PLACES = ("location.id", "location.locationType")
_OF_SLOTS = ("serviceId", "scheduleId", "eventId", "sessionId", "resource.id", *_PLACES)
_OF_SCHEDULES = ("scheduleId", "serviceId", *_PLACES)
_CREATORS = ("appId", "wixUserId", "memberId", "anonymousVisitorId")
_TEXTS = (
    "id",
    "status",
    "paymentStatus",
    "selectedPaymentOption",
    "externalUserId",
    "contactDetails.contactId",
    "contactDetails.email",
    "createdBy.contactId",
)
_DATES = ("createdDate", "updatedDate", "startDate", "endDate")
_IS = frozenset({"$eq", "$ne", "$in"})
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_DATES, "date"),
    "doubleBooked": "flag",
    _PARTICIPANTS: "number",
}

_FILTERABLE: dict[str, frozenset[str]] = {
    **dict.fromkeys(_TEXTS, _IS),
    **dict.fromkeys((f"createdBy.id.{each}" for each in _CREATORS), _IS),
    **dict.fromkeys((_SLOT + each for each in _OF_SLOTS), _IS),
    **dict.fromkeys((_SCHEDULE + each for each in _OF_SCHEDULES), _IS),
    **dict.fromkeys(_DATES, EXACT | COMPARING),
    "bookedEntity.tags": MEMBERS,
    "doubleBooked": frozenset({"$eq", "$ne"}),
    _PARTICIPANTS: EXACT | COMPARING,
    _CHOICES + "optionId": MEMBERS,
    _CHOICES + "choice.custom.value": MEMBERS,
}

BOOKING_FIELDS = Fields(
    filterable=_FILTERABLE,
    # By a page on an older state of the call; the present one says nothing of it.
    sortable=_FILTERABLE.keys(),
    kinds=_KINDS,
    paths={
        **{f"createdBy.id.{each}": f"createdBy.{each}" for each in _CREATORS},
        **{_SLOT + each: f"bookedEntity.slot.{each}" for each in _OF_SLOTS},
        **{_SCHEDULE + each: f"bookedEntity.schedule.{each}" for each in _OF_SCHEDULES},
        _PARTICIPANTS: "totalParticipants",
        _CHOICES + "optionId": "participantsChoices.serviceChoices.choices.optionId",
        _CHOICES + "choice.custom.value": "participantsChoices.serviceChoices.choices.custom",
    },
)
"""Filters name `.item.` and `.id.` levels that bookings do not have."""


class _Query(Body):
    filter: Json | None = None
    sort: list[Sort] | None = None
    cursor_paging: CursorPaging | None = None
    paging: Paging | None = None


class _QueryBody(Body):
    query: _Query = _Query()
    with_booking_allowed_actions: bool = False
    with_booking_attendance_info: bool = False
    with_booking_conferencing_details: bool = False
    with_booking_policy_settings: bool = False
    with_booking_fee_details: bool = False
    with_ecom_order: bool = False


class _CountBody(Body):
    filter: Json | None = None


_PERMISSIONS = {
    "with_booking_policy_settings": "BOOKINGS.BOOKING_POLICY_SNAPSHOT_READ",
    "with_booking_fee_details": "BOOKINGS.BOOKING_FEES_READ",
    "with_ecom_order": "ECOM.READ_ORDERS",
}
"""What some additions need besides."""


def query_extended_bookings(call: Call) -> Json:
    """POST …/extended-bookings/query: bookings by filter, by cursor or by offset."""
    request = call.read(_QueryBody)
    for flag, permission in _PERMISSIONS.items():
        if getattr(request, flag) and not call.may(permission):
            raise call.world.accounts.forbidden()
    query = request.query
    if query.paging is not None and query.cursor_paging is not None:
        raise invalid("query.paging", "must not be sent beside cursorPaging", "FIELD_NOT_ALLOWED")
    indexed = _indexed(call)
    plan = _plan(call, query)
    if query.paging is not None:
        page, metadata = _by_offset(plan, indexed.values(), query.paging)
    else:
        limit = (query.cursor_paging or CursorPaging()).limit or 50
        found = call.bookings.cursors.page(BOOKING_FIELDS, plan, indexed.values(), limit)
        page, metadata = found.items, _cursor_metadata(call, found)
    return {
        "extendedBookings": [_extended(call.bookings, each, request) for each in page],
        "pagingMetadata": metadata,
    }


def count_extended_bookings(call: Call) -> Json:
    """POST …/extended-bookings/count: how many a filter lets through."""
    condition = call.read(_CountBody).filter or {}
    _check_filter(condition)
    found = _indexed(call).values()
    return {"count": sum(BOOKING_FIELDS.match(condition, each) for each in found)}


def _indexed(call: Call) -> dict[str, Json]:
    """The bookings as the reader knows them, each with a flag that can be filtered by."""
    lag = 0 if call.sees_own_writes else call.switches.booking_reader_lag_seconds
    found = call.bookings.documents.indexed(lag_seconds=lag)
    return {each["id"]: {"doubleBooked": False, **each} for each in found}


def _plan(call: Call, query: _Query) -> Plan:
    cursor = query.cursor_paging.cursor if query.cursor_paging else None
    if cursor:
        if query.filter is not None or query.sort is not None:
            raise invalid("query.filter", "must not be sent beside a cursor", "FIELD_NOT_ALLOWED")
        plan: Plan = call.bookings.cursors.resume(cursor, "query.cursorPaging.cursor")
        return plan
    field_name, order = call.switches.booking_default_sort.split()
    default = Sort.model_validate({"fieldName": field_name, "order": order})
    plan = Plan(query.filter or {}, query.sort or [default])
    BOOKING_FIELDS.check_sort(plan.sort)
    _check_filter(plan.filter)
    return plan


def _check_filter(condition: Json) -> None:
    BOOKING_FIELDS.check_filter(condition)
    for name, times in Counter(_named(condition)).items():
        if times > 1:
            raise plain_error(400, f"Field '{name}' may be named once in a filter")


def _named(condition: Json) -> Iterator[str]:
    for name, value in condition.items():
        if name in {"$and", "$or"}:
            for each in value:
                yield from _named(each)
        elif name == "$not":
            yield from _named(value)
        else:
            yield name


def _by_offset(plan: Plan, documents: Iterable[Json], paging: Paging) -> tuple[list[Json], Json]:
    found = [each for each in documents if BOOKING_FIELDS.match(plan.filter, each)]
    found = BOOKING_FIELDS.sorted(found, plan.sort)
    page = found[paging.offset :][: paging.limit or 50]
    return page, {"count": len(page), "offset": paging.offset, "total": len(found)}


def _cursor_metadata(call: Call, page: Page) -> Json:
    cursors: Json = {"next": page.next or "", "prev": ""}
    if not page.more and call.switches.booking_last_cursor == "missing":
        cursors = {}
    metadata: Json = {"count": len(page.items), "cursors": cursors}
    if call.switches.booking_reader_has_next:
        metadata["hasNext"] = page.more
    return metadata


def _extended(book: BookingBook, booking: Json, request: _QueryBody) -> Json:
    shown = {k: v for k, v in booking.items() if k != "doubleBooked" or v}
    extended: Json = {"booking": shown}
    if request.with_booking_allowed_actions:
        extended["allowedActions"] = book.allowed_actions(booking)
    if request.with_booking_attendance_info:
        extended["attendance"] = {"id": booking["id"], "status": "NOT_SET", "numberOfAttendees": 0}
    if request.with_booking_conferencing_details:
        extended["conferencingDetails"] = {}
    if request.with_booking_policy_settings:
        extended["bookingPolicySettings"] = {"cancellationFeeEnabled": False}
    if request.with_booking_fee_details:
        extended["bookingFeeDetails"] = {"cancellationFeeStatus": "UNKNOWN_STATUS"}
    order = book.terms[booking["id"]].order
    if request.with_ecom_order and order is not None:
        extended["order"] = order
    return extended


_READ = ("BOOKINGS.BOOKING_READ", "BOOKINGS.BOOKING_READ_ANY", "BOOKINGS.MANAGE_BOOKINGS")

ROUTES = (
    *(Route("POST", path, query_extended_bookings, _READ) for path in QUERY_PATHS),
    *(
        Route(
            "POST",
            path,
            count_extended_bookings,
            ("bookings:v2:booking:count_extended_bookings", *_READ),
        )
        for path in COUNT_PATHS
    ),
)
