"""Making orders: a test says what matters to it, the rest is a plain order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tests.wix_simulator.booking_book import BOOKINGS_APP_ID
from tests.wix_simulator.clock import seconds_of, written
from tests.wix_simulator.errors import Json
from tests.wix_simulator.money import ZERO, price, rounded
from tests.wix_simulator.payments import set_status
from tests.wix_simulator.people import Person
from tests.wix_simulator.shop import PAID_STATUSES, WAITING_STATUSES, Record, Shop, is_offline

STORES_APP_ID = "215238eb-22a5-4c36-9e7b-e7c08025e04e"
GIFT_CARD_APP_ID = "d80111c5-a0f4-47a8-b63a-65b54d774a27"
MEMBERSHIP_APP_ID = "1522827f-c56c-a5c9-2ac9-00f9e6ae12d3"

type Kind = Literal["PHYSICAL", "DIGITAL", "GIFT_CARD", "SERVICE"]
_SOLD_BY: dict[Kind, str] = {"GIFT_CARD": GIFT_CARD_APP_ID, "SERVICE": BOOKINGS_APP_ID}
"""Whose catalog a kind of goods is in, if not that of the store."""

type OrderStatus = Literal["INITIALIZED", "APPROVED", "CANCELED", "PENDING", "REJECTED"]


@dataclass(frozen=True)
class Line:
    """One line item to order."""

    quantity: int = 1
    price: str = "10.00"
    name: str = "Coffee beans"
    kind: Kind = "PHYSICAL"
    id: str | None = None
    sku: str = "BEANS-1"
    locations: int = 1
    """From how many locations the units come."""

    shippable: bool | None = None
    """None: only what is physical."""

    @property
    def is_shipped(self) -> bool:
        return self.kind == "PHYSICAL" if self.shippable is None else self.shippable


@dataclass(frozen=True)
class Payment:
    """One payment of an order."""

    amount: str
    kind: Literal["card", "offline", "gift_card", "membership"] = "card"
    status: str = "APPROVED"
    refundability: str | None = None
    """A reason of refundability to force on it, such as `EXPIRED` or `PROVIDER_IS_DOWN`."""

    line_index: int = 0
    """For a membership: which line it pays."""

    id: str | None = None


type Payments = Sequence[Payment] | Callable[[str], Sequence[Payment]]
"""Payments, or how to pay a total."""


@dataclass(frozen=True)
class Fee:
    """An additional fee."""

    amount: str
    name: str = "Gift wrap"


def line(
    quantity: int = 1,
    price: str = "10.00",
    *,
    name: str = "Coffee beans",
    kind: Kind = "PHYSICAL",
    id: str | None = None,  # noqa: A002 - as Wix calls it
    sku: str = "BEANS-1",
    locations: int = 1,
    shippable: bool | None = None,
) -> Line:
    """A line item; its price is for one unit, before discounts."""
    return Line(quantity, price, name, kind, id, sku, locations, shippable)


def card(
    amount: str,
    *,
    status: str = "APPROVED",
    refundability: str | None = None,
    id: str | None = None,  # noqa: A002 - as Wix calls it
) -> Payment:
    """A card payment, made online."""
    return Payment(amount, "card", status, refundability, id=id)


def authorized(amount: str) -> Payment:
    """A card payment that is authorized and not captured yet."""
    return Payment(amount, "card", "AUTHORIZED")


def offline(amount: str, *, status: str = "PENDING") -> Payment:
    """Money to be handed over: pending until someone notes that it came."""
    return Payment(amount, "offline", status)


def gift_card(amount: str) -> Payment:
    """A payment with a gift card."""
    return Payment(amount, "gift_card")


def membership(*, line_index: int = 0) -> Payment:
    """A line paid with a membership. Price that line `0`."""
    return Payment("0", "membership", line_index=line_index)


def fee(amount: str, name: str = "Gift wrap") -> Fee:
    """An additional fee."""
    return Fee(amount, name)


def build_order(
    shop: Shop,
    *,
    lines: Sequence[Line] | None = None,
    payments: Payments | None = None,
    total: str | None = None,
    status: OrderStatus = "APPROVED",
    shipping: str = "0",
    pickup: bool = False,
    discount: str = "0",
    tax_rate: str = "0",
    fees: Sequence[Fee] = (),
    currency: str = "USD",
    created: str | None = None,
    order_id: str | None = None,
    fields: Json | None = None,
) -> Json:
    """Add an order to a shop; `WixSimulator.add_order` tells what the arguments mean."""
    if total is not None and lines is not None:
        raise ValueError("a total follows from the lines: give one of the two")
    lines = lines if lines is not None else [line(price=total or "10.00")]
    stamp = shop.clock.stamp() if created is None else written(seconds_of(created))
    items = _line_items(shop, lines, currency, Decimal(discount), Decimal(tax_rate))
    order_id = order_id or shop.ids.guid()
    member_id, contact_id = shop.ids.guid(), shop.ids.guid()
    buyer = shop.people(f"buyer-{shop.ids.random.randrange(10**6)}")
    order: Json = {
        "id": order_id,
        "number": shop.next_number(),
        "createdDate": stamp,
        "updatedDate": stamp,
        "status": status,
        "lineItems": items,
        "buyerInfo": {"memberId": member_id, "contactId": contact_id, "email": buyer.email},
        "buyerLanguage": "en",
        "siteLanguage": "en",
        "weightUnit": "KG",
        "currency": currency,
        "currencyConversionDetails": {"originalCurrency": currency, "conversionRate": "1"},
        "taxIncludedInPrices": False,
        "billingInfo": _place_of(buyer),
        "recipientInfo": _place_of(buyer),
        "buyerNote": buyer.note,
        "archived": False,
        "seenByAHuman": False,
        "additionalFees": [_fee(shop, each, currency) for each in fees],
        "appliedDiscounts": _discounts(shop, items, Decimal(discount), currency),
        "activities": [],
        "attributionSource": "UNSPECIFIED",
        "channelInfo": {"type": "WEB"},
        "checkoutId": shop.ids.guid(),
        "purchaseFlowId": shop.ids.guid(),
        "customFields": [],
        "tags": {"tags": {"tagIds": []}, "privateTags": {"tagIds": []}},
        "imported": False,
    }
    order["createdBy"] = {"memberId": member_id}
    if any(each.is_shipped for each in lines):
        order["shippingInfo"] = _shipping(buyer, Decimal(shipping), currency, pickup=pickup)
    elif Decimal(shipping):
        raise ValueError("nothing in this order is shipped")
    _sum_up(order, lines, Decimal(shipping), Decimal(discount), fees)
    order.update(fields or {})

    record = Record(order)
    due = order["priceSummary"]["total"]["amount"]
    if payments is None:
        payments = _default_payments(due, status)
    for each in payments(due) if callable(payments) else payments:
        record.payments.append(_payment(shop, record, each, stamp))
    shop.note(record, "ORDER_PLACED")
    shop.add(record)
    return order


def approve(shop: Shop, record: Record) -> None:
    """Let an order be paid, unless that is done by hand, and approved.

    Raises:
        ValueError: If the order does not wait for that.
    """
    if record.order["status"] not in {"INITIALIZED", "PENDING"}:
        raise ValueError(f"the order is {record.order['status']}")
    stamp = shop.clock.stamp()
    for payment in record.payments:
        if payment["status"] in WAITING_STATUSES and not is_offline(payment):
            set_status(payment, "APPROVED", stamp)
    due = record.total - record.sum_of({*PAID_STATUSES, *WAITING_STATUSES, "AUTHORIZED"})
    if due > 0:
        record.payments.append(_payment(shop, record, card(str(due)), stamp))
    record.order["status"] = "APPROVED"


def anonymize(record: Record) -> None:
    """Remove what tells who bought an order."""
    order = record.order
    order["buyerInfo"] = {}
    for name in ("billingInfo", "recipientInfo", "buyerNote", "createdBy"):
        order.pop(name, None)
    order.get("shippingInfo", {}).get("logistics", {}).pop("shippingDestination", None)


def _line_items(
    shop: Shop, lines: Sequence[Line], currency: str, discount: Decimal, tax_rate: Decimal
) -> list[Json]:
    subtotal = sum((Decimal(each.price) * each.quantity for each in lines), ZERO)
    items = []
    seen = given = ZERO
    for number, each in enumerate(lines, start=1):
        seen += Decimal(each.price) * each.quantity
        # The discount is spread over the lines by their value; the last takes what is left.
        mine = rounded(discount * seen / subtotal, currency) - given if subtotal else ZERO
        given += mine
        items.append(
            _line_item(
                shop, each, number=number, discount=mine, tax_rate=tax_rate, currency=currency
            )
        )
    return items


def _line_item(
    shop: Shop,
    given: Line,
    *,
    number: int,
    discount: Decimal,
    tax_rate: Decimal,
    currency: str,
) -> Json:
    net = Decimal(given.price) * given.quantity - discount
    tax = rounded(net * tax_rate, currency)
    product, variant = shop.sold_as(given.sku) or (shop.ids.guid(), shop.ids.guid())
    catalog: Json = {
        "catalogItemId": product,
        "appId": _SOLD_BY.get(given.kind, STORES_APP_ID),
        "options": {"variantId": variant},
    }
    item: Json = {
        "id": given.id or f"00000000-0000-0000-0000-{number:012d}",
        "productName": {"original": given.name, "translated": given.name},
        "catalogReference": catalog,
        "quantity": given.quantity,
        "totalDiscount": price(discount, currency),
        "descriptionLines": [],
        "physicalProperties": {"sku": given.sku, "shippable": given.is_shipped},
        "itemType": {"preset": given.kind},
        "price": price(given.price, currency),
        "priceBeforeDiscounts": price(given.price, currency),
        "totalPriceBeforeTax": price(net, currency),
        "totalPriceAfterTax": price(net + tax, currency),
        "lineItemPrice": price(net, currency),
        "paymentOption": "FULL_PAYMENT_ONLINE",
        "taxInfo": {
            "taxAmount": price(tax, currency),
            "taxableAmount": price(net, currency),
            "taxRate": str(tax_rate),
            "taxIncludedInPrice": False,
            "taxBreakdown": [],
        },
        "locations": [],
        "priceUndetermined": False,
        "fixedQuantity": False,
        "modifierGroups": [],
    }
    if given.locations > 1:
        item["locations"] = [{"id": shop.ids.guid(), "quantity": 1} for _ in range(given.locations)]
    if given.kind == "DIGITAL":
        item["digitalFile"] = {"fileId": shop.ids.guid()}
    return item


def _fee(shop: Shop, given: Fee, currency: str) -> Json:
    cost = price(given.amount, currency)
    return {
        "id": shop.ids.guid(),
        "code": given.name.lower().replace(" ", "-"),
        "name": given.name,
        "price": cost,
        "priceBeforeTax": cost,
        "priceAfterTax": cost,
        "lineItemIds": [],
        "source": "SERVICE_PLUGIN",
    }


def _discounts(shop: Shop, items: list[Json], discount: Decimal, currency: str) -> list[Json]:
    if not discount:
        return []
    coupon = {
        "id": shop.ids.guid(),
        "code": "WELCOME",
        "name": "Welcome",
        "amount": price(discount, currency),
    }
    parts = [{"id": each["id"], "totalDiscount": each["totalDiscount"]} for each in items]
    return [
        {
            "id": shop.ids.guid(),
            "discountType": "GLOBAL",
            "coupon": coupon,
            "lineItemDiscounts": parts,
        }
    ]


def _place_of(buyer: Person) -> Json:
    return {
        "address": {
            "country": "US",
            "subdivision": "US-NY",
            "city": "New York",
            "postalCode": "10011",
            "addressLine": buyer.street,
            "countryFullname": "United States",
            "subdivisionFullname": "New York",
        },
        "contactDetails": {
            "firstName": buyer.first_name,
            "lastName": buyer.last_name,
            "phone": buyer.phone,
        },
    }


def _shipping(buyer: Person, cost: Decimal, currency: str, *, pickup: bool) -> Json:
    logistics: Json = {"deliveryTime": "3-5 business days"}
    if pickup:
        logistics["pickupDetails"] = {
            "address": {"country": "US", "city": "New York", "addressLine": "1 Shop Street"},
            "pickupMethod": "STORE_PICKUP",
        }
    else:
        logistics["shippingDestination"] = _place_of(buyer)
    return {
        "code": "pickup" if pickup else "std",
        "title": "Store pickup" if pickup else "Standard",
        "region": {"name": "Domestic"},
        "logistics": logistics,
        "cost": {
            "price": price(cost, currency),
            "totalPriceBeforeTax": price(cost, currency),
            "totalPriceAfterTax": price(cost, currency),
            "discount": price(ZERO, currency),
        },
    }


def _sum_up(
    order: Json, lines: Sequence[Line], shipping: Decimal, discount: Decimal, fees: Sequence[Fee]
) -> None:
    currency = order["currency"]
    subtotal = sum((Decimal(each.price) * each.quantity for each in lines), ZERO)
    extra = sum((Decimal(each.amount) for each in fees), ZERO)
    taxes = (Decimal(each["taxInfo"]["taxAmount"]["amount"]) for each in order["lineItems"])
    tax = sum(taxes, ZERO)
    sums = {
        "subtotal": subtotal,
        "shipping": shipping,
        "tax": tax,
        "discount": discount,
        "totalAdditionalFees": extra,
        "total": subtotal - discount + shipping + extra + tax,
    }
    order["priceSummary"] = {name: price(value, currency) for name, value in sums.items()}
    order["taxInfo"] = {"totalTax": price(tax, currency), "taxBreakdown": []}


def _default_payments(total: str, status: OrderStatus) -> list[Payment]:
    if not Decimal(total) or status == "INITIALIZED":
        return []
    state = {"PENDING": "PENDING", "REJECTED": "DECLINED"}.get(status, "APPROVED")
    return [card(total, status=state)]


def _payment(shop: Shop, record: Record, given: Payment, stamp: str) -> Json:
    payment: Json = {
        "id": given.id or shop.ids.guid(),
        "createdDate": stamp,
        "amount": record.price(given.amount),
        "refundDisabled": False,
        **_payment_details(shop, record, given),
    }
    set_status(payment, given.status, stamp)
    if given.refundability is not None:
        shop.refundability[payment["id"]] = given.refundability
    return payment


def _payment_details(shop: Shop, record: Record, given: Payment) -> dict[str, Any]:
    match given.kind:
        case "card":
            regular: Json = {
                "offlinePayment": False,
                "paymentMethod": "CreditCard",
                "gatewayTransactionId": shop.ids.guid(),
                "providerTransactionId": f"pi_{shop.ids.random.randrange(10**9)}",
                "savedPaymentMethod": False,
                "creditCardDetails": {"lastFourDigits": "4242", "brand": "VISA"},
            }
            if given.status == "AUTHORIZED":
                regular["authorizationDetails"] = {"delayedCapture": True, "captures": []}
            return {"regularPaymentDetails": regular}
        case "offline":
            regular = {"offlinePayment": True, "paymentMethod": "Offline"}
            if given.status in PAID_STATUSES:
                regular["gatewayTransactionId"] = shop.ids.guid()
            return {"regularPaymentDetails": regular}
        case "gift_card":
            details: Json = {
                "giftCardPaymentId": shop.ids.guid(),
                "appId": GIFT_CARD_APP_ID,
                "obfuscatedCode": "****7777",
            }
            return {"giftcardPaymentDetails": details}
        case "membership":
            line = record.order["lineItems"][given.line_index]
            line["paymentOption"] = "MEMBERSHIP"
            details = {
                "membershipId": shop.ids.guid(),
                "lineItemId": line["id"],
                "providerAppId": MEMBERSHIP_APP_ID,
                "name": {"original": "Coffee club"},
                "status": "CHARGED",
            }
            return {"membershipPaymentDetails": details}
