"""The contract for callers: an OpenAPI 3.1 document, made from template, models and samples.

`make openapi` writes it to `shared/openapi/admin-api.json`, with a page about filters beside it.
"""
