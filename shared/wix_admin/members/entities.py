"""A member as Wix tells it."""

from typing import Annotated

from wix_admin.models import LENIENT, WixEntity


class Member(WixEntity):
    """A member. `status` is `UNKNOWN` where Wix does not tell it, never as a state."""

    id: str
    login_email: Annotated[str | None, LENIENT] = None
    status: Annotated[str | None, LENIENT] = None
    contact_id: Annotated[str | None, LENIENT] = None
    created_date: Annotated[str | None, LENIENT] = None
