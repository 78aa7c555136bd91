"""What a product of catalog V3 must be, and what becomes of what a caller says of one."""

import copy
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NoReturn

from tests.wix_simulator.errors import Json, Violation, application_error, validation_error
from tests.wix_simulator.store import Store

type Combination = frozenset[tuple[str, str]]

_SLUG = re.compile(r"[a-z0-9_%.~-]+")
_WHOLE = {"description", "brand", "ribbon"}
_NEVER_CLEARED = {"name", "slug", "visible", "visibleInPos", "variantsInfo", "options"}
_PROPERTIES = {"PHYSICAL": "physicalProperties", "DIGITAL": "digitalProperties"}


def check_new(product: Json, path: str) -> None:
    """Refuse a new product whose parts do not fit each other.

    Raises:
        RefusedError: Names the field, under `path`, and the rule.
    """
    if product["productType"] == "PHYSICAL" and product.get("physicalProperties") is None:
        raise validation_error(
            [Violation(f"{path}.physicalProperties", "must not be empty", "REQUIRED_FIELD")]
        )
    _check_fields(product, product["productType"], path)


def check_changes(changes: Json, product_type: str, path: str) -> None:
    """Refuse changes that do not fit each other, or the product.

    Raises:
        RefusedError: Names the field, under `path`, and the rule.
    """
    for name in _NEVER_CLEARED & changes.keys():
        if changes[name] is None:
            raise validation_error(
                [Violation(f"{path}.{name}", "must not be empty", "REQUIRED_FIELD")]
            )
    brand = changes.get("brand")
    if brand and "id" not in brand:
        _refuse(f"{path}.brand", "BRAND_MISSING_ID")
    if "variantsInfo" in changes and changes.get("options") is None:
        _refuse(f"{path}.options", "MISSING_OPTIONS_ON_UPDATE_VARIANTS")
    _check_fields(changes, product_type, path)


def _check_fields(product: Json, product_type: str, path: str) -> None:
    if product_type == "DIGITAL" and product.get("visibleInPos"):
        _refuse(f"{path}.visibleInPos", "DIGITAL_PRODUCT_CANNOT_BE_VISIBLE_IN_POS")
    if product.get("slug") is not None and not _SLUG.fullmatch(product["slug"]):
        _refuse(f"{path}.slug", "INVALID_SLUG_FORMAT")
    wanted = _PROPERTIES[product_type]
    unwanted = next(name for name in _PROPERTIES.values() if name != wanted)
    for number, variant in enumerate(_variants(product)):
        if variant.get(wanted) is None or variant.get(unwanted) is not None:
            place = f"{path}.variantsInfo.variants[{number}]"
            _refuse(place, "VARIANTS_TYPED_PROPERTIES_ARE_NOT_ALIGNED")


def _refuse(place: str, rule_name: str) -> NoReturn:
    text = rule_name.replace("_", " ").lower()
    raise validation_error([Violation(place, text, "OTHER", rule_name=rule_name)])


# ---- New products ----


def new_product(store: Store, sent: Json, *, product_id: str | None = None) -> Json:
    """Make a product of what a caller said of it, and take it in.

    Raises:
        RefusedError: If it breaks a rule, or clashes with another product.
    """
    _check_name(sent)
    _check_prices(_variants(sent))
    _check_free(store, _variants(sent), set())
    if sent.get("slug") is not None and store.owner("slug", sent["slug"]) is not None:
        raise application_error(409, "DUPLICATE_SLUG_ERROR")
    options = _options(store, sent.get("options") or [])
    now = store.clock.stamp()
    product: Json = {
        "visible": True,
        "visibleInPos": sent["productType"] == "PHYSICAL",
        **_with_ids(store, _without_nulls(sent)),
        "id": product_id or store.ids.guid(),
        "revision": "1",
        "createdDate": now,
        "updatedDate": now,
        "slug": sent.get("slug") or store.free_slug(_slug_of(sent["name"])),
        "options": options,
        "variantsInfo": {"variants": _built(store, _variants(sent), options)},
    }
    product.setdefault("handle", f"Product_{product['id']}")
    _align_visibility(product, from_variant="visible" not in sent)
    store.put(product)
    return product


def _slug_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "product"


# ---- Changes ----


def changed_product(store: Store, before: Json, sent: Json) -> Json:
    """Make of a product what a caller wants of it, and take that in.

    Raises:
        RefusedError: If it breaks a rule, or clashes with another product.
    """
    changes = {name: value for name, value in sent.items() if name != "revision"}
    _check_name(changes)
    variants = _variants(changes)
    _check_prices(variants)
    known = {variant["id"]: variant for variant in _variants(before)}
    _check_free(store, variants, known.keys())
    slug = changes.get("slug")
    if slug is not None and store.owner("slug", slug) not in {None, before["id"]}:
        raise application_error(409, "DUPLICATE_SLUG_ERROR")
    product = copy.deepcopy(before)
    options = product["options"]
    if "options" in changes:
        options = _options(store, changes.pop("options") or [])
        if "variantsInfo" not in changes and options != before["options"]:
            raise application_error(428, "VARIANTS_ARE_NOT_ALIGNED_WITH_PRODUCT")
    if changes.pop("variantsInfo", None) is not None:
        product["variantsInfo"] = {"variants": _built(store, variants, options)}
    product["options"] = options
    _merge(product, _with_ids(store, changes))
    product["revision"] = str(int(before["revision"]) + 1)
    product["updatedDate"] = store.clock.stamp()
    _align_visibility(product, from_variant=bool(variants) and "visible" not in changes)
    _drop_stock_of_lost_variants(store, before, product)
    store.put(product)
    return product


def _drop_stock_of_lost_variants(store: Store, before: Json, after: Json) -> None:
    left = {variant["id"] for variant in _variants(after)}
    for variant in _variants(before):
        if variant["id"] not in left:
            for item in store.stock.of_variant(variant["id"]):
                store.stock.remove(item)


def _merge(target: Json, changes: Json) -> None:
    for name, value in changes.items():
        if value is None:
            target.pop(name, None)
        elif isinstance(value, dict) and name not in _WHOLE:
            _merge(target.setdefault(name, {}), value)
        else:
            target[name] = value


# ---- Parts ----


def _variants(product: Json) -> list[Json]:
    return list((product.get("variantsInfo") or {}).get("variants") or [])


def _check_name(product: Json) -> None:
    if product.get("name") is not None and not product["name"].strip():
        raise application_error(428, "ONLY_SPACES_STRING_ERROR")


def _check_prices(variants: Iterable[Json]) -> None:
    for variant in variants:
        before = variant["price"].get("compareAtPrice")
        if before and Decimal(before["amount"]) < Decimal(
            variant["price"]["actualPrice"]["amount"]
        ):
            raise application_error(428, "COMPARE_AT_PRICE_LOWER_THAN_ACTUAL_PRICE")


def _check_free(store: Store, variants: list[Json], known: Iterable[str]) -> None:
    """Refuse ids, SKUs and barcodes that something else has."""
    mine = set(known)
    for kind, taken, twice in (
        ("id", "VARIANT_ID_ALREADY_EXISTS", (409, "VARIANT_ID_ALREADY_EXISTS")),
        ("sku", "SKU_ALREADY_EXIST_ERROR", (409, "SKU_ALREADY_EXIST_ERROR")),
        ("barcode", "BARCODE_ALREADY_EXIST_ERROR", (428, "DUPLICATE_BARCODE_ERROR")),
    ):
        values = [each[kind] for each in variants if each.get(kind) is not None]
        if len(set(values)) < len(values):
            raise application_error(*twice)
        for value in values:
            owner = store.owner("variant" if kind == "id" else kind, value)
            owned = value in mine if kind == "id" else owner in mine
            if owner is not None and not owned:
                raise application_error(409, taken, data={kind: value})


def _options(store: Store, sent: list[Json]) -> list[Json]:
    options = [_option(store, each) for each in sent]
    names = [each["name"] for each in options]
    if len(set(names)) < len(names):
        raise application_error(428, "DUPLICATE_PRODUCT_OPTIONS")
    return options


def _option(store: Store, sent: Json) -> Json:
    known = store.customizations.get(sent.get("id", ""))
    if "id" in sent and known is None:
        raise application_error(404, "CUSTOMIZATION_NOT_EXIST")
    if known is None and not (sent.get("name") and sent.get("optionRenderType")):
        raise application_error(400, "PRODUCT_OPTION_NAME_AND_TYPE_REQUIRED")
    name, render_type = (
        (sent["name"], sent["optionRenderType"])
        if known is None
        else (known["name"], known["optionRenderType"])
    )
    option_id = store.id_of("option", name, render_type)
    known = store.customizations.setdefault(
        option_id, {"name": name, "optionRenderType": render_type, "choices": {}}
    )
    settings = sent.get("choicesSettings") or {"choices": []}
    choices = [_choice(store, option_id, known["choices"], each) for each in settings["choices"]]
    return {
        "id": option_id,
        "name": name,
        "optionRenderType": render_type,
        "choicesSettings": {"choices": choices},
    }


def _choice(store: Store, option_id: str, known: dict[str, Json], sent: Json) -> Json:
    choice_id = sent.get("choiceId")
    if choice_id is not None:
        if choice_id not in known:
            raise application_error(404, "CHOICE_NOT_EXIST")
        return known[choice_id]
    if not (sent.get("name") and sent.get("choiceType")):
        raise application_error(400, "PRODUCT_OPTION_CHOICE_NAME_AND_TYPE_REQUIRED")
    choice_id = store.id_of("choice", option_id, sent["name"])
    choice = {"choiceId": choice_id, **{k: v for k, v in sent.items() if k != "choiceId"}}
    return known.setdefault(choice_id, choice)


def _built(store: Store, sent: list[Json], options: list[Json]) -> list[Json]:
    """Variants with their ids, each with one choice of every option."""
    built = []
    seen: set[Combination] = set()
    for variant in sent:
        choices = [_choice_of(options, each) for each in variant.get("choices") or []]
        _check_choices(store, choices, options)
        combination = frozenset((each["optionId"], each["choiceId"]) for each in choices)
        if combination in seen:
            raise application_error(428, "DUPLICATE_VARIANT_OPTION_CHOICE")
        seen.add(combination)
        kept = {k: v for k, v in variant.items() if v is not None and k != "inventoryItem"}
        built.append(
            {
                "visible": True,
                **kept,
                "id": variant.get("id") or store.ids.guid(),
                "choices": [{"optionChoiceIds": each} for each in choices],
            }
        )
    return built


def _choice_of(options: list[Json], sent: Json) -> Json:
    """The ids of a choice that was told by ids or by names."""
    ids, names = sent.get("optionChoiceIds"), sent.get("optionChoiceNames")
    for option in options:
        for choice in option["choicesSettings"]["choices"]:
            found = {"optionId": option["id"], "choiceId": choice["choiceId"]}
            if ids == found or (
                ids is None
                and names is not None
                and (names["optionName"], names["choiceName"]) == (option["name"], choice["name"])
            ):
                return found
    raise application_error(428, "VARIANTS_ARE_NOT_ALIGNED_WITH_PRODUCT")


def _check_choices(store: Store, choices: list[Json], options: list[Json]) -> None:
    chosen = [each["optionId"] for each in choices]
    if len(set(chosen)) < len(chosen):
        raise application_error(428, "DUPLICATE_VARIANT_OPTION_CHOICE")
    if len(chosen) < len(options):
        if store.switches.missing_choice_status == 400:
            _refuse("product.variantsInfo.variants", "MISSING_VARIANT_OPTION_CHOICE")
        raise application_error(428, "MISSING_VARIANT_OPTION_CHOICE")


def _with_ids(store: Store, product: Json) -> Json:
    """The parts that are made or found by their name."""
    product = dict(product)
    for kind in ("brand", "ribbon"):
        if product.get(kind):
            product[kind] = _named(store, kind, product[kind])
    if product.get("additionalRibbons"):
        product["additionalRibbons"] = [
            _named(store, "ribbon", each) for each in product["additionalRibbons"]
        ]
    for name in ("modifiers", "infoSections"):
        if product.get(name):
            product[name] = [{"id": store.ids.guid(), **each} for each in product[name]]
    return product


def _named(store: Store, kind: str, sent: Json) -> Json:
    if "id" not in sent:
        return {"id": store.id_of(kind, sent["name"]), "name": sent["name"]}
    found = [key[1] for key, known in store.named.items() if key[0] == kind and known == sent["id"]]
    if not found:
        raise application_error(404, f"{kind.upper()}_NOT_FOUND")
    return {"id": sent["id"], "name": found[0]}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return value


def _align_visibility(product: Json, *, from_variant: bool) -> None:
    """Without options, a product is as visible as its one variant."""
    if product["options"]:
        return
    only = product["variantsInfo"]["variants"][0]
    if from_variant:
        product["visible"] = only["visible"]
    elif only["visible"] != product["visible"]:
        product["variantsInfo"] = {"variants": [{**only, "visible": product["visible"]}]}
