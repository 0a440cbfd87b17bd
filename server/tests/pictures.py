"""Takes the README's pictures from the running product: `python -m tests.pictures [FOLDER]`.

With no folder it shows Flask's source distribution, as the bench of the first answer fetches it.
"""

import importlib
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1440, "height": 900}
LARGEST_BYTES = 300_000
ACCOUNT = {"Your name": "Ada", "E-mail": "ada@example.org", "Password": "correct horse battery"}
# Asked first to last; the last one is the picture of the product.
QUESTIONS = (
    "How does the flask command find my application?",
    "How are blueprints registered on an application?",
    "Which function loads variables from .env files?",
    "Where is the session cookie signed?",
)
SEARCH = "register blueprint"
SYMBOL = "register_blueprint"


def main(arguments: list[str]) -> int:
    """Take them all."""
    sys.path.insert(0, str(ROOT / "bench"))
    shown = Path(arguments[0]) if arguments else importlib.import_module("first_answer").source()
    folder = Path(tempfile.mkdtemp(prefix="samoey-pictures-"))
    try:
        source = folder / "flask"
        shutil.copytree(shown, source)
        with importlib.import_module("start").up(folder / "home") as (process, _):
            link = next(line for line in process.stdout if "/setup/#" in line).split()[-1]
            take(link, source)
    finally:
        shutil.rmtree(folder)
    return 0


def take(link: str, source: Path) -> None:
    """Walk from the set-up link to every picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(
            base_url=link.partition("/setup/")[0],
            viewport=SIZE,
            color_scheme="dark",
            reduced_motion="reduce",
        )
        page.set_default_timeout(60_000)
        set_up(page, link)
        connect(page, source)
        for question in QUESTIONS:
            ask(page, question)
        answer(page)
        elsewhere(page)
        browser.close()


def set_up(page: Page, link: str) -> None:
    page.goto(link)
    for label, value in ACCOUNT.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Create account").click()


def connect(page: Page, source: Path) -> None:
    page.get_by_role("link", name="Add a repository").click()
    page.get_by_label("Git URL or folder on the server").fill(str(source))
    page.get_by_role("button", name="Add repository").click()
    page.get_by_text("passages").wait_for()


def ask(page: Page, question: str) -> None:
    page.get_by_role("link", name="Home", exact=True).click()
    # The page before it has a box for questions, too.
    page.get_by_role("heading", name="What do you want to know about your code?").wait_for()
    page.get_by_label("Question").fill(question)
    page.get_by_label("Question").press("Enter")
    page.locator('article[data-status="done"][data-role="assistant"]').wait_for()


def answer(page: Page) -> None:
    """The answer with its citations, and beside it the code that one of them opens."""
    page.locator("[data-chip]").first.click()
    page.locator(".cited-line").first.wait_for()
    page.get_by_test_id("messages").evaluate("view => view.scrollTo(0, 0)")
    keep(page, "answer")


def elsewhere(page: Page) -> None:
    # The first search of a house opens the index; every other one shows what it takes from then on.
    for words in (SYMBOL, SEARCH):
        page.goto(f"/search/?q={words.replace(' ', '+')}")
        page.locator("main section").first.wait_for()
    keep(page, "search")
    page.locator("main [data-row]").filter(has_text=SYMBOL).first.click()
    page.locator(".cited-line").first.wait_for()
    page.get_by_role("button", name="Symbols").click()
    page.get_by_label("Symbols", exact=True).get_by_text(SYMBOL).first.wait_for()
    keep(page, "code")


def keep(page: Page, name: str) -> None:
    """Write the page as a picture that is light enough for a README."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    to = PICTURES / f"{name}.png"
    page.screenshot(path=to)
    if to.stat().st_size > LARGEST_BYTES:
        message = f"{to} has {to.stat().st_size} bytes"
        raise SystemExit(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
