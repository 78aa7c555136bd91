"""What the calls of Bookings v2 take."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tests.wix_simulator.bodies import Body, Guid
from tests.wix_simulator.errors import Json

type Revision = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*$")]
type PaymentStatus = Literal[
    "UNDEFINED", "NOT_PAID", "PAID", "PARTIALLY_PAID", "REFUNDED", "EXEMPT", "FAILED"
]
type _Text = Annotated[str, StringConstraints(max_length=1200)]
type _LocationType = Literal["OWNER_BUSINESS", "OWNER_CUSTOM", "CUSTOM"]


# ---- Parts that many calls take ----


class ParticipantNotification(Body):
    """Whether and how to tell the participants."""

    notify_participants: bool = False
    message: str | None = None
    metadata: dict[str, str] | None = None


class _Choice(Body):
    option_id: Guid
    choice_id: Guid | None = None
    custom: str | None = None
    duration: Json | None = None
    date_time: Json | None = None
    participant_range: Json | None = None


class _ServiceChoices(Body):
    number_of_participants: Annotated[int, Field(ge=1)]
    choices: Annotated[list[_Choice], Field(max_length=5)] | None = None


class _ParticipantsChoices(Body):
    service_choices: Annotated[list[_ServiceChoices], Field(min_length=1, max_length=20)]


class _Participants(Body):
    total_participants: Annotated[int, Field(ge=1)] | None = None
    participants_choices: _ParticipantsChoices | None = None

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.total_participants is not None and self.participants_choices is not None:
            raise ValueError("takes totalParticipants or participantsChoices, not both")
        return self


class _AddOn(Body):
    id: Guid
    group_id: Guid
    quantity: Annotated[int, Field(ge=1, le=1000)] | None = None


type _AddOns = Annotated[list[_AddOn], Field(max_length=21)]


# ---- The slot ----


class _Resource(Body):
    id: Guid
    name: _Text | None = None
    transparency: Literal["OPAQUE", "TRANSPARENT"] | None = None


class _Location(Body):
    id: Guid | None = None
    name: _Text | None = None
    formatted_address: str | None = None
    location_type: _LocationType


class _ResourceSelection(Body):
    resource_type_id: Guid
    selection_method: Literal["SPECIFIC_RESOURCE", "ANY_RESOURCE", "NO_SELECTION"]
    requested_gender: Json | None = None


class SlotBody(Body):
    """A slot to book: a time for an appointment, a session of a class by its event."""

    service_id: Guid | None = None
    schedule_id: Guid | None = None
    event_id: Annotated[str, StringConstraints(min_length=36, max_length=250)] | None = None
    start_date: str | None = None
    end_date: str | None = None
    timezone: str | None = None
    resource: _Resource | None = None
    location: _Location | None = None
    resource_selections: Annotated[list[_ResourceSelection], Field(max_length=3)] | None = None


class _Schedule(Body):
    schedule_id: Guid
    service_id: Guid | None = None
    timezone: str | None = None


class _BookedEntity(Body):
    slot: SlotBody | None = None
    schedule: _Schedule | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.slot is None) == (self.schedule is None):
            raise ValueError("takes either a slot or a schedule")
        return self


# ---- The booking ----


class _StreetAddress(Body):
    number: str | None = None
    name: str | None = None
    apt: str | None = None


class _FullAddress(Body):
    street_address: _StreetAddress | None = None
    address_line: str | None = None
    address_line2: Annotated[str | None, Field(alias="addressLine2")] = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: str | None = None
    city: str | None = None
    postal_code: str | None = None
    formatted_address: str | None = None


class _ContactDetails(Body):
    contact_id: Guid | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    phone: str | None = None
    country_code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    full_address: _FullAddress | None = None


class NewBooking(_Participants):
    """A booking to create."""

    booked_entity: _BookedEntity
    contact_details: _ContactDetails | None = None
    status: Literal["CREATED", "CONFIRMED"] = "CREATED"
    payment_status: PaymentStatus | None = None
    selected_payment_option: (
        Literal["UNDEFINED", "OFFLINE", "ONLINE", "MEMBERSHIP", "MEMBERSHIP_OFFLINE"] | None
    ) = None
    external_user_id: str | None = None
    booked_add_ons: _AddOns | None = None
    deposit_selected: bool | None = None

    @model_validator(mode="after")
    def _says_for_how_many(self) -> Self:
        if self.total_participants is None and self.participants_choices is None:
            raise ValueError("needs totalParticipants or participantsChoices")
        return self


# ---- The calls ----


class CreateFlow(Body):
    """What to skip when creating."""

    skip_availability_validation: bool = False
    skip_business_confirmation: bool = False
    skip_selected_payment_option_validation: bool = False
    skip_add_on_validation: bool = False


class CreateBody(Body):
    """B1."""

    booking: NewBooking
    participant_notification: ParticipantNotification | None = None
    send_sms_reminder: bool | None = None
    flow_control_settings: CreateFlow = CreateFlow()


class _Decision(Body):
    revision: Revision
    participant_notification: ParticipantNotification | None = None


class CheckFlow(Body):
    """Whether to look for room."""

    check_availability_validation: bool = False


class ConfirmBody(_Decision):
    """B3."""

    send_sms_reminder: bool | None = None
    payment_status: PaymentStatus | None = None
    double_booked: bool | None = None
    flow_control_settings: CheckFlow = CheckFlow()


class RefundFlow(Body):
    """Whether to give money back."""

    with_refund: bool = False


class DeclineBody(_Decision):
    """B4."""

    payment_status: PaymentStatus | None = None
    double_booked: bool | None = None
    flow_control_settings: RefundFlow = RefundFlow()


class ConfirmOrDeclineBody(Body):
    """B5."""

    payment_status: PaymentStatus | None = None


class CancelFlow(RefundFlow):
    """What to overrule when canceling."""

    ignore_cancellation_policy: bool = False
    waive_cancellation_fee: bool = False


class CancelBody(_Decision):
    """B6."""

    flow_control_settings: CancelFlow = CancelFlow()
    waive_charges: bool | None = None


class RescheduleFlow(Body):
    """What to overrule when moving."""

    ignore_reschedule_policy: bool = False
    skip_availability_validation: bool = False
    skip_business_confirmation: bool = False
    allow_add_on_changes: bool = False


class RescheduleBody(_Decision, _Participants):
    """B7."""

    slot: SlotBody
    flow_control_settings: RescheduleFlow = RescheduleFlow()
    booked_add_ons: _AddOns | None = None


class PendingFlow(CheckFlow):
    """What to check, and what not, when a booking is to wait for approval."""

    skip_pending_approval_service_validation: bool = False


class PendingBody(_Decision):
    """B8."""

    send_sms_reminder: bool | None = None
    payment_status: PaymentStatus | None = None
    double_booked: bool | None = None
    flow_control_settings: PendingFlow = PendingFlow()


class AllowedActionsBody(Body):
    """B14."""

    booking_ids: Annotated[list[Guid], Field(min_length=1)]
