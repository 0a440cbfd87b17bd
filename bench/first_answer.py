"""From the click that adds Flask's source to the first cited answer on screen; and who is cited.

The first is what a person waits for in the browser, index and all, in a home made a moment ago. The
second asks twenty questions whose right files are known, with no model connected.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from library import Door, door
from start import up

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".build" / "bench"
RELEASE = "flask==3.1.3"
HOMES = 3
FIRST_CITATIONS = 3
PATIENCE_S = 60.0
ACCOUNT = {
    "Your name": "Bench",
    "E-mail": "bench@example.org",
    "Password": "a long bench password",
}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Chromium looks its maker's hosts up at every start without these.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
]


def source() -> Path:
    """Flask's source distribution, unpacked; fetched with pip once."""
    folder = CACHE / RELEASE.replace("==", "-")
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        where = ["--dest", str(CACHE), "--no-binary", ":all:"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, *where, RELEASE], check=True)
        with tarfile.open(folder.with_name(f"{folder.name}.tar.gz")) as packed:
            packed.extractall(CACHE, filter="data")
    return folder


def questions() -> list[dict[str, Any]]:
    """What is asked, each with the files that answer it."""
    asked: list[dict[str, Any]] = tomllib.loads((HERE / "questions.toml").read_text())["question"]
    return asked


def first_answer(home: Path, flask: Path, question: str) -> float:
    """The seconds from the click to the first citation on screen, in a home of its own."""
    with up(home) as (process, _), sync_playwright() as playwright:
        assert process.stdout is not None
        link = next(line for line in process.stdout if "/setup/#" in line).split()[-1]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        prepare(page, link, flask)
        began = time.perf_counter()
        page.get_by_role("button", name="Add repository").click()
        page.get_by_text("passages").wait_for()
        readable = time.perf_counter()
        page.get_by_role("link", name="Home", exact=True).click()
        page.get_by_label("Question").fill(question)
        page.get_by_label("Question").press("Enter")
        page.locator("[data-chip]").first.wait_for()
        over = time.perf_counter()
        browser.close()
    print(
        f"  indexed {readable - began:.2f} s, cited {over - began:.2f} s",
        file=sys.stderr,
    )
    return over - began


def prepare(page: Page, link: str, flask: Path) -> None:
    """Everything up to the click: the account, and the folder in the dialog."""
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto(link)
    for label, value in ACCOUNT.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("link", name="Add a repository").click()
    page.get_by_label("Git URL or folder on the server").fill(str(flask))


def right_answers(house: Door, flask: Path) -> int:
    """How many questions have a right file among their first citations."""
    house.connect(flask)
    house.wait_for()
    workspace = house.call("GET", "workspaces")[0]["id"]
    right = 0
    for question in questions():
        cited = citations(house, workspace, question["ask"])
        found = bool(set(cited) & set(question["files"]))
        right += found
        if not found:
            told = json.dumps({"ask": question["ask"], "cited": cited})
            print(f"  missed {told}", file=sys.stderr)
    return right


def citations(house: Door, workspace: str, question: str) -> list[str]:
    """The paths that the answer to a question cites first."""
    started = house.call("POST", "conversations", {"workspace_id": workspace})
    messages = f"conversations/{started['id']}/messages"
    house.call("POST", messages, {"text": question})
    late = time.monotonic() + PATIENCE_S
    while time.monotonic() < late:
        answer = house.call("GET", messages)[-1]
        if answer["status"] == "done":
            return [citation["path"] for citation in answer["citations"][:FIRST_CITATIONS]]
        time.sleep(0.05)
    raise TimeoutError(question)


def measure() -> dict[str, float]:
    """The figures `right_of_20` and, where there is a browser, `first_answer_s`."""
    flask = source()
    question = questions()[0]["ask"]
    folder = Path(tempfile.mkdtemp(prefix="samoey-bench-"))
    figures = {}
    try:
        if CHROMIUM is None:
            print("  no browser here: sudo apt-get install chromium", file=sys.stderr)
        else:
            homes = [folder / f"home-{number}" for number in range(HOMES)]
            waited = [first_answer(home, flask, question) for home in homes]
            figures["first_answer_s"] = round(median(waited), 3)
        with door(folder / "asked") as house:
            figures["right_of_20"] = float(right_answers(house, flask))
    finally:
        shutil.rmtree(folder)
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
