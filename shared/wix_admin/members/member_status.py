"""Sets the status of a member: what approving and blocking have in common."""

from typing import ClassVar, override

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import WixRequestError
from wix_admin.members.entities import Member
from wix_admin.models import Json
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as


class StatusReceipt(Receipt):
    """A member whose status was set.

    Attributes:
        member_id: The member.
        status: The status now.
    """

    member_id: str
    status: str


class StatusChange(Effect[StatusReceipt]):
    """Sets the status of one member, which may be done twice."""

    receipt = StatusReceipt
    operation: ClassVar[Operation]
    status: ClassVar[str]

    def __init__(self, wix: WixClient, member_id: str) -> None:
        self.target = member_id
        self._wix = wix

    @override
    def check(self) -> Json:
        return {}

    @override
    def send(self, sent: Sent) -> StatusReceipt:
        reply = self._wix.call(self.operation, body={}, member_id=self.target)
        member = read_as(Member, reply.get("member"), self.operation)
        known = member.status if member.status != "UNKNOWN" else None
        return StatusReceipt(member_id=self.target, status=known or self.status)

    @override
    def read_back(self, sent: Sent) -> StatusReceipt | None:
        """Set it again, which is as good as finding it set."""
        try:
            return self.send(sent)
        except WixRequestError:
            return None
