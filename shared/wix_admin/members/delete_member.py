"""Deletes members, for good."""

from contextlib import suppress
from typing import override

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import (
    OutcomeUnknownError,
    WixNotFoundError,
    WixRequestError,
    WixUnavailableError,
)
from wix_admin.members.entities import Member
from wix_admin.members.operations import DELETE_MEMBER, GET_MEMBER
from wix_admin.models import Guid, Json, WriteInput
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as


class DeleteMemberInput(WriteInput):
    """Whom to delete, said twice: nothing brings a member back."""

    member_id: Guid
    confirm: Guid

    @field_validator("confirm")
    @classmethod
    def _said_twice(cls, given: str, others: ValidationInfo) -> str:
        if given != others.data.get("member_id"):
            raise PydanticCustomError(
                "confirm", "Send the member's id here once more: nothing brings a member back"
            )
        return given


class DeleteReceipt(Receipt):
    """A deleted member.

    Attributes:
        member_id: Who it was. The contact stays, and what the member wrote is the owner's now.
        deleted: That there is no such member any more.
    """

    member_id: str
    deleted: bool = True


class MemberDeletion(Effect[DeleteReceipt]):
    """Deletes one member.

    Wix: `DELETE /members/v1/members/{id}`, which refuses owners, contributors and members with a
    running paid plan.
    """

    name = DELETE_MEMBER.name
    receipt = DeleteReceipt

    def __init__(self, wix: WixClient, request: DeleteMemberInput) -> None:
        self.target = request.member_id
        self._wix = wix

    @override
    def check(self) -> Json:
        """Read the member, as an id that Wix never knew is a mistake.

        Raises:
            WixNotFoundError: If there is no such member.
        """
        reply = self._wix.call(GET_MEMBER, member_id=self.target)
        read_as(Member, reply.get("member"), GET_MEMBER)
        return {}

    @override
    def send(self, sent: Sent) -> DeleteReceipt:
        """Delete the member; one that is gone by now is deleted, too.

        Raises:
            OutcomeUnknownError: If no try was answered: with a deleted member, `check` would not
                let a request through that is sent again.
        """
        try:
            with suppress(WixNotFoundError):
                self._wix.call(DELETE_MEMBER, member_id=self.target)
        except WixUnavailableError as error:
            if error.code == "wix_busy":
                raise
            raise OutcomeUnknownError(str(error), wix_request_id=error.wix_request_id) from error
        return DeleteReceipt(member_id=self.target)

    @override
    def read_back(self, sent: Sent) -> DeleteReceipt | None:
        """Delete again, which is as good as finding the member gone."""
        try:
            return self.send(sent)
        except WixRequestError:
            return None
