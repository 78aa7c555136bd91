"""The function that reads one order."""

from pydantic import BaseModel

from .client import Json, answer, call


class Order(BaseModel, extra="allow"):
    id: str
    number: str
    status: str


def handler(event: Json, context: object) -> Json:
    reply = call("GET", f"/ecom/v1/orders/{event['pathParameters']['orderId']}")
    return answer("get_order", Order.model_validate(reply["order"]))
