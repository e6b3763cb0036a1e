"""A report opened in a real browser that has no network, and everything in it clicked through."""

import base64
import json
import re
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

# What the page may load: nothing but what is in it. The browser reports every attempt at anything else as an error.
POLICY = (
    "default-src 'none'; img-src data:; frame-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline' 'unsafe-eval' blob:; base-uri 'none'; form-action 'none'"
)
WAIT = """
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const within = (promise) => Promise.race([promise, pause(20000).then(() => { throw Error("not loaded in 20 s"); })]);
async function until(found) {
  for (let tries = 0; tries < 200; tries++) { const it = found(); if (it) return it; await pause(50); }
  throw Error("not shown in 10 s: " + found);
}
"""
# Searches and filters the table of claims, and tells the report around it how many rows were left and what they say.
USE = """
window.addEventListener("load", async () => {
  const info = () => document.querySelector(".dt-info").textContent;
  const cells = (row) => [...row.cells].map((cell) => cell.textContent);
  const seen = () => ({ info: info(), rows: [...document.querySelectorAll("#claims tbody tr")].map(cells) });
  const entry = (text) => [...document.querySelectorAll(".dtsp-searchPane tbody td:first-child")].find(
    (cell) => cell.textContent.startsWith(text));
  const used = {};
  try {
    await until(() => entry("not reproduced"));
    used.all = seen();
    const field = document.querySelector(".dt-search input");
    field.value = "WORDS";
    field.dispatchEvent(new Event("input"));
    await until(() => info() != used.all.info);
    used.searched = seen();
    field.value = "";
    field.dispatchEvent(new Event("input"));
    await until(() => info() == used.all.info);
    entry("not reproduced").click();
    await until(() => info() != used.all.info);
    used.filtered = seen();
  } catch (error) { used.failed = String(error); }
  parent.postMessage(used, "*");
});
"""
# Writes what it sees to the console, where the browser's own complaints go too.
WALK = """
async function look(category, path) {
  const item = { category, path, width: 0, caption: "" };
  app.showCategory(category);
  const name = results[path].labels.figure;
  const row = await until(() => [...document.querySelectorAll("tbody tr")].find(
    (row) => row.textContent.includes(name) && row.querySelectorAll("a").length == 2));
  const [eye, info] = row.querySelectorAll("a");
  eye.click();
  if (path.endsWith(".png")) {
    const image = await until(() => [...document.images].find((image) => image.src == results[path].data_uri));
    await within(image.decode().catch(() => {}));
    item.width = image.naturalWidth;
  } else {
    const frame = await until(() => [...document.querySelectorAll("iframe")].find(
      (frame) => frame.src == results[path].data_uri));  // and not that of the page before
    const told = new Promise((resolve) => window.addEventListener("message", resolve, { once: true }));
    await within(new Promise((resolve) => { frame.addEventListener("load", resolve); frame.src = frame.src; }));
    item.width = frame.clientWidth;
    if (path.endsWith("claims.html")) item.used = (await within(told)).data;
  }
  info.click();
  item.caption = (await until(() => document.querySelector("li.prose"))).textContent;
  return item;
}
window.addEventListener("load", async () => {
  try {
    await until(() => document.querySelector("#app li"));
    const front = await until(() => document.querySelector(".prose"));
    const graph = document.querySelector("#rulegraph");
    console.log("FRONT " + JSON.stringify(
      { text: front.textContent, top: front.getBoundingClientRect().top, graph: graph.clientHeight }));
    for (const [category, groups] of Object.entries(categories))
      for (const paths of Object.values(groups))
        for (const path of paths) console.log("SEEN " + JSON.stringify(await look(category, path)));
  } catch (error) { console.log("FAILED " + error); }
  console.log("DONE");
});
"""
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]
MESSAGE = re.compile(r':CONSOLE[:(][^]]*\] "(.*?)(?:", source: .*)?$', re.MULTILINE)

HARMLESS = "cdn.tailwindcss.com should not be used in production"  # said by the style sheet, which is in the page


@dataclass(frozen=True)
class Seen:
    """What the browser found: one mapping a result (category, path, width in pixels, caption), and its complaints.

    That of the claims has also `used`: the line of information and the rows of the table as it comes (`all`), with
    words in the search field (`searched`), and with a verdict chosen (`filtered`).

    `front` has the first page's `text`, how many pixels below the window's edge its `top` is, and the height of the
    `graph` of the rules.
    """

    front: dict
    results: list[dict]
    errors: list[str]


def inspect(report: Path, folder: Path, words: str, seconds: float = 120) -> Seen:
    """Open a copy of the report, look at every result, search the claims for words, return what was seen.

    Raises TimeoutError.
    """
    text = _with_script(report.read_text(), "claims.html", WAIT + USE.replace("WORDS", words))
    messages = watch(text, folder, WAIT + WALK, seconds)
    results = [json.loads(text.removeprefix("SEEN ")) for text in messages if text.startswith("SEEN ")]
    (front,) = [json.loads(text.removeprefix("FRONT ")) for text in messages if text.startswith("FRONT ")] or [{}]
    return Seen(front, results, [text for text in messages if not text.startswith(("FRONT ", "SEEN ", HARMLESS))])


def watch(page: str, folder: Path, script: str, seconds: float = 120) -> list[str]:
    """Open a page with a script in it, which ends by writing DONE, and return all that its console says.

    `folder` is for the page and the browser's own files. Raises TimeoutError.
    """
    watched = folder / "watched.html"
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><script>{script}</script>'
    watched.write_text(page.replace("<head>", f"<head>{policy}", 1))
    return _console([*FLAGS, f"--user-data-dir={folder / 'profile'}", watched.as_uri()], seconds)


def _with_script(report: str, name: str, script: str) -> str:
    """Return the report with a script in the page of this name that is packed in it."""
    before, packed, after = re.split(rf'(?<=filename={name};base64,)([^"]+)', report, maxsplit=1)
    page = base64.b64decode(packed).decode() + f"<script>{script}</script>"
    return before + base64.b64encode(page.encode()).decode() + after


def _console(arguments: list[str], seconds: float) -> list[str]:
    """Run the browser until it says DONE and return what was written to its console."""
    browser = subprocess.Popen(["chromium", *arguments], stderr=subprocess.PIPE, text=True, errors="replace")
    clock = threading.Timer(seconds, browser.kill)
    clock.start()
    messages = []
    try:
        for line in browser.stderr:
            messages += MESSAGE.findall(line)
            if messages[-1:] == ["DONE"]:
                return messages[:-1]
    finally:
        clock.cancel()
        browser.kill()
        browser.wait()
    raise TimeoutError(f"the browser did not finish in {seconds} s: {messages[-3:]}")
