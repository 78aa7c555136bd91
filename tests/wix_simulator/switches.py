"""What Wix leaves open, as switches: the default is our best guess, the rest what else may be."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Switches:
    """How the simulator behaves where Wix's behaviour is unknown or varies.

    Troubles that can hit any call (429, 5xx, HTML, latency, cut connections) are not here: they
    are `Fault` rules, and a rule with `times=None` lasts.
    """

    # ---- Token endpoint ----

    token_lifetime_seconds: int = 14400
    """How long a new token really works. Wix documents 14400; its tools have seen 300."""

    expires_in_form: Literal["number", "string", "missing", "nonsense"] = "number"
    """How the reply tells that lifetime: `14400`, `"14400"`, not at all, or `"soon"`."""

    token_success_status: Literal[200, 201] = 200
    """Status of a good exchange. Documented: 200."""

    refused_exchange_status: Literal[400, 401] = 401
    """Status when the secret is wrong or the client unknown. Not pinned down."""

    refused_exchange_body: Literal["rfc6749", "empty"] = "rfc6749"
    """Body of that refusal: `{"error": "invalid_client", ...}` or none."""

    rotation_kills_tokens: bool = False
    """Whether a new secret also ends the tokens bought with the old one. Unknown."""

    # ---- Every API call ----

    dead_token_answer: Literal["401", "WDE0117", "428"] = "401"
    """How an expired, killed or foreign token is answered. Some products say 400 `WDE0117`
    ("MetaSite not found") or 428 `MISSING_METASITE_ID` instead of 401."""

    forbidden_status: Literal[403, 401] = 403
    """Status when the credential lacks the permission. Some services say 401."""

    forbidden_body: Literal["code", "empty"] = "code"
    """Body of that refusal: `PERMISSION_DENIED`, or none at all."""

    both_id_headers: Literal["refuse", "accept"] = "refuse"
    """What happens to an API key call that has a site id and an account id. It "may" fail."""

    requests_per_minute: int | None = None
    """Calls a site may make in a minute before 429. Wix documents about 200; None is no limit."""

    rate_limit_retry_after: int | None = None
    """Seconds told in `Retry-After` of such a 429; None sends no header. Not documented."""

    consistency_header: bool = False
    """Whether writes answer with `X-Wix-Consistent`. Sent back, it makes search see them."""

    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    """What happens to body fields and query parameters Wix does not know, and to order fields
    that PATCH cannot change. Wix may drop them in silence; refusing them finds our mistakes."""

    malformed_id_status: Literal[400, 404] = 400
    """How an id is answered that Wix declares a GUID and that is none, in a path or a body: as a
    failed validation, or as an id that nothing has. Not documented."""

    uneven_amounts: bool = False
    """Whether amounts lose their trailing zeros (`"25.0"`, `"7"`), as happens at Wix."""

    # ---- Orders ----

    search_lag_seconds: float = 0
    """How far search is behind: a younger change is not seen, a younger order is not found."""

    cursor_lifetime_seconds: float = 600
    """How long a search cursor may be used. That they expire is documented, when is not."""

    payment_status_lag_seconds: float = 0
    """How far `paymentStatus` and `balanceSummary` of an order are behind its payments."""

    partial_address: Literal["merge", "replace"] = "merge"
    """What PATCH does with an address or contact given in part."""

    cancel_twice: Literal[200, 428] = 200
    """How cancelling a canceled order is answered: 200 again, or 428 `ORDER_IS_CANCELED`."""

    # ---- Fulfillments ----

    over_fulfillment_status: Literal[400, 428] = 400
    """Status when more is fulfilled than remains. Not documented."""

    custom_carrier_without_link: Literal["refuse", "accept"] = "refuse"
    """What happens to a tracking number of an unknown carrier without a tracking link."""

    tracking_number_scope: Literal["order", "site"] = "order"
    """Where a tracking number must be unique: among its order's fulfillments, or the site's."""

    custom_info: Literal["kept", "hidden"] = "kept"
    """Whether a fulfillment that is listed tells the `customInfo` that it was given. Not
    documented."""

    # ---- Webhooks ----

    resend_signature: Literal["same", "new"] = "same"
    """Whether a resend is the same to the byte, or signed anew with a later `iat` and `exp`."""

    # ---- Payments and refunds ----

    created_date: Literal["milliseconds", "seconds", "own"] = "milliseconds"
    """What Wix keeps of the `createdDate` that a payment is given: to the millisecond, to the
    second, or nothing of it, for its own moment. Documented is that it can be given."""

    status_not_allowed_status: Literal[400, 428] = 400
    """Status of `STATUS_NOT_ALLOWED` when a payment's status cannot be set so."""

    external_refund_expected_status: Literal[428, 400] = 428
    """Status of `EXTERNAL_REFUND_EXPECTED`; `PARTIAL_REFUND_FOR_MULTIPLE_LOCATIONS_NOT_ALLOWED`
    has the other one."""

    refund_reopens_balance: bool = False
    """Whether refunded money is owed again in `balanceSummary.balance`."""

    # ---- Members ----

    member_index_lag_seconds: float = 0
    """How far list and query of members are behind; get by id is not."""

    members_too_many_to_count: bool = False
    """Whether list and query of members leave out the total."""

    full_members_need_permission: bool = False
    """Whether the FULL field set needs `MEMBERS.MEMBER_READ_FULL_SET` besides."""

    member_create_pause_seconds: float = 0
    """How long after a create the next is answered with 429. Wix asks for a second."""

    duplicate_email_body: Literal["code", "empty details"] = "code"
    """Body of the 409 for a login email that is taken: `ALREADY_EXISTS` (no code is published),
    or no code."""

    offline_member: Literal["refuse", "ignore"] = "refuse"
    """What approving or blocking an OFFLINE member does, which has no way back: 428
    `MEMBER_IS_OFFLINE` (no code is published), or nothing, with status 200."""

    # ---- Catalog ----

    moved_site_code: Literal[
        "CATALOG_V3_CALLING_CATALOG_V1_API", "CATALOG_V3_SITE_CALLING_CATALOG_V1_API"
    ] = "CATALOG_V3_CALLING_CATALOG_V1_API"
    """Code of the 428 for a V1 call on a V3 site. Seen, by many; the other is like that of a V3
    call on a V1 site, and expected by some."""

    v1_reader_on_v3: Literal["refuse", "answer"] = "refuse"
    """What the V1 reads below `/stores-reader` do on a V3 site: refuse like all V1 calls, or go on
    telling what there was, without variants. Seen once."""

    catalog_event_form: Literal["object", "text"] = "object"
    """How events of catalog V3 hold what they tell: as objects, or as text under names that end in
    `AsJson`. Both are documented."""

    product_query_lag_seconds: float = 0
    """How far search and count of products are behind; query and get by id are not."""

    price_as_number: Literal["refuse", "accept"] = "refuse"
    """What happens to a price of catalog V3 that is a number. Rejected or coerced, unspecified."""

    missing_choice_status: Literal[428, 400] = 428
    """Status of `MISSING_VARIANT_OPTION_CHOICE`: a code of its own, or a rule that was broken."""

    stale_revision_code: Literal["ABORTED", "REVISION_MISMATCH", ""] = "ABORTED"
    """Code of the 409 for a stale revision of a product or inventory item, and of one item of a
    bulk update. The status is documented, the code is not; empty is none."""

    bulk_decrement_failure: Literal["item", "call"] = "item"
    """What one bad entry of a bulk decrement or increment fails: itself, or the whole call, with
    its own status. Not documented."""

    v1_negative_stock: Literal["refuse", "allow"] = "refuse"
    """What a decrement of catalog V1 does that takes more than there is: 400, or below nothing.
    Not documented."""

    v1_without_stores_status: Literal[404, 401] = 404
    """Status of a catalog V1 call where Stores is not installed. Both are documented."""

    # ---- Bookings ----

    booking_conflict: Literal[
        "409 BOOKING_REVISION_MISMATCH", "428 BOOKING_REVISION_MISMATCH", "409"
    ] = "409 BOOKING_REVISION_MISMATCH"
    """How a booking's revision that is not the latest is refused: status and code, or no code."""

    booking_reader_lag_seconds: float = 0
    """How far query and count of bookings are behind."""

    booking_default_sort: Literal["id ASC", "createdDate DESC"] = "id ASC"
    """How bookings come if no sort is asked for. Wix documents both."""

    booking_reader_has_next: bool = False
    """Whether a page of bookings tells `hasNext`. Some answers do."""

    booking_last_cursor: Literal["empty", "missing"] = "empty"
    """What stands in `cursors.next` of the last page of bookings: `""`, or nothing."""

    refund_of_other_payments: Literal["nothing", "refuse"] = "nothing"
    """What `withRefund` does to a canceled booking that no membership paid: nothing, or 428
    `REFUND_NOT_ALLOWED`."""
