"""The members of one site, what Wix tells of them, and how tests make and see them.

Certain, by the declarations of Wix's SDK: there are `member_created`, `member_updated` and
`member_deleted`, the first two with the member, the last without. That every change is told as
`updated`, approving, blocking and muting among them, is a guess.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

from tests import canaries
from tests.wix_simulator.clock import Clock, Ids, written
from tests.wix_simulator.documents import Documents
from tests.wix_simulator.errors import Json, application_error
from tests.wix_simulator.events import A_VISITOR
from tests.wix_simulator.filters import Cursors
from tests.wix_simulator.switches import Switches

if TYPE_CHECKING:
    from tests.wix_simulator.state import State

MEMBER = "wix.members.v1.member"

type MemberStatus = Literal["PENDING", "APPROVED", "BLOCKED", "OFFLINE"]

_SEEDED: tuple[MemberStatus, ...] = ("APPROVED", "PENDING", "APPROVED", "BLOCKED", "OFFLINE")


@dataclass
class MemberBook:
    """All members of a site, as Wix tells them in full. The caller holds the simulator's lock."""

    clock: Clock
    ids: Ids
    switches: Switches
    tell: Callable[[str, str, Json], None]
    """Told the type, the member's id and the body of each event."""

    owners: set[str] = field(default_factory=set)
    """Members who own the site or contribute to it."""

    subscribers: set[str] = field(default_factory=set)
    """Members with a running paid plan."""

    custom_fields: dict[str, str] = field(default_factory=lambda: {"custom.tier": "Tier"})
    """The fields that the site's owner added to profiles: their names, by key."""

    last_create: float | None = None

    def __post_init__(self) -> None:
        self.documents = Documents(self.clock)
        self.cursors = Cursors(self.clock, self.switches)

    def get(self, member_id: str) -> Json:
        """The member as it is now. Not to be changed.

        Raises:
            RefusedError: If there is none.
        """
        member = self.documents.get(member_id)
        if member is None:
            raise application_error(404, "NOT_FOUND", "Member not found", {"memberId": member_id})
        return member

    def change(self, member_id: str, work: Callable[[Json], Any]) -> Json:
        """Let `work` change a copy, kept only if it raises nothing; answers the member."""
        self.get(member_id)
        with self.documents.change(member_id) as member:
            work(member)
            member["updatedDate"] = self.clock.stamp()
        member = self.get(member_id)
        self.tell(f"{MEMBER}_updated", member_id, {"updatedEvent": {"currentEntity": member}})
        return member

    def remove(self, member_id: str) -> None:
        """Delete a member."""
        self.documents.remove(member_id)
        self.tell(f"{MEMBER}_deleted", member_id, {"deletedEvent": {}})

    def with_email(self, email: str) -> Json | None:
        """Who logs in with an email. Who is OFFLINE does not log in any more."""
        return next(
            (
                member
                for member in self.documents.all()
                if member["loginEmail"].lower() == email.lower() and member["status"] != "OFFLINE"
            ),
            None,
        )

    def add(
        self,
        email: str,
        *,
        status: MemberStatus = "APPROVED",
        member_id: str | None = None,
        fields: Json | None = None,
        created: str | None = None,
    ) -> Json:
        """Take in a new member; answers it."""
        given = copy.deepcopy(fields or {})
        contact, profile = given.pop("contact", {}), given.pop("profile", {})
        local = email.partition("@")[0]
        now = created or self.clock.stamp()
        member = {
            "id": member_id or self.ids.guid(),
            "loginEmail": email,
            "loginEmailVerified": False,
            "status": status,
            "contactId": self.ids.guid(),
            "contact": {"phones": [], "emails": [], "addresses": [], **contact},
            "profile": {"nickname": local, "slug": self._free_slug(local), **profile},
            "privacyStatus": "PRIVATE",
            "activityStatus": "ACTIVE",
            "createdDate": now,
            "updatedDate": now,
            **given,
        }
        keep_login_email(member)
        self.documents.add(member)
        self.tell(f"{MEMBER}_created", member["id"], {"createdEvent": {"entity": member}})
        return member

    def _free_slug(self, wanted: str) -> str:
        taken = {member["profile"]["slug"] for member in self.documents.all()}
        slug, number = wanted, 1
        while slug in taken:
            number += 1
            slug = f"{wanted}{number}"
        return slug


def keep_login_email(member: Json) -> None:
    """The login email is always among a member's emails."""
    emails = member["contact"]["emails"]
    if member["loginEmail"] not in emails:
        emails.insert(0, member["loginEmail"])


class Members:
    """The members of the simulated sites, for tests. Any thread may call; answers are copies."""

    def __init__(self, state: "State", site_id: str = canaries.SITE_ID) -> None:
        self._state = state
        self._site_id = site_id

    def on(self, site_id: str) -> Self:
        """The members of another site."""
        return type(self)(self._state, site_id)

    def add(
        self,
        *,
        email: str | None = None,
        status: MemberStatus = "APPROVED",
        member_id: str | None = None,
        owner: bool = False,
        subscriber: bool = False,
        fields: Json | None = None,
        created: str | None = None,
        site_id: str | None = None,
    ) -> Json:
        """Add a member; by default one who may log in.

        Args:
            email: The login email. Default: a new one.
            status: PENDING waits for approval.
            member_id: Default: a new id.
            owner: They own the site or contribute to it: neither blocked nor deleted.
            subscriber: They hold a running paid plan: neither blocked nor deleted.
            fields: Fields of the member to replace, as Wix's JSON; `contact` and `profile` are
                filled in, not replaced.
            created: An RFC 3339 instant. Default: now.
            site_id: The site that gets them.

        Returns:
            The member, as Wix tells it in full.
        """
        with self._state.lock, self._state.world.events.caused_by(A_VISITOR):
            book = self._book(site_id)
            number = len(book.documents.all()) + 1
            person = self._state.people(f"member{number}")
            names = {"firstName": person.first_name, "lastName": person.last_name}
            given = {**(fields or {})}
            given["contact"] = {**names, **given.get("contact", {})}
            member = book.add(
                email or person.email,
                status=status,
                member_id=member_id,
                fields=given,
                created=created,
            )
            if owner:
                book.owners.add(member["id"])
            if subscriber:
                book.subscribers.add(member["id"])
            return copy.deepcopy(member)

    def get(self, member_id: str) -> Json | None:
        """A member as it is now, in full; None if there is none."""
        with self._state.lock:
            return copy.deepcopy(self._book().documents.get(member_id))

    def all(self) -> list[Json]:
        """Every member as it is now, in full, the oldest first."""
        with self._state.lock:
            return copy.deepcopy(self._book().documents.all())

    def seed(self, count: int) -> list[str]:
        """Add members of all statuses, some a day older than others, telling nobody; their ids."""
        with self._state.lock, self._state.world.events.muted():
            now = self._state.world.clock.now()
            ages = [(count - index) * 24 * 60 * 60 for index in range(count)]
            return [
                str(self.add(status=_SEEDED[i % len(_SEEDED)], created=written(now - age))["id"])
                for i, age in enumerate(ages)
            ]

    def _book(self, site_id: str | None = None) -> MemberBook:
        return self._state.world.members(site_id or self._site_id)
