"""Time the lists and panels of pages in Chromium: from an input to the end of the frame it paints.

    bench_list.py             # two departments, of 694 and 13,645 procedures, built first
    bench_list.py PAGE.html   # any built page

Each input is the first of a freshly opened page that its reader has looked at for a second, and
then again on the same page; all rows are shown again after a word was chosen by. The aims: a list
within 100 ms, the first panel within 150 ms.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "examples")]
Times = tuple[float, float]
SIZES = {"ko": 694, "otsu": 13_645}
RUNS = 5
READER = 1000
"""How long a reader looks before the first input, in milliseconds."""

# A task after a frame's own callbacks begins when the frame is laid out and painted.
_TIMED = """act => new Promise(done => {
  const begun = performance.now();
  act();
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => done(performance.now() - begun);
    after.port2.postMessage(0);
  });
})"""
_FIND = "const bar = document.querySelector('.chooser');"
ACTS = {
    "sort by number": "document.querySelector('.tool th.number button').click()",
    "sort by text": "document.querySelector('.tool th:not(.number) button').click()",
    "choose by status": _FIND
    + "const one = bar.querySelector('select'); one.value = one.options[1].value;"
    "one.dispatchEvent(new Event('input'))",
    "choose by a word": _FIND
    + "const word = bar.querySelector('[type=search]'); word.value = '届出';"
    "word.dispatchEvent(new Event('input'))",
    "show all": _FIND + "bar.querySelector('button').click()",
}
BEFORE = {"show all": ACTS["choose by a word"]}
"""What a reader does before an act that would find nothing to do."""

PANEL = "document.querySelector('main a.figure').click()"


def build_pages(folder: Path) -> Iterator[Path]:
    """Build the two departments' reports and yield their pages."""
    from cities import make_city  # noqa: PLC0415 - only here

    letters = {slug: ("onns" * size)[:size] for slug, size in SIZES.items()}
    make_city(folder, {slug: (told, told) for slug, told in letters.items()})
    program = "import sys; sys.argv[0] = 'analysis'; from analysis.cli import main; main()"
    for slug in SIZES:
        done = subprocess.run(
            [sys.executable, "-P", "-c", program, "report",
             "--department", slug],
            cwd=folder, check=False, capture_output=True, text=True,
        )  # fmt: skip
        found = sorted(folder.glob(f"reports/*/department-{slug}.html"))
        if not found:
            raise SystemExit(done.stdout + done.stderr)
        yield found[0]


def open_fresh(browser: Browser, path: Path) -> Page:
    """Open a page as its reader does, whose pointer is then over the list's controls."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri())
    page.wait_for_selector(".toolbar")
    page.wait_for_timeout(READER)
    return page


def time_act(page: Page, act: str) -> tuple[float, float]:
    """Return the milliseconds from an act to the end of its frame, and the processor's of them.

    The processor's are of the page's own thread: other work on the machine disturbs them less.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def used() -> float:
        told = session.send("Performance.getMetrics")["metrics"]
        return next(1000 * one["value"] for one in told if one["name"] == "TaskDuration")

    before = used()
    clock = float(page.evaluate(f"({_TIMED})(() => {{ {act} }})"))
    return clock, used() - before


def time_first(
    browser: Browser, path: Path, act: str, before: str
) -> tuple[list[Times], list[Times]]:
    """Return the times of an act on fresh pages, and of the same act right after it."""
    first, again = [], []
    for _ in range(RUNS):
        page = open_fresh(browser, path)
        if "select" in act:
            page.hover(".chooser")
        for times in (first, again):
            if before:
                time_act(page, before)
            times.append(time_act(page, act))
        page.close()
    return first, again


def report(browser: Browser, path: Path) -> None:
    """Print the medians of what each act takes on a page, first and again."""
    page = open_fresh(browser, path)
    rows = page.locator(".tool tbody tr:not(.head, .total)").count()
    page.close()
    sys.stdout.write(f"{path.name}: {rows} rows, {path.stat().st_size / 1e6:.1f} MB\n")
    for name, act in [*(ACTS.items() if rows else ()), ("first panel", PANEL)]:
        first, again = time_first(browser, path, act, BEFORE.get(name, ""))
        told = "  ".join(
            f"{when} {statistics.median(clock):5.0f} ms, processor {statistics.median(own):4.0f}"
            for when, times in (("first", first), ("again", again))
            for clock, own in [zip(*times, strict=True)]
        )
        sys.stdout.write(f"  {name:18} {told}\n")


def main() -> None:
    """Time the pages named, or those of two departments that are built for it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = [Path(name).absolute() for name in sys.argv[1:]] or [*build_pages(Path(folder))]
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for path in pages:
            report(browser, path)
        browser.close()


if __name__ == "__main__":
    main()
