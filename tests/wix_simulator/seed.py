"""Many orders as a real shop has them: all statuses, all ways to pay, all kinds of goods."""

from decimal import Decimal
from random import Random

from tests.wix_simulator.builders import (
    Line,
    OrderStatus,
    Payment,
    build_order,
    card,
    fee,
    gift_card,
    line,
    offline,
)
from tests.wix_simulator.clock import written
from tests.wix_simulator.errors import Json
from tests.wix_simulator.refundable import worth_of_line
from tests.wix_simulator.refunds import RefundBody, make_refund
from tests.wix_simulator.shop import Shop

SPAN_SECONDS = 90 * 24 * 60 * 60
_GOODS = (
    ("Coffee beans", "12.50", "BEANS-1"),
    ("Ceramic mug", "19.99", "MUG-1"),
    ("Paper filters", "4.25", "FILTER-100"),
    ("Hand grinder", "64.00", "GRINDER-2"),
)
_FILES = (("Brewing guide", "9.00", "GUIDE"), ("Latte art course", "29.00", "COURSE"))
_UNFINISHED: tuple[OrderStatus, ...] = ("INITIALIZED", "PENDING", "REJECTED")
_WAYS_TO_PAY = (
    "card",
    "offline",
    "gift card",
    "card, refunded in part",
    "cash",
    "unfinished",
    "canceled",
    "two cards",
    "card",
    "card",
)
_GIFT = Decimal("5.00")


def seed_orders(shop: Shop, count: int) -> list[str]:
    """Add varied, coherent orders; returns their ids, oldest first."""
    random = shop.ids.random
    now = shop.clock.now()
    ages = sorted((random.uniform(0, SPAN_SECONDS) for _ in range(count)), reverse=True)
    return [_seed_order(shop, random, now - age, index) for index, age in enumerate(ages)]


def _seed_order(shop: Shop, random: Random, created: float, index: int) -> str:
    # In turn rather than by chance: a few orders already show everything.
    way = _WAYS_TO_PAY[index % len(_WAYS_TO_PAY)]
    status: OrderStatus = "CANCELED" if way == "canceled" else "APPROVED"
    if way == "unfinished":
        status = _UNFINISHED[index // len(_WAYS_TO_PAY) % len(_UNFINISHED)]
    lines = _lines(random)
    shipped = any(each.kind == "PHYSICAL" for each in lines)
    order = build_order(
        shop,
        lines=lines,
        payments=None if way == "unfinished" else lambda total: _payments(way, total),
        status=status,
        shipping=random.choice(["0", "5.00", "7.90"]) if shipped else "0",
        pickup=random.random() < 0.1,
        discount=random.choice(["0", "0", "0", "2.50"]),
        tax_rate=random.choice(["0", "0.08"]),
        fees=[fee("1.00")] if random.random() < 0.2 else [],
        created=written(created),
        fields={"archived": random.random() < 0.1, "seenByAHuman": random.random() < 0.5},
    )
    if way == "card, refunded in part":
        _refund_first_unit(shop, order)
    if status == "APPROVED" and shipped and random.random() < 0.3:
        _fulfill_first_line(shop, order)
    return str(order["id"])


def _lines(random: Random) -> list[Line]:
    kind = random.choice(["physical", "physical", "physical", "mixed", "digital"])
    goods = [] if kind == "digital" else random.sample(_GOODS, random.randint(1, 3))
    files = [] if kind == "physical" else random.sample(_FILES, 1)
    return [line(random.randint(1, 3), cost, name=name, sku=sku) for name, cost, sku in goods] + [
        line(1, cost, name=name, sku=sku, kind="DIGITAL") for name, cost, sku in files
    ]


def _payments(way: str, total: str) -> list[Payment]:
    rest = str(Decimal(total) - _GIFT)
    match way:
        case "offline":
            return [offline(total)]
        case "cash":
            return [offline(total, status="APPROVED")]
        case "gift card" if Decimal(rest) > 0:
            return [gift_card(str(_GIFT)), card(rest)]
        case "two cards" if Decimal(rest) > 0:
            return [card(str(_GIFT)), card(rest)]
        case _:
            return [card(total)]


def _refund_first_unit(shop: Shop, order: Json) -> None:
    with shop.change(order["id"]) as record:
        line_id = record.order["lineItems"][0]["id"]
        worth = worth_of_line(record, record.order["lineItems"][0], 1).total
        body = {
            "orderId": order["id"],
            "paymentRefunds": [
                {"paymentId": record.payments[0]["id"], "amount": {"amount": str(worth)}}
            ],
            "refundItems": {"lineItems": [{"lineItemId": line_id, "quantity": 1}]},
        }
        make_refund(shop, record, RefundBody.model_validate(body))


def _fulfill_first_line(shop: Shop, order: Json) -> None:
    with shop.change(order["id"]) as record:
        first = record.order["lineItems"][0]
        record.fulfillments.append(
            {
                "id": shop.ids.guid(),
                "createdDate": shop.clock.stamp(),
                "lineItems": [{"id": first["id"], "quantity": first["quantity"]}],
            }
        )
