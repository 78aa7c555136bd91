"""What stock can be filtered and sorted by, on either catalog."""

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

TEXT = Field("text", ANY_TEXT, ("$hasSome",), sorts=True)
ID = replace(TEXT, kind="id", sorts=False)
DATE = Field("date", ANY_NUMBER, ("$hasSome",), sorts=True)
FLAG = Field("flag", ANY_FLAG, ("$hasSome",), sorts=True)

INVENTORY_V3 = Query(
    of="stock items",
    catalog="V3",
    fields={
        "productId": replace(ID, sorts=True),
        "variantId": ID,
        "locationId": ID,
        "id": ID,
        "quantity": Field("number", ANY_NUMBER, ("$hasSome",), sorts=True),
        "trackQuantity": FLAG,
        "inStock": FLAG,
        "availabilityStatus": Field(
            "enum",
            ANY_FLAG,
            ("$hasSome",),
            sorts=True,
            values=("IN_STOCK", "OUT_OF_STOCK", "PREORDER"),
        ),
        "preorderInfo.enabled": FLAG,
        "product.name": TEXT,
        "product.variantName": TEXT,
        "product.variantSku": TEXT,
        "product.variantBarcode": TEXT,
        "product.brand.id": replace(ID, sorts=True),
        "product.directCategoryIds": Field(
            "id", HOLDING, ("$eq", "$ne", "$in", "$exists", "$isEmpty"), sorts=True
        ),
        "createdDate": DATE,
        "updatedDate": DATE,
    },
    instead={
        "sku": "product.variantSku",
        "barcode": "product.variantBarcode",
        "name": "product.name",
        "productname": "product.name",
        "inventoryitemid": "id",
        "lastupdated": "updatedDate",
    },
)

IS = ("$eq", "$ne", "$hasSome")

INVENTORY_V1 = Query(
    of="stock items",
    catalog="V1",
    # No page of the documentation tells these; its examples have the first two.
    fields={
        "productId": Field("id", ("$eq",), ("$ne", "$hasSome")),
        "numericId": Field("number", ("$gt",), (*IS, "$gte", "$lt", "$lte")),
        "id": Field("id", (), IS),
        "externalId": Field("id", (), IS),
        "trackQuantity": Field("flag", (), IS),
        "lastUpdated": Field("date", (), (*IS, *COMPARING)),
    },
    instead={"updateddate": "lastUpdated", "inventoryitemid": "id", "$in": "$hasSome"},
)
