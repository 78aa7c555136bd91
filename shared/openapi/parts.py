"""The parts of the document that are the same whatever the actions are."""

from openapi.files import Json
from tests.samples import SAMPLE_KEY

DESCRIPTION = """\
Admin operations for one Wix Headless site, on your own AWS account. Every request is signed (AWS \
Signature Version 4, service `execute-api`), and the caller's role says which routes it may call. \
Call it from a server, never from a browser.

**Repeating.** A write that is repeated with the same `Idempotency-Key` is done once, for 90 \
days, and answered as it was the first time (`Idempotent-Replayed: true`). A key belongs to one \
operation on one order, member or booking, or on the catalog. With `dryRun` a write changes \
nothing, and answers with the requests that it would send.

**Problems.** Whatever fails is answered with a problem (RFC 9457) whose `code` says what it is. \
Ask again only if it says `retryable`, not before the seconds of `Retry-After` are over, a few \
times at most, and a write with the same key only: another key may do it twice.

**Limits.** The API takes {per_second} requests a second and {burst} at once unless it was \
deployed with other numbers, and answers the rest with 429 `too_many_requests`. Wix allows a site \
about 200 calls a minute, and one request makes several of them; if Wix asks to wait, the answer \
is 503 `wix_busy`.

**Lists.** A page says whether it `hasMore` after it, and then has the `cursor` of the next one, \
which holds the filter and the sort: it is sent with nothing but `limit`. A cursor is for going \
on at once: Wix ends its own after a time that it does not publish, and then the list is begun \
anew. It can be read by whoever has it, so keep it as you keep what you filter by.

**Values.** An amount is text, a decimal number with a dot, in the currency of its order \
(`"12.50"`); only products of catalog V1 have prices that are numbers. A time is text in RFC \
3339, in UTC (`2027-01-04T09:30:00.000Z`); only a booking's slot has the offset of its place, and \
only a rescheduling takes a local time, with its zone. An id is text.

**Versions.** One stack has one version, `info.version`. The last part of its address is the name \
of the stage, `v1` unless it was deployed with another name, and says nothing of the version. The \
version's first number goes up (while that is 0, the second) when something is taken away or \
means something else: an operation, a field, a code, a type, or an optional field that becomes \
required. Anything else may be new at any time: operations, fields, codes of problems, words of a \
list such as a status, and the texts of titles and details. So ignore fields that you do not \
know, decide by the status and by `retryable` where you do not know a code, and keep an `else` \
for words that you do not know."""

CONTACT: Json = {"name": "Whoever deployed the stack"}

SERVER: Json = {
    "url": "https://{apiId}.execute-api.{region}.amazonaws.com/{stage}",
    "description": "The stack's output AdminApiUrl.",
    "variables": {
        "apiId": {"default": "abcdefghij"},
        "region": {"default": "eu-central-1"},
        "stage": {"default": "v1"},
    },
}

SIGNATURE: Json = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "description": "AWS Signature Version 4 for the service `execute-api`.",
    "x-amazon-apigateway-authtype": "awsSigv4",
}

HEADERS: Json = {
    "IdempotentReplayed": {
        "description": "`true` if this is the stored answer of an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "RetryAfter": {
        "description": "Seconds after which asking again may help.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "RequestId": {
        "description": "The id under which the logs have the request.",
        "schema": {"type": "string"},
    },
}

DRY_RUN: Json = {
    "type": "object",
    "description": "What a write would do.",
    "required": ["dryRun", "requests", "read"],
    "properties": {
        "dryRun": {"const": True, "description": "Nothing was changed."},
        "requests": {
            "type": "array",
            "description": "The requests that would be sent to Wix.",
            "items": {
                "type": "object",
                "required": ["method", "path"],
                "properties": {
                    "method": {"type": "string"},
                    "path": {"type": "string"},
                    "body": {"type": ["object", "null"], "additionalProperties": True},
                },
            },
        },
        "read": {
            "type": "array",
            "description": "What was read at Wix to decide.",
            "items": {
                "type": "object",
                "required": ["method", "path"],
                "properties": {
                    "method": {"type": "string"},
                    "path": {"type": "string"},
                    "body": {"type": ["object", "null"], "additionalProperties": True},
                    "answer": {"type": ["object", "null"], "additionalProperties": True},
                },
            },
        },
        "result": {
            "type": "object",
            "description": "The answer, as far as it is known without sending anything.",
            "additionalProperties": True,
        },
    },
}

PROBLEM: Json = {
    "type": "object",
    "description": "Why a request was not done (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "requestId", "retryable"],
    "properties": {
        "type": {"type": "string", "description": "`urn:wix-admin:problem:` and the code."},
        "title": {
            "type": "string",
            "description": "What all problems with the code have in common.",
        },
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What happened here, and what to do about it."},
        "code": {
            "description": "What a program decides by; there may be new ones at any time.",
            "anyOf": [{"$ref": "#/components/schemas/ProblemCode"}, {"type": "string"}],
        },
        "requestId": {"type": "string", "description": "The id under which the logs have it."},
        "retryable": {
            "type": "boolean",
            "description": "Whether asking again may help; a write with the same key only.",
        },
        "wixRequestId": {"type": "string", "description": "Wix's id of the call that failed."},
        "wixCode": {"type": "string", "description": "Wix's own code for the failure."},
        "errors": {
            "type": "array",
            "description": "What is wrong, field by field.",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {
                    "field": {
                        "type": "string",
                        "description": (
                            "Where it stands in the input, which is body, path and query in one,"
                            " as a JSON Pointer (RFC 6901): `/lines/0/quantity`. Empty for the"
                            " input as a whole."
                        ),
                    },
                    "header": {
                        "type": "string",
                        "description": "The header that is wrong, if it is not the input.",
                    },
                    "detail": {"type": "string", "description": "What to do about it."},
                },
            },
        },
    },
}

PROBLEM_CODE: Json = {"type": "string", "description": "The codes of problems that there are now."}

KEY_PARAMETER: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": (
        "A new UUID for each new request, the same one for each repetition: the change is made"
        " once and answered again, for 90 days."
    ),
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": r"^[\x21\x23-\x7e]+$",
    },
    "example": SAMPLE_KEY,
}
