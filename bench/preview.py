"""What the preview of a file costs a browser that comes for the first time, on a site that runs (`make demo`):

    .venv/bin/python -m bench.preview [ADDRESS]

Uploads 400 invented customers as the demonstration's user, then opens their preview with an empty cache: bytes sent,
time until the first hundred rows stand there, and time to turn to the next hundred. Nine times, the median is told.
"""

from __future__ import annotations

import statistics
import sys
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright
from tests.e2e.browser import executable

from kundekort.cli.demo import PASSWORD, USER
from kundekort.cli.sample import customers

CUSTOMERS: Final = 400
RUNS: Final = 9
FIRST: Final = "() => document.querySelectorAll('#grid [data-key=email]').length >= 100 && performance.now()"
TURN: Final = """async () => {
    const shown = document.querySelector("[data-count]"), before = shown.textContent, begun = performance.now();
    document.querySelector("[data-next]").click();
    while (shown.textContent === before) await new Promise(requestAnimationFrame);
    document.getElementById("grid").getBoundingClientRect();
    return performance.now() - begun;
}"""


def main() -> None:
    """Upload once, look often."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        preview, state = upload(browser, address)
        seen = [look(browser, preview, state) for _ in range(RUNS)]
        kilobytes, first, turn = (statistics.median(values) for values in zip(*seen, strict=True))
        print(f"sent {kilobytes:,.0f} kB   100 rows after {first:.0f} ms   next 100 after {turn:.0f} ms")
        browser.close()


def upload(browser: Browser, address: str) -> tuple[str, Any]:
    """The address of the preview, and the cookies of whoever uploaded it."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/login/")
    page.locator("[name=username]").fill(USER)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/imports/")
    data = customers(CUSTOMERS, seed=7).drop("ExternalID").write_csv(separator=";").encode()
    page.locator("input[type=file]").set_input_files({"name": "bench.csv", "mimeType": "text/csv", "buffer": data})
    page.locator("form:has(input[type=file]) [type=submit]").click()
    page.locator("#grid [data-key=email]").first.wait_for()
    found = page.url, context.storage_state()
    context.close()
    return found


def look(browser: Browser, preview: str, state: Any) -> tuple[float, float, float]:
    """Kilobytes (1,000) sent for the page and all it needs, and milliseconds to the first and the next hundred rows."""
    context = browser.new_context(storage_state=state, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    sent: list[float] = []
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda done: sent.append(done["encodedDataLength"]))
    page.goto(preview, wait_until="commit")
    first = page.wait_for_function(FIRST).json_value()
    page.wait_for_load_state("networkidle")
    kilobytes = sum(sent) / 1000
    turn = page.evaluate(TURN)
    context.close()
    return kilobytes, first, turn


if __name__ == "__main__":
    main()
