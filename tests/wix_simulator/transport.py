"""The simulator behind an `httpx.Client`, without sockets.

wix = WixSimulator()
with httpx.Client(transport=SimulatorTransport(wix), base_url="http://wix") as client:
    ...
"""

import httpx

from tests.wix_simulator.server import ConnectionCutError
from tests.wix_simulator.simulator import WixSimulator


class SimulatorTransport(httpx.BaseTransport):
    """Gives a client what it would get over HTTP, with the trouble that is in force.

    Nothing waits: an answer that would come too late for the client is a timeout at once, and as
    over HTTP the work is done all the same.
    """

    def __init__(self, wix: WixSimulator) -> None:
        self._wix = wix

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            answer, seconds = self._wix.answer(
                request.method, request.url.raw_path.decode(), request.headers, request.read()
            )
        except ConnectionCutError as cut:
            if cut.hard:
                raise httpx.ReadError("reset", request=request) from None
            raise httpx.RemoteProtocolError("disconnected", request=request) from None
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and seconds > patience:
            raise httpx.ReadTimeout("timed out", request=request)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)
