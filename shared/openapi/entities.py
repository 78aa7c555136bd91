"""What Wix tells of an order, a member, a booking and a product, typed for callers.

Functions pass on what Wix answers as it came, and their own models have only what they decide by:
these here are for the contract alone, and nothing is checked against them at run time. They have
the fields that people use; there are more. What may be one of some words is an open list: Wix adds
words at any time.
"""

from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema

from wix_admin.models import WixEntity

Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]

Amount = Annotated[
    str,
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["9.5"]}),
]


class Price(WixEntity):
    """An amount of money.

    Attributes:
        amount: A decimal number, as text.
        formatted_amount: The same as people write it.
    """

    amount: Amount | None = None
    formatted_amount: str | None = None


# ---- Orders -------------------------------------------------------------------------------------

type OrderStatus = Literal["INITIALIZED", "APPROVED", "CANCELED", "PENDING", "REJECTED"]
type OrderPaymentStatus = Literal[
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
]
type OrderFulfillmentStatus = Literal["NOT_FULFILLED", "FULFILLED", "PARTIALLY_FULFILLED"]
type OrderItemKind = Literal["UNRECOGNISED", "PHYSICAL", "DIGITAL", "GIFT_CARD", "SERVICE"]
type RefundStatus = Literal["SCHEDULED", "STARTED", "PENDING", "SUCCEEDED", "FAILED"]
type WeightUnit = Literal["UNSPECIFIED_WEIGHT_UNIT", "KG", "LB"]
type PickupMethod = Literal["STORE_PICKUP", "PICKUP_POINT"]


class OrderBuyer(WixEntity):
    """Who bought.

    Attributes:
        contact_id: The contact that the buyer is.
        member_id: The member, if the buyer was logged in.
        visitor_id: The visitor, if not.
        email: The buyer's e-mail address.
    """

    contact_id: str | None = None
    member_id: str | None = None
    visitor_id: str | None = None
    email: str | None = None


class StreetAddress(WixEntity):
    """A street and a number, apart."""

    number: str | None = None
    name: str | None = None


class PostalAddress(WixEntity):
    """An address, with `address_line` or `street_address`.

    Attributes:
        country: Its code of two letters (ISO 3166-1).
        subdivision: Its code (ISO 3166-2), such as `US-NY`.
        country_fullname: The country's name.
        subdivision_fullname: The subdivision's name.
    """

    country: str | None = None
    subdivision: str | None = None
    city: str | None = None
    postal_code: str | None = None
    street_address: StreetAddress | None = None
    address_line: str | None = None
    address_line2: str | None = None
    country_fullname: str | None = None
    subdivision_fullname: str | None = None


class TaxNumber(WixEntity):
    """A tax number, of a kind."""

    id: str | None = None
    type: str | None = None


class Person(WixEntity):
    """Whom to find at an address."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    company: str | None = None
    vat_id: TaxNumber | None = None


class PersonAtAddress(WixEntity):
    """An address, and whom to find there."""

    address: PostalAddress | None = None
    contact_details: Person | None = None


class PickupDetails(WixEntity):
    """Where the buyer comes for it."""

    address: PostalAddress | None = None
    pickup_method: PickupMethod | str | None = None


class Delivery(WixEntity):
    """How it gets to the buyer: it is sent, or the buyer comes for it.

    Attributes:
        shipping_destination: Where it is sent.
        pickup_details: Where the buyer comes for it.
        delivery_time: When it will be there, as buyers are told.
        instructions: What the carrier is told.
    """

    shipping_destination: PersonAtAddress | None = None
    pickup_details: PickupDetails | None = None
    delivery_time: str | None = None
    instructions: str | None = None


class ShippingCost(WixEntity):
    """What shipping costs.

    Attributes:
        price: The price that is shown, before a discount.
        discount: What is taken off.
        total_price_before_tax: What is left, without tax.
        total_price_after_tax: What is left, with tax.
    """

    price: Price | None = None
    discount: Price | None = None
    total_price_before_tax: Price | None = None
    total_price_after_tax: Price | None = None


class OrderShipping(WixEntity):
    """How an order is delivered. An order of nothing to send has none.

    Attributes:
        code: The shipping option's code.
        title: The shipping option's name.
    """

    code: str | None = None
    title: str | None = None
    carrier_id: str | None = None
    logistics: Delivery | None = None
    cost: ShippingCost | None = None


class TranslatedName(WixEntity):
    """A name, in the site's language and in the buyer's."""

    original: str | None = None
    translated: str | None = None


class Image(WixEntity):
    """A picture.

    Attributes:
        width: Its width, in pixels.
        height: Its height, in pixels.
    """

    id: str | None = None
    url: str | None = None
    width: int | None = None
    height: int | None = None
    alt_text: str | None = None


class ItemType(WixEntity):
    """What kind of thing a line sells: one of Wix's, or one of an app's own."""

    preset: OrderItemKind | str | None = None
    custom: str | None = None


class PhysicalProperties(WixEntity):
    """What the warehouse knows a thing by.

    Attributes:
        weight: Of one unit, in the order's `weightUnit`.
        shippable: Whether it has to be sent.
    """

    sku: str | None = None
    weight: float | None = None
    shippable: bool | None = None


class CatalogReference(WixEntity):
    """The product that a line sells.

    Attributes:
        catalog_item_id: The product, in a catalog.
        app_id: The app whose catalog it is; Wix Stores is
            `215238eb-22a5-4c36-9e7b-e7c08025e04e`.
        options: Which of its variants, as that app says it.
    """

    catalog_item_id: str | None = None
    app_id: str | None = None
    options: dict[str, Any] | None = None


class OrderLine(WixEntity):
    """One line of an order.

    Attributes:
        product_name: What it sells.
        quantity: How many units.
        price: Of one unit, after discounts of the line.
        price_before_discounts: Of one unit.
        line_item_price: Of the line, after its discounts.
        total_price_before_tax: Of the line, after all discounts, without tax.
        total_price_after_tax: The same with tax.
        total_discount: What is taken off.
        refund_quantity: How many units were refunded.
        restock_quantity: How many units went back into the inventory.
        fulfiller_id: Who sends it; none if the shop does.
    """

    id: str
    product_name: TranslatedName | None = None
    quantity: int | None = None
    item_type: ItemType | None = None
    physical_properties: PhysicalProperties | None = None
    catalog_reference: CatalogReference | None = None
    image: Image | None = None
    price: Price | None = None
    price_before_discounts: Price | None = None
    line_item_price: Price | None = None
    total_price_before_tax: Price | None = None
    total_price_after_tax: Price | None = None
    total_discount: Price | None = None
    refund_quantity: int | None = None
    restock_quantity: int | None = None
    fulfiller_id: str | None = None


class PriceSummary(WixEntity):
    """What an order costs.

    Attributes:
        subtotal: All lines, before discount and tax.
        total: What the buyer pays.
    """

    subtotal: Price | None = None
    shipping: Price | None = None
    tax: Price | None = None
    discount: Price | None = None
    total_additional_fees: Price | None = None
    total: Price | None = None


class BalanceSummary(WixEntity):
    """What is paid and what is left.

    Attributes:
        balance: What is left to pay; negative if money is owed to the buyer.
        paid: What was paid, what was refunded later included.
        authorized: What a card is authorized for, and not charged yet.
        pending: Payments that are not confirmed.
        pending_refund: Refunds that are on their way.
    """

    balance: Price | None = None
    paid: Price | None = None
    refunded: Price | None = None
    authorized: Price | None = None
    pending: Price | None = None
    pending_refund: Price | None = None


class SalesChannel(WixEntity):
    """Where an order comes from.

    Attributes:
        type: `WEB`, `POS`, and many others.
        external_order_id: Its id there.
        external_order_url: Its page there.
    """

    type: str | None = None
    external_order_id: str | None = None
    external_order_url: str | None = None


class Order(WixEntity):
    """An order. It has no revision: `updated_date` is all that tells two versions apart.

    Attributes:
        number: The number that people know it by: digits, as text.
        purchased_date: When it was bought, if it was imported.
        currency: Its code of three letters (ISO 4217), of all its amounts.
        billing_info: Who pays.
        recipient_info: Who gets it in the end.
        buyer_language: Its code of two letters.
        buyer_note: What the buyer wrote.
        seen_by_a_human: Whether somebody opened it in the dashboard.
        imported: Whether it comes from elsewhere.
    """

    id: str
    number: str | None = None
    created_date: Instant | None = None
    updated_date: Instant | None = None
    purchased_date: Instant | None = None
    status: OrderStatus | str | None = None
    payment_status: OrderPaymentStatus | str | None = None
    fulfillment_status: OrderFulfillmentStatus | str | None = None
    currency: str | None = None
    line_items: list[OrderLine] | None = None
    price_summary: PriceSummary | None = None
    balance_summary: BalanceSummary | None = None
    buyer_info: OrderBuyer | None = None
    buyer_language: str | None = None
    buyer_note: str | None = None
    billing_info: PersonAtAddress | None = None
    shipping_info: OrderShipping | None = None
    recipient_info: PersonAtAddress | None = None
    channel_info: SalesChannel | None = None
    weight_unit: WeightUnit | str | None = None
    tax_included_in_prices: bool | None = None
    archived: bool | None = None
    seen_by_a_human: bool | None = None
    imported: bool | None = None


# ---- Members ------------------------------------------------------------------------------------

type MemberStatus = Literal["UNKNOWN", "PENDING", "APPROVED", "BLOCKED", "OFFLINE"]
type MemberPrivacy = Literal["UNKNOWN", "PRIVATE", "PUBLIC"]
type MemberActivity = Literal["UNKNOWN", "ACTIVE", "MUTED"]


class MemberContact(WixEntity):
    """Who a member is.

    Attributes:
        birthdate: A day, as `YYYY-MM-DD`.
        custom_fields: What the site's owner added, by key.
    """

    first_name: str | None = None
    last_name: str | None = None
    phones: list[str] | None = None
    emails: list[str] | None = None
    addresses: list[PostalAddress] | None = None
    birthdate: str | None = None
    company: str | None = None
    job_title: str | None = None
    custom_fields: dict[str, Any] | None = None


class MemberProfile(WixEntity):
    """How others see a member.

    Attributes:
        slug: The end of the profile's address.
    """

    nickname: str | None = None
    title: str | None = None
    slug: str | None = None
    photo: Image | None = None


class Member(WixEntity):
    """A member. `status` is `UNKNOWN` where Wix does not tell it, never as a state.

    Attributes:
        contact_id: The contact that belongs to the member.
        privacy_status: Whether other members see the profile.
        activity_status: Whether the member may post and comment.
    """

    id: str
    login_email: str | None = None
    login_email_verified: bool | None = None
    status: MemberStatus | str | None = None
    contact_id: str | None = None
    contact: MemberContact | None = None
    profile: MemberProfile | None = None
    privacy_status: MemberPrivacy | str | None = None
    activity_status: MemberActivity | str | None = None
    created_date: Instant | None = None
    updated_date: Instant | None = None
    last_login_date: Instant | None = None


# ---- Bookings -----------------------------------------------------------------------------------

type BookingStatus = Literal[
    "CREATED", "CONFIRMED", "CANCELED", "PENDING", "DECLINED", "WAITING_LIST"
]
type BookingPaymentStatus = Literal[
    "UNDEFINED", "NOT_PAID", "PAID", "PARTIALLY_PAID", "REFUNDED", "EXEMPT", "FAILED"
]
type BookingPaymentOption = Literal[
    "UNDEFINED", "OFFLINE", "ONLINE", "MEMBERSHIP", "MEMBERSHIP_OFFLINE"
]
type BookedKind = Literal["INDIVIDUAL", "GROUP", "COURSE"]
type LocationType = Literal["UNDEFINED", "OWNER_BUSINESS", "OWNER_CUSTOM", "CUSTOM"]


class Resource(WixEntity):
    """Who gives the service."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    schedule_id: str | None = None
    type: str | None = None
    transparency: str | None = None


class Location(WixEntity):
    """Where it takes place; only a place of the business has an id."""

    id: str | None = None
    name: str | None = None
    formatted_address: str | None = None
    location_type: LocationType | str | None = None


class Slot(WixEntity):
    """The time of an appointment, or the session of a class.

    Attributes:
        event_id: The session of a class.
        start_date: When it starts, with the offset there.
        end_date: When it ends, with the offset there.
        timezone: Where that is, such as `America/New_York`.
    """

    service_id: str | None = None
    schedule_id: str | None = None
    event_id: str | None = None
    start_date: Instant | None = None
    end_date: Instant | None = None
    timezone: str | None = None
    resource: Resource | None = None
    location: Location | None = None
    resource_selections: list[dict[str, Any]] | None = None


class Course(WixEntity):
    """The sessions of a course."""

    service_id: str | None = None
    schedule_id: str | None = None
    timezone: str | None = None
    location: Location | None = None
    first_session_start: str | None = None
    last_session_end: str | None = None


class BookedEntity(WixEntity):
    """What was booked: a slot, or a whole course.

    Attributes:
        title: What the service is called.
        tags: `INDIVIDUAL` is an appointment, `GROUP` a class.
    """

    slot: Slot | None = None
    schedule: Course | None = None
    title: str | None = None
    tags: list[BookedKind | str] | None = None


class BookingContact(WixEntity):
    """Who booked."""

    contact_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


class Booker(WixEntity):
    """Who made a booking: a member, a visitor, somebody who works for the site, or an app."""

    member_id: str | None = None
    anonymous_visitor_id: str | None = None
    wix_user_id: str | None = None
    app_id: str | None = None
    contact_id: str | None = None


class MultiService(WixEntity):
    """The booking of several services that a booking is a part of."""

    id: str | None = None
    type: str | None = None


class Booking(WixEntity):
    """A booking.

    Attributes:
        revision: Its number goes up with each change.
        start_date: When it starts, in UTC.
        end_date: When it ends, in UTC.
        double_booked: Whether it is at the same time as another; absent if not.
        external_user_id: What your own programs know the buyer by.
    """

    id: str
    booked_entity: BookedEntity | None = None
    contact_details: BookingContact | None = None
    total_participants: int | None = None
    status: BookingStatus | str | None = None
    payment_status: BookingPaymentStatus | str | None = None
    selected_payment_option: BookingPaymentOption | str | None = None
    created_date: Instant | None = None
    updated_date: Instant | None = None
    start_date: Instant | None = None
    end_date: Instant | None = None
    revision: str | None = None
    created_by: Booker | None = None
    external_user_id: str | None = None
    double_booked: bool | None = None
    multi_service_booking_info: MultiService | None = None


class AllowedActions(WixEntity):
    """What can be done with a booking without overriding a policy of the site."""

    cancel: bool | None = None
    reschedule: bool | None = None


class ExtendedBooking(WixEntity):
    """A booking, and what can be done with it without overriding a policy (`allowed_actions`)."""

    booking: Booking
    allowed_actions: AllowedActions | None = None


# ---- Products -----------------------------------------------------------------------------------

type ProductType = Literal["PHYSICAL", "DIGITAL"]
type ProductTypeV1 = Literal["physical", "digital"]
type StockStatus = Literal["IN_STOCK", "OUT_OF_STOCK", "PARTIALLY_OUT_OF_STOCK"]
type AvailabilityStatus = Literal["IN_STOCK", "OUT_OF_STOCK", "PREORDER"]


class PriceRange(WixEntity):
    """The lowest and the highest price of a product's variants."""

    min_value: Price | None = None
    max_value: Price | None = None


class ProductInventory(WixEntity):
    """Whether a product can be bought, on catalog V3."""

    availability_status: StockStatus | str | None = None
    preorder_status: str | None = None
    preorder_availability: str | None = None


class ProductStock(WixEntity):
    """What there is of a product, on catalog V1.

    Attributes:
        track_inventory: Whether it is counted.
        quantity: How many there are, if it is counted.
    """

    track_inventory: bool | None = None
    quantity: int | None = None
    in_stock: bool | None = None
    inventory_status: StockStatus | str | None = None


class ProductPrice(WixEntity):
    """What a product costs, on catalog V1.

    Attributes:
        discounted_price: What is left of it after a discount.
    """

    currency: str | None = None
    price: float | None = None
    discounted_price: float | None = None


class VariantSummary(WixEntity):
    """How many variants a product has, on catalog V3."""

    variant_count: int | None = None


class ProductLabel(WixEntity):
    """A brand or a ribbon, on catalog V3."""

    id: str | None = None
    name: str | None = None


class Product(WixEntity):
    """A product as Wix tells it; on catalog V3 its prices are text, on V1 numbers.

    Attributes:
        revision: Its number goes up with each change; on catalog V3.
        updated_date: On catalog V3.
        last_updated: On catalog V1.
        slug: The end of its page's address.
        handle: What an import knows it by; on catalog V3.
        sku: On catalog V1, if it has no variants of its own.
        visible: Whether buyers see it.
        product_type: In capitals on catalog V3, in small letters on V1.
        actual_price_range: What it costs; on catalog V3.
        compare_at_price_range: What it cost before; on catalog V3.
        price_data: What it costs; on catalog V1.
        currency: On catalog V3, if `fields` names `CURRENCY`.
        inventory: Whether it can be bought; on catalog V3.
        stock: What there is of it; on catalog V1.
        variant_summary: On catalog V3.
        variants: On catalog V1; catalog V3 does not list them.
        options: What a buyer chooses between; on catalog V3.
        product_options: The same on catalog V1.
        plain_description: HTML; on catalog V3, if `fields` names `PLAIN_DESCRIPTION`.
        description: HTML on catalog V1; on V3 rich content, if `fields` names `DESCRIPTION`.
        brand: Its name, on catalog V1.
        ribbon: Its text, on catalog V1.
        main_category_id: On catalog V3.
        collection_ids: On catalog V1.
        numeric_id: Its number; on catalog V1.
    """

    id: str | None = None
    name: str | None = None
    revision: str | None = None
    created_date: Instant | None = None
    updated_date: Instant | None = None
    last_updated: Instant | None = None
    slug: str | None = None
    handle: str | None = None
    sku: str | None = None
    visible: bool | None = None
    product_type: ProductType | ProductTypeV1 | str | None = None
    actual_price_range: PriceRange | None = None
    compare_at_price_range: PriceRange | None = None
    price_data: ProductPrice | None = None
    currency: str | None = None
    inventory: ProductInventory | None = None
    stock: ProductStock | None = None
    variant_summary: VariantSummary | None = None
    variants: list[dict[str, Any]] | None = None
    options: list[dict[str, Any]] | None = None
    product_options: list[dict[str, Any]] | None = None
    plain_description: str | None = None
    description: str | dict[str, Any] | None = None
    brand: str | ProductLabel | None = None
    ribbon: str | ProductLabel | None = None
    main_category_id: str | None = None
    collection_ids: list[str] | None = None
    numeric_id: str | None = None


ENTITIES = (Order, Member, ExtendedBooking, Product)
"""What lists are made of."""

WORDS = {
    ("StatusReceipt", "status"): MemberStatus,
    ("CreateReceipt", "status"): MemberStatus,
    ("CancelReceipt", "status"): OrderStatus,
    ("CancelReceipt", "paymentStatus"): OrderPaymentStatus,
    ("RefundedPayment", "refundStatus"): RefundStatus,
    ("BookingReceipt", "status"): BookingStatus,
    ("BookingReceipt", "paymentStatus"): BookingPaymentStatus,
    ("StockLine", "availabilityStatus"): AvailabilityStatus,
}
"""Which words of Wix stand in what a change or a list of ours answers."""
