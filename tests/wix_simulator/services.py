"""Services v2 of Bookings: get and query."""

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.errors import Json
from tests.wix_simulator.filters import EXACT, Fields, Paging, Sort
from tests.wix_simulator.world import Call, Route

PATHS = ("/_api/bookings/v2/services", "/bookings/v2/services")

SERVICE_FIELDS = Fields(
    filterable={
        **dict.fromkeys(("id", "type", "schedule.id", "staffMemberIds"), EXACT),
        "name": EXACT | {"$startsWith"},
    },
    sortable={"id", "name", "type"},
)


class _Query(Body):
    filter: Json | None = None
    sort: list[Sort] | None = None
    paging: Paging = Paging()


class _QueryBody(Body):
    query: _Query = _Query()


def get_service(call: Call) -> Json:
    """GET …/services/{serviceId}: a service as it is now."""
    return {"service": call.bookings.calendar.service(call.path["serviceId"])}


def query_services(call: Call) -> Json:
    """POST …/services/query: services by filter, by offset."""
    query = call.read(_QueryBody).query
    condition, sort = query.filter or {}, query.sort or []
    SERVICE_FIELDS.check_filter(condition)
    SERVICE_FIELDS.check_sort(sort)
    services = call.bookings.calendar.services.values()
    found = [each for each in services if SERVICE_FIELDS.match(condition, each)]
    if sort:
        found = SERVICE_FIELDS.sorted(found, sort)
    start = query.paging.offset
    page = found[start : start + (query.paging.limit or 100)]
    return {
        "services": page,
        "pagingMetadata": {
            "count": len(page),
            "offset": start,
            "total": len(found),
            "tooManyToCount": False,
        },
    }


ROUTES = tuple(
    route
    for path in PATHS
    for route in (
        Route("GET", path + "/{serviceId}", get_service, "BOOKINGS.SERVICES_READ"),
        Route("POST", path + "/query", query_services, "BOOKINGS.SERVICES_READ"),
    )
)
