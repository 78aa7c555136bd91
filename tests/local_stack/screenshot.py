"""Takes README's picture of the page of `make up`: a refund, sent.

With `make up` running, and Chromium installed:
`python -m tests.local_stack.screenshot http://127.0.0.1:PORT shared/openapi/try-it.png`
"""

import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

OPERATION = "#operations-orders-refundOrder"
WIDTH, HEIGHT, SCALE = 1160, 1000, 0.8
PATIENCE_SECONDS = 30
BODY = {"amount": "12.15", "reason": "Arrived damaged"}

READY = f"!!document.querySelector('{OPERATION} textarea')"
ENTER = f"""
{{
  const area = document.querySelector('{OPERATION} textarea');
  const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
  set.call(area, JSON.stringify({json.dumps(BODY)}, null, 2));
  area.dispatchEvent(new Event('input', {{bubbles: true}}));
  area.style.minHeight = area.style.height = '80px';
}}
"""
SEND = f"document.querySelector('{OPERATION} .execute').click()"
ANSWERED = f"!!document.querySelector('{OPERATION} .live-responses-table .highlight-code')"
HIDE_THE_SECRET = f"""
for (const part of document.querySelectorAll('{OPERATION} .curl span'))
  part.textContent = part.textContent.replace(/:[0-9a-f]{{40}}/, ':…')
"""
EDGES = f"""
[['{OPERATION}', 'top'], ['{OPERATION} .live-responses-table .highlight-code', 'bottom']]
  .map(([part, edge]) => document.querySelector(part).getBoundingClientRect()[edge] + scrollY)
"""


async def take(page: str, picture: Path) -> None:
    """Open the refund on the page, send it, and save what is seen."""
    with tempfile.TemporaryDirectory() as profile:
        browser = await asyncio.create_subprocess_exec(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu",
            "--hide-scrollbars", "--remote-debugging-port=0", f"--user-data-dir={profile}",
            f"--window-size={WIDTH},{HEIGHT}", f"{page}/#/orders/refundOrder",
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                ClientSession() as http,
                http.ws_connect(await _tab(http, Path(profile))) as tab,
            ):
                picture.write_bytes(await _picture(tab))
        finally:
            browser.terminate()
            await browser.wait()


async def _tab(http: ClientSession, profile: Path) -> str:
    port = profile / "DevToolsActivePort"
    while not port.exists() or not port.read_text():
        await asyncio.sleep(0.1)
    async with http.get(f"http://127.0.0.1:{port.read_text().split()[0]}/json") as reply:
        tabs = await reply.json()
    [address] = [each["webSocketDebuggerUrl"] for each in tabs if each["type"] == "page"]
    return str(address)


async def _picture(tab: ClientWebSocketResponse) -> bytes:
    numbers = itertools.count()

    async def ask(method: str, **parameters: Any) -> Any:
        number = next(numbers)
        await tab.send_json({"id": number, "method": method, "params": parameters})
        while (reply := await tab.receive_json()).get("id") != number:
            pass
        return reply["result"]

    async def evaluate(script: str) -> Any:
        reply = await ask("Runtime.evaluate", expression=script, returnByValue=True)
        return reply["result"].get("value")

    async def until(condition: str) -> None:
        while not await evaluate(condition):
            await asyncio.sleep(0.1)

    await until(READY)
    await evaluate(ENTER)
    await evaluate(SEND)
    await until(ANSWERED)
    await evaluate(HIDE_THE_SECRET)
    top, bottom = await evaluate(EDGES)
    clip = {"x": 0, "y": top - 10, "width": WIDTH, "height": bottom - top + 30, "scale": SCALE}
    shot = await ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return b64decode(shot["data"])


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], Path(sys.argv[2])))
