"""What bookings can be filtered and sorted by.

The SDK has no types for it. An older page of the documentation says that lists can be sorted by all
fields, the present one says nothing of it.
"""

from dataclasses import replace

from wix_admin.wix.filters import COMPARING, EQUAL, HOLDING, Field, Query

IS = ("$eq", "$ne", "$in")
ID = Field("id", IS, sorts=None)
TEXT = Field("text", IS, sorts=None)
DATE = Field("date", (*EQUAL, *COMPARING), sorts=None)
PLACE = Field(
    "enum", IS, sorts=None, values=("UNDEFINED", "OWNER_BUSINESS", "OWNER_CUSTOM", "CUSTOM")
)

SLOT = "bookedEntity.item.slot."
SCHEDULE = "bookedEntity.item.schedule."
CHOICES = "participantsInfo.type.participantsChoices.serviceChoices.choices."


def _enum(*values: str) -> Field:
    return Field("enum", IS, sorts=None, values=values)


BOOKINGS = Query(
    of="bookings",
    once=True,
    fields={
        "status": _enum("CREATED", "CONFIRMED", "CANCELED", "PENDING", "DECLINED", "WAITING_LIST"),
        "startDate": replace(DATE, sorts=True),
        "endDate": DATE,
        "createdDate": replace(DATE, sorts=True),
        "updatedDate": DATE,
        "paymentStatus": _enum(
            "UNDEFINED", "NOT_PAID", "PAID", "PARTIALLY_PAID", "REFUNDED", "EXEMPT", "FAILED"
        ),
        "selectedPaymentOption": _enum(
            "UNDEFINED", "OFFLINE", "ONLINE", "MEMBERSHIP", "MEMBERSHIP_OFFLINE"
        ),
        "contactDetails.email": TEXT,
        "contactDetails.contactId": ID,
        "id": replace(ID, sorts=True),
        "externalUserId": ID,
        **dict.fromkeys(
            [
                f"{SLOT}{name}"
                for name in (
                    "serviceId",
                    "scheduleId",
                    "eventId",
                    "sessionId",
                    "resource.id",
                    "location.id",
                )
            ],
            ID,
        ),
        f"{SLOT}location.locationType": PLACE,
        f"{SCHEDULE}serviceId": ID,
        f"{SCHEDULE}scheduleId": ID,
        f"{SCHEDULE}location.id": ID,
        f"{SCHEDULE}location.locationType": PLACE,
        "bookedEntity.tags": Field(
            "enum", HOLDING, sorts=None, values=("INDIVIDUAL", "GROUP", "COURSE")
        ),
        "createdBy.contactId": ID,
        "createdBy.id.memberId": ID,
        "createdBy.id.wixUserId": ID,
        "createdBy.id.appId": ID,
        "createdBy.id.anonymousVisitorId": ID,
        "doubleBooked": Field("flag", ("$eq", "$ne"), sorts=None),
        "participantsInfo.type.totalParticipants.value": Field(
            "number", (*EQUAL, *COMPARING), sorts=None
        ),
        f"{CHOICES}optionId": Field("id", HOLDING, sorts=None),
        f"{CHOICES}choice.custom.value": Field("text", HOLDING, sorts=None),
    },
    instead={
        "email": "contactDetails.email",
        "start": "startDate",
        "end": "endDate",
        "service": f"{SLOT}serviceId",
        "resourceid": f"{SLOT}resource.id",
        "staffmemberid": f"{SLOT}resource.id",
        "locationid": f"{SLOT}location.id",
        "memberid": "createdBy.id.memberId",
        "totalparticipants": "participantsInfo.type.totalParticipants.value",
    },
)
