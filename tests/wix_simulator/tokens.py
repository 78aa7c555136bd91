"""The token endpoints."""

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.errors import Json, Reply
from tests.wix_simulator.world import Call, Route


class _InfoBody(Body):
    token: str


def exchange(call: Call) -> Reply:
    """POST /oauth2/token: a client's secret for a token. JSON or form, snake or camel names."""
    return call.world.accounts.exchange(call.body)


def token_info(call: Call) -> Json:
    """POST /oauth2/token-info: what a token is worth."""
    return call.world.accounts.token_info(call.read(_InfoBody).token)


ROUTES = (
    Route("POST", "/oauth2/token", exchange, writes=True),
    Route("POST", "/oauth2/token-info", token_info),
)
"""`/oauth/access`, the older endpoint, is left out on purpose: it answers 404."""
