"""Creates products on catalog V3: up to a hundred with one call, their stock included."""

from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from typing import override

from wix_admin.effects.batches import Batch, BatchReceipt
from wix_admin.effects.once import Effect, Once, Sent
from wix_admin.errors import WithheldError, WixRequestError
from wix_admin.models import Json
from wix_admin.products.operations import (
    COUNT_PRODUCTS,
    CREATE_PRODUCTS,
    CREATE_STOCKED_PRODUCTS,
    QUERY_PRODUCTS,
)
from wix_admin.products.product_input import NewProduct
from wix_admin.products.product_results import CreateReceipt, ProductResult
from wix_admin.products.v3_bodies import to_v3
from wix_admin.products.v3_replies import (
    NamedProduct,
    found,
    ids_by_handle,
    missing,
    refused,
    refused_by_name,
    results_in,
)
from wix_admin.wix.client import WixClient

MOST_PRODUCTS = 100
MOST_VARIANTS = 1000
MOST_OPTIONS = 100
"""What one call takes in all."""

ROUNDS = 3
MOST_REPAIRS = 5
"""How often a call that is refused for a product that Wix names is made without it."""


def create_on_v3(wix: WixClient, once: Once, products: Sequence[NewProduct]) -> list[ProductResult]:
    """Create the products, chunk by chunk.

    Wix: `POST /stores/v3/bulk/products-with-inventory/create` where any has stock, else
    `POST /stores/v3/bulk/products/create`.

    Raises:
        WixSetupError: If the site has another catalog.
        AdminError: If nothing was done, and the reason is not about the products.
    """
    items = [
        NamedProduct(index, product, product.handle or _handle(once, index))
        for index, product in enumerate(products)
    ]
    batch = Batch(
        wix=wix,
        once=once,
        effect=partial(ProductsCreation, wix),
        result=ProductResult,
        rounds=ROUNDS,
        log_as="Creating products",
    )
    return batch.make(list(_chunks(items)))


def _handle(once: Once, index: int) -> str:
    """Name a product after its request, so that every try of it has the same name."""
    request = "#".join((once.site_id, CREATE_PRODUCTS.name, str(once.key)))
    return f"wa-{sha256(request.encode()).hexdigest()[:20]}-{index}"


def _chunks(items: Sequence[NamedProduct]) -> Iterator[list[NamedProduct]]:
    chunk: list[NamedProduct] = []
    variants = options = 0
    for item in items:
        more_variants, more_options = len(item.product.sold()), len(item.product.options)
        if chunk and (
            len(chunk) == MOST_PRODUCTS
            or variants + more_variants > MOST_VARIANTS
            or options + more_options > MOST_OPTIONS
        ):
            yield chunk
            chunk, variants, options = [], 0, 0
        chunk.append(item)
        variants += more_variants
        options += more_options
    yield chunk


class ProductsCreation(Effect[BatchReceipt[ProductResult]]):
    """Creates some products with one call.

    A lost answer is read back by the handles that the products carry. What Wix shows then is done;
    what it does not show is sent again only when Wix cannot be at work on it any more.
    """

    name = CREATE_PRODUCTS.name
    receipt = CreateReceipt

    def __init__(self, wix: WixClient, target: str, items: Sequence[NamedProduct]) -> None:
        self.target = target
        self._wix = wix
        self._items = items

    @override
    def check(self) -> Json:
        """See which handles are taken: by the caller's own choice, or by an earlier round."""
        again = not self.target.endswith(".0")
        named = [each for each in self._items if again or each.product.handle is not None]
        ids = self._find(named) if named else {}
        return {("made" if again else "taken"): {str(index): ids[index] for index in ids}}

    @override
    def send(self, sent: Sent) -> CreateReceipt:
        """Create those whose handle is free, without those that Wix refuses the call for."""
        known = self._known(sent)
        rest = self._without(known)
        for _ in range(MOST_REPAIRS):
            if not rest:
                break
            try:
                return CreateReceipt(results=known + self._create(rest))
            except WixRequestError as refusal:
                named = refused_by_name(refusal, rest)
                if not named:
                    raise
                known += named
                rest = self._without(known)
        return CreateReceipt(results=known + (self._create(rest) if rest else []))

    @override
    def rehearse(self, sent: Sent) -> CreateReceipt:
        """Come to the call, and tell of each product what is known without it."""
        try:
            return self.send(sent)
        except WithheldError:
            known = self._known(sent)
            rest = self._without(known)
            planned = [ProductResult(index=each.index, status="planned") for each in rest]
            return CreateReceipt(results=known + planned)

    @override
    def read_back(self, sent: Sent) -> CreateReceipt | None:
        """Look for the handles."""
        known = self._known(sent)
        rest = self._without(known)
        ids = self._find(rest)
        if not ids and not known:
            return None
        done = [found(each, ids[each.index]) for each in rest if each.index in ids]
        lost = [missing(each, settled=sent.settled) for each in rest if each.index not in ids]
        return CreateReceipt(results=known + done + lost)

    def _known(self, sent: Sent) -> list[ProductResult]:
        """Return what is known of products before anything is sent."""
        made, taken = sent.before.get("made", {}), sent.before.get("taken", {})
        return [
            found(each, made[str(each.index)])
            if str(each.index) in made
            else refused(each.index, "conflict", field="handle")
            for each in self._items
            if str(each.index) in made or str(each.index) in taken
        ]

    def _without(self, known: Sequence[ProductResult]) -> list[NamedProduct]:
        seen = {each.index for each in known}
        return [each for each in self._items if each.index not in seen]

    def _create(self, items: Sequence[NamedProduct]) -> list[ProductResult]:
        stocked = any(each.product.has_stock() for each in items)
        operation = CREATE_STOCKED_PRODUCTS if stocked else CREATE_PRODUCTS
        bodies = [to_v3(each.product, each.handle) for each in items]
        reply = self._wix.call(operation, body={"products": bodies, "returnEntity": False})
        return results_in(reply, operation, items)

    def _find(self, items: Sequence[NamedProduct]) -> dict[int, str]:
        """Return the ids of the products that have the handles.

        Wix: `POST /stores/v3/products/query`, which sees what was just written, and hides what is
        not visible from a credential that may not see it.

        Raises:
            WixPermissionError: If the credential may not see hidden products, and one may be there.
        """
        if not items:
            return {}
        indexes = {each.handle: each.index for each in items}
        named: Json = {"handle": {"$in": list(indexes)}}
        query = {"filter": named, "cursorPaging": {"limit": MOST_PRODUCTS}}
        reply = self._wix.call(QUERY_PRODUCTS, body={"query": query, "fields": []})
        ids = {
            indexes[handle]: product_id
            for handle, product_id in ids_by_handle(reply).items()
            if handle in indexes
        }
        if any(not each.product.visible and each.index not in ids for each in items):
            self._check_that_hidden_ones_are_seen(named)
        return ids

    def _check_that_hidden_ones_are_seen(self, named: Json) -> None:
        """Wix: `POST /stores/v3/products/count`, which refuses to count what it would hide."""
        self._wix.call(COUNT_PRODUCTS, body={"filter": named, "returnNonVisibleProducts": True})
