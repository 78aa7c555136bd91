"""Changes the stock of one item or of thousands."""

from collections.abc import Sequence
from itertools import batched

from wix_admin.effects.batches import Batch, summarize
from wix_admin.effects.once import Once
from wix_admin.errors import InputError
from wix_admin.inventory.stock_effect import MOVED_AT_ONCE, SET_AT_ONCE, StockEffect
from wix_admin.inventory.stock_input import (
    IndexedChange,
    InventoryResult,
    UpdateInventoryAnswer,
    UpdateInventoryInput,
)
from wix_admin.inventory.stock_lookup import StockLookup
from wix_admin.inventory.v1 import MoveV1, ReaderV1, SetV1
from wix_admin.inventory.v3 import MoveV3, ReaderV3, SetAtRevision
from wix_admin.wix.catalog import Catalog, on_catalog
from wix_admin.wix.client import WixClient

ROUNDS = 10
"""How often an item is tried at most in one invocation, if others change it all the time."""


def update_inventory(
    wix: WixClient, request: UpdateInventoryInput, once: Once
) -> UpdateInventoryAnswer:
    """Set stock, or adjust it.

    On V3 a set names the revision that was read, and so does an adjustment that has an idempotency
    key: it is read, worked out and set, again if somebody else was faster. An adjustment without
    a key is left to Wix to work out (increment, decrement), in one try. On V1 there is no
    revision: the last set wins, and every adjustment is one try.

    Raises:
        RefusedError: If the one change that was asked for cannot be made.
        UnfinishedError: If it is left, as others kept changing the same stock.
        OutcomeUnknownError: If it may have been made.
        InputError: If the site's version of the catalog takes no such reason.
        WixError: If nothing was done, and Wix cannot be asked or refuses.
    """
    return on_catalog(wix, lambda version: _update(wix, request, once, version))


def _update(
    wix: WixClient, request: UpdateInventoryInput, once: Once, version: Catalog
) -> UpdateInventoryAnswer:
    if version == "V1_CATALOG" and request.reason != "MANUAL":
        raise InputError.of(
            "reason",
            "Leave it out: the site has catalog V1, which keeps no reasons",
            code="not_in_this_catalog",
        )
    items = [IndexedChange(index, change) for index, change in enumerate(request.changes)]
    reader = ReaderV1(wix) if version == "V1_CATALOG" else ReaderV3(wix)
    lookup = StockLookup(reader, items)

    def effect(target: str, some: Sequence[IndexedChange]) -> StockEffect:
        kind = _kind(version, is_set=some[0].change.adjust is None, has_key=bool(once.key))
        return kind(wix, lookup, target, some, request.reason)

    batch = Batch(
        wix=wix,
        once=once,
        effect=effect,
        result=InventoryResult,
        rounds=ROUNDS,
        log_as="Stock is changed",
    )
    return summarize(UpdateInventoryAnswer, batch.make(_chunks(items)), once)


def _kind(version: Catalog, *, is_set: bool, has_key: bool) -> type[StockEffect]:
    if version == "V1_CATALOG":
        return SetV1 if is_set else MoveV1
    return SetAtRevision if is_set or has_key else MoveV3


def _chunks(items: Sequence[IndexedChange]) -> list[Sequence[IndexedChange]]:
    """Cut the request so that each part fits into one call, whatever is done with it.

    They are cut by nothing but the request, so that the ledger knows them again.
    """
    sets = [each for each in items if each.change.adjust is None]
    incoming = [each for each in items if (each.change.adjust or 0) > 0]
    outgoing = [each for each in items if (each.change.adjust or 0) < 0]
    return [
        *batched(sets, SET_AT_ONCE, strict=False),
        *batched(incoming, MOVED_AT_ONCE, strict=False),
        *batched(outgoing, MOVED_AT_ONCE, strict=False),
    ]
