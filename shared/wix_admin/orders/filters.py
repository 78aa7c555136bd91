"""What orders can be filtered and sorted by."""

from dataclasses import replace

from wix_admin.wix.filters import ANY_FLAG, ANY_NUMBER, ANY_TEXT, EQUAL, HOLDING, Field, Query

TEXT = Field("text", ANY_TEXT, ("$hasSome",), sorts=True)
DATE = Field("date", ANY_NUMBER, ("$hasSome",), sorts=True)
AMOUNT = Field("decimal", ANY_TEXT, ("$hasSome",), sorts=True)
FLAG = Field("flag", ANY_FLAG, ("$hasSome",))
ID = Field("id", EQUAL)
CHOICE = Field("text", EQUAL, sorts=True)
IDS = Field("id", HOLDING)

STATUSES = ("INITIALIZED", "APPROVED", "CANCELED", "PENDING", "REJECTED")
PAYMENT_STATUSES = (
    "UNSPECIFIED",
    "NOT_PAID",
    "PAID",
    "PARTIALLY_REFUNDED",
    "FULLY_REFUNDED",
    "PENDING",
    "PARTIALLY_PAID",
    "PENDING_MERCHANT",
    "CANCELED",
    "DECLINED",
)
FULFILLMENT_STATUSES = ("NOT_FULFILLED", "FULFILLED", "PARTIALLY_FULFILLED")
CHANNELS = (
    "UNSPECIFIED",
    "WEB",
    "POS",
    "EBAY",
    "AMAZON",
    "OTHER_PLATFORM",
    "WIX_APP_STORE",
    "WIX_INVOICES",
    "WIX_INVOICES_PLATFORM",
    "BACKOFFICE_MERCHANT",
    "WISH",
    "CLASS_PASS",
    "GLOBAL_E",
    "FACEBOOK",
    "ETSY",
    "TIKTOK",
    "FAIRE_COM",
    "PAYPAL_AGENTIC_CHECKOUT",
    "STRIPE_AGENTIC_CHECKOUT",
    "UCP_AGENTIC_CHECKOUT",
)


def _enum(*values: str) -> Field:
    return Field("enum", EQUAL, sorts=True, values=values)


ORDERS = Query(
    of="orders",
    fields={
        "number": AMOUNT,
        "status": replace(_enum(*STATUSES), unlisted=("INITIALIZED",)),
        "paymentStatus": _enum(*PAYMENT_STATUSES),
        "fulfillmentStatus": _enum(*FULFILLMENT_STATUSES),
        "createdDate": DATE,
        "updatedDate": DATE,
        "purchasedDate": DATE,
        "buyerInfo.email": TEXT,
        "buyerInfo.contactId": ID,
        "buyerInfo.memberId": ID,
        "billingInfo.contactDetails.firstName": TEXT,
        "billingInfo.contactDetails.lastName": TEXT,
        "priceSummary.total.amount": AMOUNT,
        "balanceSummary.authorized.amount": AMOUNT,
        "balanceSummary.pending.amount": AMOUNT,
        "balanceSummary.pendingRefund.amount": AMOUNT,
        "taxInfo.totalTax.amount": AMOUNT,
        "taxInfo.totalExempt.amount": AMOUNT,
        "shippingInfo.title": CHOICE,
        "shippingInfo.region.name": CHOICE,
        "shippingInfo.logistics.deliveryTime": TEXT,
        "shippingInfo.logistics.deliveryTimeSlot.from": DATE,
        "shippingInfo.logistics.deliveryTimeSlot.to": DATE,
        "channelInfo.type": _enum(*CHANNELS),
        "channelInfo.externalOrderId": ID,
        "archived": FLAG,
        "imported": FLAG,
        "seenByAHuman": FLAG,
        "demo": FLAG,
        "id": ID,
        "checkoutId": ID,
        "createdBy.userId": ID,
        "businessLocation.id": replace(TEXT, kind="id"),
        "businessLocation.name": TEXT,
        "lineItems.productName.original": Field("text", HOLDING, EQUAL, sorts=True),
        "lineItems.catalogReference.catalogItemId": replace(IDS, doubtful=EQUAL),
        "lineItems.catalogReference.appId": replace(IDS, doubtful=EQUAL),
        "lineItems.locations.id": IDS,
        "lineItems.subscriptionInfo.id": ID,
        "appliedDiscounts.coupon.id": IDS,
        "fulfillmentStatusesAggregate.statuses": Field("text", HOLDING, sorts=True),
        # Named by an older page of the documentation only.
        "subscriptionInfo.id": Field("id", (), EQUAL),
        "billingInfo.contactDetails.fullName": Field(
            "text", (), ("$eq", "$ne", "$in", "$exists", "$startsWith")
        ),
        "deliveryTimeSlotFromDate": Field("date", (), ("$eq", "$ne", "$in", "$exists")),
        "deliveryTimeSlotToDate": Field("date", (), ("$eq", "$ne", "$in", "$exists")),
    },
    instead={
        "total": "priceSummary.total.amount",
        "amount": "priceSummary.total.amount",
        "buyer": "buyerInfo.email",
        "customer": "buyerInfo.email",
        "productid": "lineItems.catalogReference.catalogItemId",
    },
)
