"""A member as Wix tells it."""

from wix_admin.models import WixEntity


class Member(WixEntity):
    """A member. `status` is `UNKNOWN` where Wix does not tell it, never as a state."""

    id: str
    login_email: str | None = None
    status: str | None = None
    contact_id: str | None = None
    created_date: str | None = None
