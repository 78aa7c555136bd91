"""Members v1: create, get, list, query, update, approve, block, disconnect, mute, delete."""

import copy
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from tests.wix_simulator.bodies import Body, Guid, without_none
from tests.wix_simulator.bulk import bulk_result, failed, succeeded
from tests.wix_simulator.errors import (
    Json,
    RefusedError,
    Violation,
    application_error,
    invalid,
    plain_error,
    validation_error,
)
from tests.wix_simulator.filters import (
    COMPARING,
    EXACT,
    OF_FLAGS,
    OF_TEXTS,
    Fields,
    Paging,
    Sort,
)
from tests.wix_simulator.member_book import MemberBook, keep_login_email
from tests.wix_simulator.world import Call, Route

PATH = "/members/v1/members"

type Fieldset = Literal["PUBLIC", "EXTENDED", "FULL"]
type _Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
type _Text100 = Annotated[str, StringConstraints(max_length=100)]
type _Text200 = Annotated[str, StringConstraints(max_length=200)]
type _Text1000 = Annotated[str, StringConstraints(max_length=1000)]

_TEXTS = (
    "id",
    "loginEmail",
    "contactId",
    "contact.firstName",
    "contact.lastName",
    "profile.nickname",
    "profile.slug",
)
MEMBER_FIELDS = Fields(
    filterable={
        **dict.fromkeys(_TEXTS, OF_TEXTS),
        **dict.fromkeys(("status", "privacyStatus"), OF_FLAGS),
        "createdDate": EXACT | COMPARING | {"$exists"},
    },
    # By the page on the filters of members; the one on the call itself has fewer.
    sortable={*_TEXTS, "privacyStatus", "createdDate", "updatedDate", "lastLoginDate"},
    kinds=dict.fromkeys(("createdDate", "updatedDate", "lastLoginDate"), "date"),
)

_STATUSES = ("status", "privacyStatus", "activityStatus")
_PUBLIC = {"id", "contactId", "createdDate", "updatedDate", "profile", *_STATUSES}
_EXTENDED = {*_PUBLIC, "loginEmail"}
_OLDEST_FIRST = [Sort(fieldName="createdDate")]


# ---- Bodies ----


class _StreetAddress(Body):
    number: _Text100 | None = None
    name: _Text200 | None = None


class _Address(Body):
    id: Guid | None = None
    street_address: _StreetAddress | None = None
    address_line: _Text200 | None = None
    address_line2: Annotated[_Text1000 | None, Field(alias="addressLine2")] = None
    city: _Text1000 | None = None
    subdivision: _Text100 | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    postal_code: _Text100 | None = None


class _CustomField(Body):
    name: str | None = None
    value: str | int | float | bool | None = None


class _Contact(Body):
    first_name: _Text1000 | None = None
    last_name: _Text1000 | None = None
    phones: list[str] | None = None
    emails: list[_Email] | None = None
    addresses: list[_Address] | None = None
    birthdate: Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] | None = None
    company: _Text100 | None = None
    job_title: _Text100 | None = None
    custom_fields: dict[str, _CustomField] | None = None


class _Image(Body):
    id: str | None = None
    url: str | None = None
    height: int | None = None
    width: int | None = None
    offset_x: int | None = None
    offset_y: int | None = None


class _Profile(Body):
    nickname: str | None = None
    title: str | None = None
    photo: _Image | None = None
    cover: _Image | None = None


class _MemberChanges(Body):
    contact: _Contact | None = None
    profile: _Profile | None = None
    privacy_status: Literal["PRIVATE", "PUBLIC"] | None = None


class _NewMember(_MemberChanges):
    login_email: _Email


class _CreateBody(Body):
    member: _NewMember


class _UpdateBody(Body):
    member: _MemberChanges


class _Query(Body):
    filter: Json | None = None
    sorting: list[Sort] | None = None
    paging: Paging = Paging()


type _SearchField = Literal[
    "loginEmail",
    "contact.firstName",
    "contact.lastName",
    "profile.title",
    "profile.nickname",
    "profile.slug",
]


class _Search(Body):
    expression: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    fields: Annotated[list[_SearchField], Field(max_length=4)] | None = None


class _QueryBody(Body):
    query: _Query = _Query()
    fieldsets: Annotated[list[Fieldset], Field(max_length=3)] | None = None
    search: _Search | None = None


class _BulkDeleteBody(Body):
    member_ids: Annotated[list[Guid], Field(min_length=1, max_length=100)]


class _NoBody(Body):
    pass


# ---- Reading ----


def get_member(call: Call) -> Json:
    """GET /members/v1/members/{id}: a member as it is now."""
    fieldsets = _fieldsets(call)
    return {"member": _projected(call.members.get(call.path["id"]), fieldsets)}


def list_members(call: Call) -> Json:
    """GET /members/v1/members: all members, page by page."""
    sort = {name.partition(".")[2]: values[-1] for name, values in call.query.items()}
    request: Json = {"fieldsets": _fieldsets(call), "query": {}}
    if "fieldName" in sort:
        request["query"]["sorting"] = [{k: sort[k] for k in ("fieldName", "order") if k in sort}]
    request["query"]["paging"] = {k: _number(sort[k]) for k in ("limit", "offset") if k in sort}
    return query_members(Call(call.world, call.path, request, call.caller, call.sees_own_writes))


def query_members(call: Call) -> Json:
    """POST /members/v1/members/query: members by filter, by offset, perhaps somewhat behind."""
    request = call.read(_QueryBody)
    query = request.query
    sort = query.sorting or _OLDEST_FIRST
    condition = query.filter or {}
    MEMBER_FIELDS.check_sort(sort)
    MEMBER_FIELDS.check_filter(condition)
    fieldsets = _allowed(call, request.fieldsets or ["PUBLIC"])
    lag = 0 if call.sees_own_writes else call.switches.member_index_lag_seconds
    found = [
        member
        for member in call.members.documents.indexed(lag_seconds=lag)
        if MEMBER_FIELDS.match(condition, member) and _searched(member, request.search)
    ]
    start = query.paging.offset
    page = MEMBER_FIELDS.sorted(found, sort)[start : start + (query.paging.limit or 100)]
    metadata: Json = {"count": len(page), "offset": start}
    if call.switches.members_too_many_to_count:
        metadata["tooManyToCount"] = True
    else:
        metadata |= {"total": len(found), "tooManyToCount": False}
    return {"members": [_projected(each, fieldsets) for each in page], "metadata": metadata}


def _fieldsets(call: Call) -> list[Fieldset]:
    try:
        given = _FIELDSETS.validate_python(call.query.get("fieldsets", ["PUBLIC"]))
    except ValidationError:
        raise invalid("fieldsets", "is not a known value", "INVALID_ENUM_VALUE") from None
    return _allowed(call, given)


_FIELDSETS: TypeAdapter[list[Fieldset]] = TypeAdapter(
    Annotated[list[Fieldset], Field(max_length=3)]
)


def _allowed(call: Call, fieldsets: list[Fieldset]) -> list[Fieldset]:
    needed = call.switches.full_members_need_permission and "FULL" in fieldsets
    if needed and not (call.caller and call.caller.may("MEMBERS.MEMBER_READ_FULL_SET")):
        raise call.world.accounts.forbidden()
    return fieldsets


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _searched(member: Json, search: _Search | None) -> bool:
    if search is None:
        return True
    wanted = search.expression.lower()
    for name in search.fields or ["profile.nickname"]:
        parent, _, last = name.rpartition(".")
        value = (member[parent] if parent else member).get(last)
        if value is not None and wanted in value.lower():
            return True
    return False


def _projected(member: Json, fieldsets: list[Fieldset]) -> Json:
    """What the field sets let one see of a member."""
    if "FULL" in fieldsets:
        return member
    extended = "EXTENDED" in fieldsets
    kept = _EXTENDED if extended else _PUBLIC
    hidden = {} if extended else dict.fromkeys(_STATUSES, "UNKNOWN")
    return {name: value for name, value in member.items() if name in kept} | hidden


# ---- Writing ----


def create_member(call: Call) -> Json:
    """POST /members/v1/members: a member who is approved at once and has no password."""
    book = call.members
    request = call.read(_CreateBody).member
    _keep_pace(book)
    if book.with_email(request.login_email) is not None:
        if call.switches.duplicate_email_body == "empty details":
            raise plain_error(409, "member already exists")
        raise application_error(409, "ALREADY_EXISTS", "Member already exists")
    changes = without_none(request.sent())
    fields: Json = {"contact": {}, "profile": {}}
    _apply(book, fields, {k: v for k, v in changes.items() if k != "loginEmail"})
    book.last_create = book.clock.now()
    return {"member": book.add(request.login_email, fields=fields)}


def update_member(call: Call) -> Json:
    """PATCH /members/v1/members/{member.id}: change what is named; empty lists change nothing."""
    book = call.members
    member_id = call.path["member.id"]
    book.get(member_id)
    changes = without_none(call.read(_UpdateBody).member.sent())
    return {"member": book.change(member_id, lambda member: _apply(book, member, changes))}


def _keep_pace(book: MemberBook) -> None:
    pause = book.switches.member_create_pause_seconds
    if book.last_create is not None and book.clock.now() < book.last_create + pause:
        raise plain_error(429, "too many members at once")


def _apply(book: MemberBook, member: Json, changes: Json) -> None:
    for name, value in changes.items():
        match value:
            case {} if name == "customFields":
                member[name] = _custom_fields(book, member.get(name, {}), value)
            case {} if name in {"contact", "profile", "photo", "cover"}:
                _apply(book, member.setdefault(name, {}), value)
            case [] | None:
                continue
            case list() if name == "addresses":
                member[name] = [each | {"id": book.ids.guid()} for each in value]
            case "":
                member.pop(name, None)
            case _:
                member[name] = copy.deepcopy(value)
    if "loginEmail" in member:
        keep_login_email(member)


def _custom_fields(book: MemberBook, before: Json, changes: Json) -> Json:
    fields = dict(before)
    for key, change in changes.items():
        if key not in book.custom_fields:
            raise invalid(f"member.contact.customFields.{key}", "is not a field of this site")
        if change.get("value") in ("", None):
            fields.pop(key, None)
        else:
            fields[key] = {"name": book.custom_fields[key], "value": change["value"]}
    return fields


# ---- States ----


def approve_member(call: Call) -> Json:
    """POST /members/v1/members/{id}/approve: let in who waits, or was blocked."""
    return _set_status(call, "APPROVED")


def block_member(call: Call) -> Json:
    """POST /members/v1/members/{id}/block: nobody who owns the site or holds a paid plan."""
    member_id = call.path["id"]
    call.members.get(member_id)
    data = {"memberId": member_id}
    if member_id in call.members.owners:
        raise application_error(400, "OWNER_MEMBER_BLOCK_FORBIDDEN", data=data)
    if member_id in call.members.subscribers:
        raise application_error(428, "ACTIVE_SUBSCRIPTION_MEMBER_BLOCK_FORBIDDEN", data=data)
    return _set_status(call, "BLOCKED")


def disconnect_member(call: Call) -> Json:
    """POST /members/v1/members/{id}/disconnect: no way back."""
    return _set_status(call, "OFFLINE")


def mute_member(call: Call) -> Json:
    """POST /members/v1/members/{id}/mute."""
    return _set(call, "activityStatus", "MUTED")


def unmute_member(call: Call) -> Json:
    """POST /members/v1/members/{id}/unmute."""
    return _set(call, "activityStatus", "ACTIVE")


def _set_status(call: Call, status: str) -> Json:
    member = call.members.get(call.path["id"])
    if member["status"] == "OFFLINE" != status:
        if call.switches.offline_member == "refuse":
            raise application_error(428, "MEMBER_IS_OFFLINE", data={"memberId": member["id"]})
        return {"member": member}
    return _set(call, "status", status)


def _set(call: Call, name: str, value: str) -> Json:
    call.read(_NoBody)
    return {
        "member": call.members.change(call.path["id"], lambda member: member.update({name: value}))
    }


def delete_member(call: Call) -> Json:
    """DELETE /members/v1/members/{id}: nobody who owns the site or holds a paid plan."""
    _delete(call.members, call.path["id"])
    return {}


def bulk_delete_members(call: Call) -> Json:
    """POST /members/v1/members/bulk/delete: up to 100, each on its own."""
    results = []
    for index, member_id in enumerate(call.read(_BulkDeleteBody).member_ids):
        try:
            _delete(call.members, member_id)
            results.append(succeeded(member_id, index))
        except RefusedError as refusal:
            results.append(failed(member_id, index, refusal))
    return bulk_result(results)


def _delete(book: MemberBook, member_id: str) -> None:
    book.get(member_id)
    for protected, rule in (
        (book.owners, "OWNER_OR_CONTRIBUTOR_MEMBER_DELETE_FORBIDDEN"),
        (book.subscribers, "ACTIVE_SUBSCRIPTION_MEMBER_DELETE_FORBIDDEN"),
    ):
        if member_id in protected:
            violation = Violation("", "the member cannot be deleted", "OTHER", rule_name=rule)
            raise validation_error([violation])
    book.remove(member_id)


def _action(verb: str, work: Callable[[Call], Json], permission: str) -> Route:
    return Route("POST", f"{PATH}/{{id}}/{verb}", work, f"MEMBERS.MEMBER_{permission}", writes=True)


_READ = "MEMBERS.MEMBER_READ"
_LISTING = frozenset(
    {"fieldsets", "paging.limit", "paging.offset", "sorting.fieldName", "sorting.order"}
)

ROUTES = (
    Route("POST", PATH, create_member, "MEMBERS.MEMBER_CREATE", writes=True),
    Route("GET", PATH, list_members, _READ, query=_LISTING),
    Route("POST", PATH + "/query", query_members, _READ),
    Route("GET", PATH + "/{id}", get_member, _READ, query=frozenset({"fieldsets"})),
    Route("PATCH", PATH + "/{member.id}", update_member, "MEMBERS.MEMBER_UPDATE", writes=True),
    _action("approve", approve_member, "APPROVE"),
    _action("block", block_member, "BLOCK"),
    _action("disconnect", disconnect_member, "DISCONNECT"),
    _action("mute", mute_member, "MUTE"),
    _action("unmute", unmute_member, "MUTE"),
    Route("DELETE", PATH + "/{id}", delete_member, "MEMBERS.MEMBER_DELETE", writes=True),
    Route("POST", PATH + "/bulk/delete", bulk_delete_members, "MEMBERS.MEMBER_DELETE", writes=True),
)
