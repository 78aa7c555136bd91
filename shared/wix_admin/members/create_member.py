"""Creates members, each once."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, override

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import WixConflictError
from wix_admin.members.entities import Member
from wix_admin.members.operations import CREATE_MEMBER
from wix_admin.members.query_members import members_with
from wix_admin.models import Country, Email, FunctionInput, Json, OrSay, WriteInput
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

CLOCKS_DIFFER = timedelta(seconds=30)
"""How far Wix's clock may be behind ours, when a new member is told from an old one."""

OFFLINE = "OFFLINE"
"""The state of a member who was disconnected for good; the e-mail address is free again."""

Name = Annotated[str, Field(min_length=1, max_length=1000)]
Title = Annotated[str, Field(min_length=1, max_length=100)]
Birthdate = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    OrSay("Send a date as year, month and day, such as 1990-12-31"),
]


class MemberStreetAddress(FunctionInput):
    """A street and a number, apart."""

    number: Annotated[str, Field(max_length=100)] | None = None
    name: Annotated[str, Field(max_length=200)] | None = None


def _one_way(address: "MemberAddress") -> "MemberAddress":
    if address.street_address is not None and address.address_line is not None:
        raise PydanticCustomError("address", "Send addressLine or streetAddress, not both")
    return address


class MemberAddress(FunctionInput):
    """An address; `addressLine` or `streetAddress`."""

    street_address: MemberStreetAddress | None = None
    address_line: Annotated[str, Field(max_length=200)] | None = None
    address_line2: Annotated[str, Field(max_length=1000)] | None = None
    city: Annotated[str, Field(max_length=1000)] | None = None
    subdivision: Annotated[str, Field(max_length=100)] | None = None
    country: Country | None = None
    postal_code: Annotated[str, Field(max_length=100)] | None = None


class CustomField(FunctionInput):
    """The value of a field that the site's owner added to profiles."""

    value: Annotated[str | int | float | bool, OrSay("Send a text, a number, true or false")]


class Contact(FunctionInput):
    """Who the member is."""

    first_name: Name | None = None
    last_name: Name | None = None
    phones: (
        Annotated[list[Annotated[str, Field(min_length=1, max_length=50)]], Field(max_length=50)]
        | None
    ) = None
    emails: Annotated[list[Email], Field(max_length=50)] | None = None
    addresses: (
        Annotated[list[Annotated[MemberAddress, AfterValidator(_one_way)]], Field(max_length=50)]
        | None
    ) = None
    birthdate: Birthdate | None = None
    company: Title | None = None
    job_title: Title | None = None
    custom_fields: dict[str, CustomField] | None = Field(
        default=None, description='By key, such as {"custom.tier": {"value": "gold"}}.'
    )


class Profile(FunctionInput):
    """How others see the member."""

    nickname: Title | None = None
    title: Title | None = None


class CreateMemberInput(WriteInput):
    """The member to add, who can log in after choosing a password. Wix sends no mail."""

    login_email: Email
    privacy_status: Literal["PRIVATE", "PUBLIC"] = Field(
        default="PRIVATE", description="Whether other members see the profile."
    )
    contact: Contact | None = None
    profile: Profile | None = None


class CreateReceipt(Receipt):
    """A new member.

    Attributes:
        member_id: The member.
        contact_id: The contact that belongs to it.
        status: Its status.
        created_date: Wix's time of it.
    """

    member_id: str
    contact_id: str | None = None
    status: str | None = None
    created_date: str | None = None


class MemberCreation(Effect[CreateReceipt]):
    """Adds one member.

    Wix: `POST /members/v1/members`, which takes no idempotency key. Wix has one member for each
    login e-mail, so a lost answer is found by it.
    """

    name = CREATE_MEMBER.name
    receipt = CreateReceipt
    target = "new"

    def __init__(self, wix: WixClient, request: CreateMemberInput) -> None:
        self._wix = wix
        self._email = request.login_email
        self._member = request.to_wix(exclude_none=True)

    @override
    def check(self) -> Json:
        """Look whether the login e-mail is taken, as far as Wix's index knows.

        Raises:
            WixConflictError: If it is.
        """
        for member in self._found():
            raise _taken(member.id)
        return {"since": (datetime.now(UTC) - CLOCKS_DIFFER).isoformat(timespec="milliseconds")}

    @override
    def send(self, sent: Sent) -> CreateReceipt:
        """Add the member.

        Raises:
            WixConflictError: If the login e-mail is taken.
        """
        try:
            reply = self._wix.call(CREATE_MEMBER, body={"member": self._member})
        except WixConflictError as conflict:
            raise _taken(None, conflict) from conflict
        return _receipt(read_as(Member, reply.get("member"), CREATE_MEMBER))

    @override
    def read_back(self, sent: Sent) -> CreateReceipt | None:
        """Look for a member with the login e-mail who is not older than the call."""
        since = datetime.fromisoformat(sent.before["since"])
        for member in self._found():
            if _created(member) >= since:
                return _receipt(member)
        return None

    def _found(self) -> list[Member]:
        # Wix may write addresses in small letters.
        spellings = list(dict.fromkeys((self._email, self._email.lower())))
        email = {"$in": spellings} if len(spellings) > 1 else self._email
        found = members_with(self._wix, {"loginEmail": email})
        return [each for each in found if each.status != OFFLINE]


def _created(member: Member) -> datetime:
    return datetime.fromisoformat(member.created_date or "1970-01-01T00:00:00Z")


def _receipt(member: Member) -> CreateReceipt:
    return CreateReceipt(
        member_id=member.id,
        contact_id=member.contact_id,
        status=member.status,
        created_date=member.created_date,
    )


def _taken(member_id: str | None, conflict: WixConflictError | None = None) -> WixConflictError:
    whose = f": it is member {member_id}'s" if member_id else ""
    return WixConflictError.of(
        "loginEmail",
        f"Send another, as somebody has this login e-mail already{whose}",
        wix_request_id=conflict.wix_request_id if conflict else None,
        wix_code=conflict.wix_code if conflict else None,
    )
