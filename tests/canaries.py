"""Made-up secrets and people that must never be seen in a log.

Every credential, token and person in the tests carries one of these values, and the test run
fails if any log line holds one (see `conftest.py`).
"""

CLIENT_ID = "c11e0000-0000-4000-8000-0000000000c1"
"""Not a secret: logs may name the client."""

SITE_ID = "517e0000-0000-4000-8000-000000000001"
"""Not a secret: logs may name the site."""

INSTANCE_ID = "1257a7ce-0000-4000-8000-000000000001"
"""Not a secret: logs may name the installation."""

CLIENT_SECRET = "5ec4e7ca-0a4a-4a4a-8a4a-ca4a4155ec4e"
ROTATED_CLIENT_SECRET = "5ec4e7ca-0b4b-4b4b-8b4b-ca4a4155ec4f"

TOKEN_MARK = "CANARYTOKEN"
"""Part of every access token that the simulator hands out."""

API_KEY = "IST.eyJraWQiOiJ0ZXN0In0.CANARYAPIKEY.c2lnbmF0dXJl"

EMAIL_DOMAIN = "canary-person.example"
FIRST_NAME = "Canaryfirst"
LAST_NAME = "Canarylast"
STREET = "1 Canary Street"
PHONE = "+1 555-0199-777"
MESSAGE = "canary-free-text"
"""Free text that a person wrote: notes, reasons, messages to a buyer."""

NAMES = (
    f"ada@{EMAIL_DOMAIN}",
    FIRST_NAME,
    STREET,
    PHONE,
    MESSAGE,
    TOKEN_MARK,
    f"{LAST_NAME}\n<script>",
)
"""What a caller may have made up as the name of a field, a header or a parameter."""

MARKS = (
    CLIENT_SECRET,
    ROTATED_CLIENT_SECRET,
    TOKEN_MARK,
    "CANARYAPIKEY",
    EMAIL_DOMAIN,
    FIRST_NAME,
    LAST_NAME,
    STREET,
    PHONE,
    MESSAGE,
)
"""What to search for. Any of these in a log is a leak."""
