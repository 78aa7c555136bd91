"""The functions that change members, each under its caller's idempotency key."""

import json
from functools import partial

from pydantic import BaseModel

from .client import answer, call
from .ledger import Change, Json, once
from .readers import FULL


class Standing(BaseModel):
    member_id: str
    status: str


class Deleted(BaseModel):
    member_id: str


def create_member(event: Json, context: object) -> Json:
    asked = json.loads(event["body"])

    def check() -> Change:
        wanted = {
            "filter": {"loginEmail": asked["loginEmail"]},
            "sorting": [{"fieldName": "createdDate", "order": "ASC"}],
            "paging": {"limit": 100, "offset": 0},
        }
        if call("POST", "/members/v1/members/query", {"query": wanted, **FULL})["members"]:
            raise ValueError("the address is taken")
        return partial(call, "POST", "/members/v1/members", {"member": asked})

    made = once("create_member", "new", event["headers"]["Idempotency-Key"], check, standing)
    return answer("create_member", made)


def approve_member(event: Json, context: object) -> Json:
    return change(event, "approve_member", "approve")


def block_member(event: Json, context: object) -> Json:
    return change(event, "block_member", "block")


def change(event: Json, name: str, verb: str) -> Json:
    member_id: str = event["pathParameters"]["memberId"]

    def check() -> Change:
        return partial(call, "POST", f"/members/v1/members/{member_id}/{verb}", {})

    made = once(name, member_id, event["headers"]["Idempotency-Key"], check, standing)
    return answer(name, made)


def delete_member(event: Json, context: object) -> Json:
    member_id: str = event["pathParameters"]["memberId"]
    if event["queryStringParameters"]["confirm"] != member_id:
        raise ValueError("not confirmed")

    def check() -> Change:
        call("GET", f"/members/v1/members/{member_id}")
        return partial(call, "DELETE", f"/members/v1/members/{member_id}")

    made = once("delete_member", member_id, event["headers"]["Idempotency-Key"], check, deleted)
    return answer("delete_member", made)


def standing(reply: Json, _: str) -> Standing:
    member = reply["member"]
    return Standing(member_id=member["id"], status=member["status"])


def deleted(_: Json, member_id: str) -> Deleted:
    return Deleted(member_id=member_id)
