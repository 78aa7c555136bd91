"""What members can be filtered and sorted by."""

from dataclasses import replace

from wix_admin.wix.filters import ANY_NUMBER, ANY_TEXT, EQUAL, Field, Query

# The SDK's types name no field to sort by, one page of the documentation names these, and another
# one others.
TEXT = Field("text", ANY_TEXT, ("$hasSome",), sorts=None)
ID = replace(TEXT, kind="id")
DATE = Field("date", sorts=True)

MEMBERS = Query(
    of="members",
    fields={
        "loginEmail": TEXT,
        "status": Field(
            "enum",
            (*EQUAL, "$exists"),
            ("$hasSome",),
            values=("UNKNOWN", "PENDING", "APPROVED", "BLOCKED", "OFFLINE"),
        ),
        "privacyStatus": Field(
            "enum",
            (*EQUAL, "$exists"),
            ("$hasSome",),
            sorts=None,
            values=("UNKNOWN", "PRIVATE", "PUBLIC"),
        ),
        "contact.firstName": replace(TEXT, sorts=True),
        "contact.lastName": replace(TEXT, sorts=True),
        "profile.nickname": replace(TEXT, sorts=True),
        "profile.slug": TEXT,
        "id": ID,
        "contactId": ID,
        # Only an older page says that members can be filtered by it.
        "createdDate": replace(DATE, doubtful=ANY_NUMBER),
        "updatedDate": DATE,
        "lastLoginDate": DATE,
    },
    instead={
        "email": "loginEmail",
        "emails": "loginEmail",
        "contact.email": "loginEmail",
        "contact.emails": "loginEmail",
        "name": "profile.nickname",
        "memberid": "id",
        "joineddate": "createdDate",
    },
)
