"""What products can be filtered and sorted by, on either catalog."""

from dataclasses import replace

from wix_admin.wix.filters import (
    ANY_FLAG,
    ANY_NUMBER,
    ANY_TEXT,
    COMPARING,
    HOLDING,
    Field,
    Query,
)

TEXT = Field("text", ANY_TEXT, ("$hasSome",))
# The SDK's types sort by it; that Wix refuses to has been seen by others.
DATE = Field("date", ANY_NUMBER, ("$hasSome",), sorts=None)

PRODUCTS_V3 = Query(
    of="products",
    catalog="V3",
    fields={
        "id": replace(TEXT, kind="id"),
        "handle": TEXT,
        "slug": replace(TEXT, sorts=True),
        "visible": Field("flag", ANY_FLAG, ("$hasSome",), sorts=True),
        "createdDate": DATE,
        "updatedDate": DATE,
        "options.id": Field("id", HOLDING, ANY_TEXT),
    },
    instead={"lastupdated": "updatedDate", "productid": "id"},
)

IS = ("$eq", "$ne", "$hasSome")
TEXT_V1 = Field("text", (*IS, "$contains", "$startsWith"), sorts=True)
NUMBER_V1 = Field("number", (*IS, *COMPARING), sorts=True)
DATE_V1 = Field("date", (*IS, *COMPARING), sorts=True)
CHOICES_V1 = Field("text", (*IS, "$hasAll"))

PRODUCTS_V1 = Query(
    of="products",
    catalog="V1",
    fields={
        "id": Field("id", IS, sorts=True),
        "name": TEXT_V1,
        "sku": TEXT_V1,
        "slug": TEXT_V1,
        "description": replace(TEXT_V1, sorts=False),
        "price": NUMBER_V1,
        "numericId": NUMBER_V1,
        "productType": Field(
            "enum", IS, sorts=True, values=("unspecified_product_type", "physical", "digital")
        ),
        "inventoryStatus": Field(
            "enum", IS, values=("IN_STOCK", "OUT_OF_STOCK", "PARTIALLY_OUT_OF_STOCK")
        ),
        "collections.id": Field("id", (*IS, "$hasAll")),
        "options.<name>": CHOICES_V1,
        "lastUpdated": DATE_V1,
        # The documentation sorts by it, the SDK's types do not.
        "createdDate": replace(DATE_V1, sorts=None),
        # Not in the documentation's table, but in its examples.
        "productOptions.<name>": replace(CHOICES_V1, operators=(), doubtful=CHOICES_V1.operators),
        "visible": Field("flag", (), IS),
        "brand": Field("text", (), IS),
    },
    instead={
        "updateddate": "lastUpdated",
        "collectionids": "collections.id",
        "collectionid": "collections.id",
        "productid": "id",
        "pricedata.price": "price",
        "stock.inventorystatus": "inventoryStatus",
        "$in": "$hasSome",
    },
)
