"""What the warm process holds when it forks. To be imported by the fork server alone.

Whatever fails here is left out: the child that needs it meets the same error and can tell it.
"""

import os
import signal
from contextlib import suppress
from importlib import import_module
from multiprocessing.context import ForkProcess
from pathlib import Path
from pkgutil import iter_modules
from threading import Thread
from typing import TYPE_CHECKING

from analysis import reports
from analysis.build.warm import CYCLE, ROOT
from analysis.figures.asked import begin_notes
from analysis.startup import never_collect

if TYPE_CHECKING:
    from analysis.cycle import Cycle

# Only a process of one thread forks safely: these libraries start theirs when they are imported.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Typst's: several reports are made at a time anyway.
    "RAYON_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # As a kernel does on its start; matplotlib looks only once, when it is imported.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
MODULES = (
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "psutil",
    "analysis.build.run",
    "analysis.build.flow",
    "analysis.document.document",
    "analysis.evidence.exporters",
    *(f"analysis.reports.{own.name}" for own in iter_modules(reports.__path__)),
)


@never_collect()
def _preload() -> None:
    """Import, load, and let no collection of garbage ever walk over it again."""
    # An interrupt is for the build, with which this process ends; the fork server knows only later.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(ENVIRONMENT)
    told = (Path(os.environ[ROOT]), os.environ[CYCLE]) if ROOT in os.environ else None
    readers: list[ForkProcess] = []
    if told:
        with suppress(Exception):
            readers = _start_readers(*told)
    for name in MODULES:
        with suppress(Exception):
            import_module(name)
    # To read fonts takes no interpreter; the thread has ended when the first child is forked.
    fonts = Thread(target=_load_fonts)
    fonts.start()
    with suppress(Exception):
        _load_parts()
    for reader in readers:
        reader.join()
    if told:
        with suppress(Exception):
            _load_findings(*told)
            # What was asked here was asked for no report.
            begin_notes()
    fonts.join()
    signal.signal(signal.SIGINT, interrupted)


def _start_readers(root: Path, name: str) -> list[ForkProcess]:
    """Have a cycle's answers and those of the ones before read and stored while this one imports.

    Returned are the processes that do so, one a cycle; what one can't read or store is read later.
    """
    from analysis.ancestry import open_ancestors  # noqa: PLC0415
    from analysis.cycle import open_cycle  # noqa: PLC0415
    from analysis.names import name_day  # noqa: PLC0415

    # Imported once, for both and for what is forked later; what reads workbooks only they need.
    from analysis.survey import store  # noqa: F401, PLC0415

    # Which departments an interim cycle counts is known by the whole of it.
    cycle = open_cycle(name_day(name), root)
    # Daemons, which have no children: with all cores at work, more processes would only cost more.
    readers = [
        ForkProcess(target=_read, args=(one,), daemon=True)
        for one in (cycle, *open_ancestors(cycle))
    ]
    for reader in readers:
        reader.start()
    return readers


def _read(cycle: "Cycle") -> None:
    from analysis.survey.store import load_survey  # noqa: PLC0415

    with suppress(Exception):
        load_survey(cycle)


def _load_fonts() -> None:
    from analysis.evidence import exporters  # noqa: PLC0415

    with suppress(Exception):
        exporters.load_fonts()


def _load_parts() -> None:
    from analysis.document import canvas, notebook, page  # noqa: PLC0415

    canvas.add_chart_fonts()
    page.load_page(None)
    notebook.load_schema()


def _load_findings(root: Path, cycle: str) -> None:
    """Load, evaluate and digest, so that a child that loads the same inputs has all at once.

    What every department's page and PDF carry of the whole city is written here, for all of them.
    """
    from analysis.cycle import WHOLE  # noqa: PLC0415
    from analysis.evidence import appendix, attachments, payload  # noqa: PLC0415
    from analysis.figures.findings import load_findings  # noqa: PLC0415
    from analysis.figures.interim import COUNTED  # noqa: PLC0415
    from analysis.figures.listing import digest_figures  # noqa: PLC0415
    from analysis.reports.progress import list_progress  # noqa: PLC0415
    from analysis.survey.opening import open_counted  # noqa: PLC0415

    findings = load_findings(open_counted(cycle, root))
    digest_figures(findings.ledger, findings.ledger.figures.values())
    # No child makes another digest, and what a child is given takes time to fork.
    findings.ledger.digester.forget_lines()
    printed = [figure.id for figures in list_progress(findings, WHOLE) for figure in figures]
    if findings.cycle.uncounted:
        printed += [findings.ledger.figure(name).id for name in COUNTED]
    ids = tuple(figure.id for figure in appendix.gather_figures(findings.ledger, printed))
    for write in (payload.write_city_payload, attachments.write_city_files, appendix.say_city_rows):
        write(findings.ledger, ids)


_preload()
