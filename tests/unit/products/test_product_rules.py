"""What Wix would refuse is refused before anything is sent, with the field that is wrong."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.unit.calls import call
from tests.unit.products.scene import asked, create, mug, tee
from tests.wix_simulator import WixSimulator
from wix_admin.errors import InputError
from wix_admin.products.product_input import CreateProductInput
from wix_admin.products.product_rules import check_products

PICTURE = {"url": "https://shop.example.com/mug.jpg"}
RED = {"name": "Red", "colorCode": "#ff0000"}


def wrong(*products: dict[str, Any]) -> list[str]:
    """The fields that are wrong with products whose single fields are right."""
    asked = CreateProductInput.model_validate({"products": list(products)})
    try:
        check_products(asked.products)
    except InputError as error:
        return [each.field.removeprefix("/products/") for each in error.violations]
    return []


def tee_with(number: int, **more: Any) -> dict[str, Any]:
    product = tee()
    product["variants"][number] = {**product["variants"][number], **more}
    return product


def colored(*choices: dict[str, Any], kind: str = "SWATCH_CHOICES") -> dict[str, Any]:
    option = {"name": "Color", "renderType": kind, "choices": list(choices)}
    return mug(options=[option], variants=[{"choices": {"Color": "Red"}}])


def without(product: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {name: value for name, value in product.items() if name not in fields}


EBOOK = mug(productType="DIGITAL", digitalFileId="f-1")
SIZE = tee()["options"][0]
S, M = SIZE["choices"]

RULES: list[tuple[str, list[dict[str, Any]], list[str]]] = [
    ("a product", [mug()], []),
    ("a product with variants", [tee()], []),
    ("a digital product", [EBOOK], []),
    ("a color", [colored(RED)], []),
    ("nothing to pay", [mug(price="0", compareAtPrice="0")], []),
    ("the most of everything", [mug(price="999999999.99", weight=999_999_999.99)], []),
    ("a file with a long id", [{**EBOOK, "digitalFileId": "x" * 100}], []),
    ("tags", [mug(tags={"public": ["1", "11111"], "private": ["11"] * 100})], []),
    ("no price", [without(mug(), "price")], ["0/price"]),
    ("no price of one variant", [without(tee(), "price")], ["0/variants/0/price"]),
    ("a lower price before", [mug(compareAtPrice="19.98")], ["0/compareAtPrice"]),
    (
        "a lower price before of a variant",
        [tee(compareAtPrice="21.00")],
        ["0/variants/1/compareAtPrice"],
    ),
    ("stock told twice", [mug(quantity=1, inStock=True)], ["0/inStock"]),
    (
        "stock of a variant told twice",
        [tee_with(1, quantity=0, inStock=False)],
        ["0/variants/1/inStock"],
    ),
    ("variants without options", [without(tee(), "options")], ["0/options"]),
    ("options without variants", [without(tee(), "variants")], ["0/variants"]),
    ("a SKU beside variants", [tee(sku="1")], ["0/sku"]),
    ("a barcode beside variants", [tee(barcode="1")], ["0/barcode"]),
    ("a quantity beside variants", [tee(quantity=0)], ["0/quantity"]),
    ("stock beside variants", [tee(inStock=False)], ["0/inStock"]),
    ("a choice too few", [tee_with(0, choices={})], ["0/variants/0/choices"]),
    (
        "a choice too many",
        [tee_with(0, choices={"Size": "S", "Color": "Red"})],
        ["0/variants/0/choices"],
    ),
    ("a choice of no option", [tee_with(0, choices={"Color": "S"})], ["0/variants/0/choices"]),
    ("an unknown choice", [tee_with(1, choices={"Size": "L"})], ["0/variants/1/choices"]),
    ("a combination twice", [tee_with(1, choices={"Size": "S"})], ["0/variants/1/choices"]),
    ("an option twice", [tee(options=[SIZE, SIZE])], ["0/options/1/name"]),
    (
        "a choice twice",
        [tee(options=[{**SIZE, "choices": [S, M, S]}])],
        ["0/options/0/choices/2/name"],
    ),
    ("a swatch without color", [colored({"name": "Red"})], ["0/options/0/choices/0/colorCode"]),
    (
        "a color that is no swatch",
        [colored(RED, kind="TEXT_CHOICES")],
        ["0/options/0/choices/0/colorCode"],
    ),
    ("a picture twice", [mug(media=[PICTURE, PICTURE])], ["0/media/1/url"]),
    ("a digital product without file", [without(EBOOK, "digitalFileId")], ["0/digitalFileId"]),
    ("a digital product with weight", [{**EBOOK, "weight": 1}], ["0/weight"]),
    ("a file of a mug", [mug(digitalFileId="f-1")], ["0/digitalFileId"]),
    ("a SKU twice", [mug(sku="1"), mug(), mug(sku="1")], ["2/sku"]),
    ("a SKU of a variant twice", [mug(sku="TEE-M"), tee()], ["1/variants/1/sku"]),
    ("a barcode twice", [mug(barcode="1"), mug(barcode="1")], ["1/barcode"]),
    ("a slug twice", [mug(slug="1"), mug(slug="1")], ["1/slug"]),
    ("a handle twice", [mug(handle="1"), mug(handle="1")], ["1/handle"]),
    ("a SKU that is another's barcode", [mug(sku="1"), mug(barcode="1")], []),
    (
        "several things",
        [mug(quantity=1, inStock=True), without(mug(), "price")],
        ["0/inStock", "1/price"],
    ),
]


@pytest.mark.parametrize(
    ("products", "fields"), [each[1:] for each in RULES], ids=[each[0] for each in RULES]
)
def test_products_whose_parts_do_not_fit_are_refused_field_by_field(
    products: list[dict[str, Any]], fields: list[str]
) -> None:
    assert wrong(*products) == fields


FIELDS: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 81),
    ("price", 19.99),
    ("price", "-1"),
    ("price", "1.0001"),
    ("price", "1000000000"),
    ("price", "999999999.991"),
    ("price", "1,50"),
    ("price", "NaN"),
    ("price", "1e3"),
    ("compareAtPrice", ""),
    ("cost", 1),
    ("weight", -1),
    ("weight", 1_000_000_000),
    ("sku", ""),
    ("sku", "x" * 41),
    ("barcode", " "),
    ("quantity", -1),
    ("quantity", 100_000),
    ("quantity", 1.5),
    ("quantity", "1"),
    ("inStock", "yes"),
    ("description", "x" * 16_001),
    ("slug", "x" * 301),
    ("handle", "x" * 101),
    ("brand", "x" * 51),
    ("ribbon", "x" * 31),
    ("productType", "physical"),
    ("visible", 1),
    ("media.0.url", [{"url": "ftp://a.example/b"}]),
    ("media", [PICTURE] * 51),
    ("tags.public.0", {"public": ["123456"]}),
    ("tags.private.0", {"private": [""]}),
    ("tags.public", {"public": ["11"] * 101}),
    ("digitalFileId", "x" * 101),
    ("options.0.choices", [{"name": "Size", "choices": []}]),
    ("options", [SIZE] * 7),
    ("variants.0.choices", [{"price": "1"}]),
    ("id", "p-1"),
]


@pytest.mark.parametrize(
    ("field", "value"), FIELDS, ids=[f"{n} {each[0]}" for n, each in enumerate(FIELDS)]
)
def test_a_field_that_nothing_can_be_made_of_is_refused(field: str, value: Any) -> None:
    product = mug(**{field.split(".", maxsplit=1)[0]: value})

    with pytest.raises(ValidationError) as caught:
        CreateProductInput.model_validate({"products": [product]})

    places = [".".join(map(str, each["loc"])) for each in caught.value.errors()]
    assert places == [f"products.0.{field}"]


@pytest.mark.parametrize("products", [[], [mug()] * 5001, mug(), None])
def test_a_request_has_one_to_five_thousand_products(products: Any) -> None:
    with pytest.raises(ValidationError):
        CreateProductInput.model_validate({"products": products})


@pytest.mark.usefixtures("table")
def test_the_fields_are_told_and_nothing_is_begun(wix: WixSimulator) -> None:
    reply = create(mug(quantity=1, inStock=True), tee(sku="1"))

    assert (reply.status, reply.code) == (400, "invalid_input")
    assert reply.fields == ["/products/0/inStock", "/products/1/sku"]
    assert "products.1.sku: Send it with each variant" in reply.json["detail"]
    assert asked(wix) == []
    assert create(mug()).status == 200


WORDS = st.text(max_size=6) | st.none() | st.integers() | st.booleans()
ANY = st.recursive(WORDS, lambda more: st.lists(more, max_size=2), max_leaves=4)
NAMES = st.sampled_from(
    ["name", "price", "options", "variants", "media", "tags", "quantity", "sku", "slug", "visible"]
)


@pytest.mark.usefixtures("table")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(product=st.dictionaries(NAMES, ANY, max_size=5), base=st.sampled_from([mug(), tee()]))
def test_whatever_is_sent_no_fault_of_ours_comes_of_it(
    wix: WixSimulator, product: dict[str, Any], base: dict[str, Any]
) -> None:
    body = {"products": [{**base, **product}], "dryRun": True}

    reply = call("products/create_product", body, key="k-1")

    assert reply.status in {200, 400}
