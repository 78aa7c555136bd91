"""How each action is brought to fail, for the problems that the document shows."""

from typing import Any

import pytest

from openapi.actions import Action
from openapi.answers import Change, Scene
from tests.samples import SAMPLE_EMAIL, SAMPLE_LINE, SAMPLE_NEW_SKU, SAMPLE_SKU
from tests.wix_simulator import Fault
from tests.wix_simulator.booking_facade import BookingStatus
from wix_admin.doors.action import Key
from wix_admin.effects.ledger import EffectsTable
from wix_admin.models import FunctionInput
from wix_admin.wix import client
from wix_admin.wix.catalog import forget_catalog
from wix_admin.wix.client import WixClient

NOBODY = "00000000-0000-4000-8000-000000000000"
"""The id of nothing."""

TOKENS = "/oauth2/*"
CALLS = "^/(?!oauth2/)"
"""Which calls to Wix: those that buy a token, and all others."""


def failures_of(action: Action) -> dict[str, Change]:
    """Return what brings an action to fail, by the code of the problem."""
    key = action.key
    return {
        **OF_ANY,
        **({"request_too_large": _writes_a_book} if action.has_body else {}),
        **({"not_found": _names_nothing} if action.in_path else {}),
        **(OF_CHANGES if key else {}),
        **({"idempotency_key_missing": _forgets_the_key} if _needs_a_key(action) else {}),
        **({"idempotency_key_reused": _reuses_the_key} if action.name in ANOTHER else {}),
        **({"outcome_unknown": _loses_the_answer} if _can_be_lost(action) else {}),
        **OF_ONE.get(action.name, {}),
    }


def _needs_a_key(action: Action) -> bool:
    brings_its_own = action.input_type.own_key is not FunctionInput.own_key
    return action.key is Key.REQUIRED and not brings_its_own


def _can_be_lost(action: Action) -> bool:
    return any(not each.repeatable for each in action.elevates)


# ---- Of any action ------------------------------------------------------------------------------


def _answers(status: int, code: str = "", *, path: str = CALLS) -> Change:
    """Let Wix answer with a status, and with a code of its own if there is one."""
    details = {"applicationError": {"code": code}} if code else {}
    body = {"message": "", "details": details}
    fault = Fault(path=path, status=status, body=body, times=None)
    return lambda scene: _add(scene, fault)


def _add(scene: Scene, fault: Fault) -> None:
    scene.wix.add_fault(fault)


def _fails_at_secrets(code: str) -> Change:
    def cause(scene: Scene) -> None:
        scene.secrets.failure = code

    return cause


def _comes_late(scene: Scene) -> None:
    """Let every call take longer than there is time."""
    for name in ("SHORTEST_TRY_SECONDS", "CONNECT_SECONDS"):
        scene.patch.setattr(client, name, 3600.0)


def _has_a_bug(scene: Scene) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    scene.patch.setattr(WixClient, "call", broken)


def _writes_a_book(scene: Scene) -> None:
    scene.event["body"] = '{"note": "' + "a" * 6_000_000 + '"}'


def _names_nothing(scene: Scene) -> None:
    """Another id in the address, and in what repeats it."""
    scene.event["pathParameters"] = dict.fromkeys(scene.event["pathParameters"], NOBODY)
    if "confirm" in (scene.event["queryStringParameters"] or {}):
        scene.say(confirm=NOBODY)


OF_ANY: dict[str, Change] = {
    "invalid_input": lambda scene: scene.say(color="red"),
    "wix_refused": _answers(400),
    "wix_forbids": _answers(428, "SITE_IS_SUSPENDED"),
    "app_missing": _answers(428, "REQUIRED_APP_NOT_INSTALLED"),
    "wix_permission_missing": lambda scene: scene.wix.set_permissions(()),
    "wix_busy": _answers(429),
    "wix_unavailable": _answers(503, path=TOKENS),
    "credential_refused": lambda scene: scene.wix.rotate_secret(),
    "credential_unusable": _fails_at_secrets("ResourceNotFoundException"),
    "secret_unavailable": _fails_at_secrets("InternalServiceError"),
    "wrong_site": _answers(400, "WDE0117"),
    "misconfigured": lambda scene: scene.patch.delenv("WIX_SITE_ID"),
    "out_of_time": _comes_late,
    "internal_error": _has_a_bug,
}
"""What can happen to any action."""


# ---- Of what changes the shop -------------------------------------------------------------------


class _DiedError(BaseException):
    """What ends a process without a chance to say so."""


def _dies_at_first(scene: Scene) -> None:
    """Die when it is about to be sent, so that it seems to be at work still."""

    def die(*_: Any) -> None:
        raise _DiedError

    scene.give_key()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EffectsTable, "mark_sent", die)
        with pytest.raises(_DiedError):
            scene.send()


def _finds_no_ledger(scene: Scene) -> None:
    scene.give_key()
    scene.patch.setenv("EFFECTS_TABLE_NAME", "elsewhere")


def _forgets_the_key(scene: Scene) -> None:
    scene.give_key(None)


def _reuses_the_key(scene: Scene) -> None:
    scene.give_key()
    scene.send()
    scene.say(**ANOTHER[scene.action.name])


def _loses_the_answer(scene: Scene) -> None:
    """Let Wix fail from the call on that changes something, which a dry run tells."""
    scene.say(dryRun=True)
    planned = scene.send().body["requests"][0]
    scene.say(dryRun=False)
    path = f"^{planned['path'].partition('?')[0]}$"
    scene.wix.add_fault(Fault(path=path, method=planned["method"], status=503, times=None))


OF_CHANGES: dict[str, Change] = {
    "still_running": _dies_at_first,
    "ledger_unavailable": _finds_no_ledger,
}
"""What can happen to whatever changes the shop."""

ANOTHER: dict[str, dict[str, Any]] = {
    "members/create_member": {"privacyStatus": "PUBLIC"},
    "products/create_product": {"products": [{"name": "Bowl", "price": "9.99"}]},
    "inventory/update_inventory": {"changes": [{"sku": SAMPLE_SKU, "set": 1}]},
    "orders/update_order": {"archived": False},
    "orders/cancel_order": {"sendOrderCanceledEmail": True},
    "orders/refund_order": {"reason": "Never arrived"},
    "orders/fulfill_order": {"carrier": "fedex"},
    "orders/record_payment": {"amount": "1.00"},
    "bookings/confirm_booking": {"message": "See you on Tuesday"},
    "bookings/decline_booking": {"notifyParticipants": False},
    "bookings/cancel_booking": {"message": "Sorry, we are closed"},
    "bookings/reschedule_booking": {"notifyParticipants": False},
}
"""What makes an action's sample another request; some actions know only one about each thing."""


# ---- Of one action ------------------------------------------------------------------------------


def _says(**fields: Any) -> Change:
    return lambda scene: scene.say(**fields)


def _has_v1(scene: Scene) -> None:
    scene.wix.catalog.version = "V1_CATALOG"


def _asks_v1(**fields: Any) -> Change:
    """Ask for something on a site with catalog V1."""

    def cause(scene: Scene) -> None:
        _has_v1(scene)
        scene.say(**fields)

    return cause


def _follows_a_cursor_of_v3(scene: Scene) -> None:
    """Go on on catalog V1 with a list that was begun on V3."""
    scene.say(filter=None, limit=1)
    cursor = scene.send().body["cursor"]
    forget_catalog()
    _has_v1(scene)
    scene.say(filter=None, cursor=cursor)


def _order(scene: Scene) -> str:
    return str(scene.event["pathParameters"]["orderId"])


def _is_over(scene: Scene) -> None:
    scene.wix.set_order_status(_order(scene), "CANCELED")


def _cannot_be_refunded(scene: Scene) -> None:
    scene.wix.force_refundability(scene.wix.payment_ids(_order(scene))[0], "PROVIDER_IS_DOWN")


def _fails_to_refund(scene: Scene) -> None:
    scene.wix.refunds_of(scene.wix.payment_ids(_order(scene))[0], becomes="FAILED")


def _repeats_a_tracking_number(scene: Scene) -> None:
    """Fulfill something else with a tracking number that is there."""
    scene.send()
    scene.give_key("another")
    _, book = scene.wix.order(_order(scene))["lineItems"]
    scene.say(lines=[{"lineItemId": book["id"], "quantity": 1}])


def _takes_an_address_that_is_taken(scene: Scene) -> None:
    scene.wix.members.add(email=SAMPLE_EMAIL)


def _takes_a_sku_that_is_taken(scene: Scene) -> None:
    scene.wix.catalog.add_product(sku=SAMPLE_NEW_SKU)


def _is_over_for(status: BookingStatus) -> Change:
    """Ask about a booking that came to an end before."""

    def cause(scene: Scene) -> None:
        scene.wix.bookings.add(booking_id=NOBODY, status=status)
        _names_nothing(scene)

    return cause


def _is_always_too_late(scene: Scene) -> None:
    """Let somebody else be faster each time that stock is set."""
    scene.give_key()
    scene.say(changes=[{"sku": SAMPLE_SKU, "adjust": -1}])
    scene.wix.add_fault(Fault(path="*/inventory-items/update", status=409, times=None))


def _loses_the_answer_to_one(scene: Scene) -> None:
    scene.say(changes=[{"sku": SAMPLE_SKU, "set": 12}])
    _loses_the_answer(scene)


CATALOG: dict[str, Change] = {
    "catalog_moving": _answers(428, "CATALOG_V3_SITE_PROVISIONING"),
    "wrong_catalog": _answers(428, "CATALOG_V3_CALLING_CATALOG_V1_API"),
}

OF_ONE: dict[str, dict[str, Change]] = {
    "members/create_member": {"conflict": _takes_an_address_that_is_taken},
    "products/create_product": {
        "conflict": _takes_a_sku_that_is_taken,
        "not_in_this_catalog": _asks_v1(
            products=[{"name": "Mug", "price": "9.99", "handle": "mug"}]
        ),
        **CATALOG,
    },
    "products/query_products": {
        "not_in_this_catalog": _asks_v1(fields=["CURRENCY"]),
        "wrong_catalog": _follows_a_cursor_of_v3,
        "catalog_moving": CATALOG["catalog_moving"],
    },
    "inventory/update_inventory": {
        "below_zero": _says(changes=[{"sku": SAMPLE_SKU, "adjust": -500}]),
        "not_in_this_catalog": _asks_v1(reason="ORDER"),
        "not_found": _says(changes=[{"sku": "MUG-3", "set": 12}]),
        "outcome_unknown": _loses_the_answer_to_one,
        "unfinished": _is_always_too_late,
        **CATALOG,
    },
    "inventory/query_inventory": {
        "not_in_this_catalog": _asks_v1(sort=[{"fieldName": "quantity"}]),
        **CATALOG,
    },
    "orders/refund_order": {
        "exceeds_refundable": _says(payments=None, items=None, restock=None, amount="500.00"),
        "not_possible_now": _cannot_be_refunded,
        "refund_failed": _fails_to_refund,
        "conflict": _answers(409, path="*/refund-payments"),
    },
    "orders/fulfill_order": {
        "exceeds_unfulfilled": _says(lines=[{"lineItemId": SAMPLE_LINE, "quantity": 50}]),
        "not_possible_now": _is_over,
        "conflict": _repeats_a_tracking_number,
    },
    "orders/record_payment": {
        "exceeds_balance": _says(amount="500.00"),
        "not_possible_now": _is_over,
    },
    "bookings/confirm_booking": {
        "changed_meanwhile": _answers(409, path="*/confirm"),
        "not_possible_now": _is_over_for("CANCELED"),
        "slot_taken": _answers(428, "SLOT_NOT_AVAILABLE", path="*/confirm"),
    },
    "bookings/decline_booking": {
        "changed_meanwhile": _answers(409, path="*/decline"),
        "not_possible_now": _is_over_for("CANCELED"),
    },
    "bookings/cancel_booking": {
        "changed_meanwhile": _answers(409, path="*/cancel"),
        "not_possible_now": _is_over_for("DECLINED"),
        "policy_forbids": _answers(428, "BOOKING_POLICY_VIOLATION", path="*/cancel"),
    },
    "bookings/reschedule_booking": {
        "changed_meanwhile": _answers(409, path="*/reschedule"),
        "not_possible_now": _is_over_for("CANCELED"),
        "policy_forbids": _answers(428, "BOOKING_POLICY_VIOLATION", path="*/reschedule"),
        "slot_taken": _says(start="2030-03-05T09:00:00"),
    },
}
"""What only one action comes to, or comes to in its own way."""
