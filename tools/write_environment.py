"""Write environment.yml: the pins of requirements.lock for conda users.

conda brings Python and pip; every package comes at the lock's version. A test holds the two
files together.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^(?P<pin>[a-z0-9][^\s;]*==[^\s;\\]+)(?P<marker> ;[^\\]*)?", re.IGNORECASE)

HEAD = """\
# The pins of requirements.lock for conda (Windows too); written by `make lock`.
#   conda env create --file environment.yml
#   conda activate analysis
name: analysis
channels:
  - conda-forge
dependencies:
  - python=3.12
  - pip
  - pip:
      - --editable .
"""


def list_pins(lock: str) -> list[str]:
    """Return every pinned requirement of a lock with its marker, without hashes."""
    found = (PIN.match(line) for line in lock.splitlines())
    return [(m["pin"] + (m["marker"] or "")).strip() for m in found if m]


def write_environment(lock: str) -> str:
    """Return the text of environment.yml for a lock."""
    lines = [f"      - {_quote(pin)}\n" for pin in list_pins(lock)]
    return HEAD + "".join(lines)


def _quote(pin: str) -> str:
    return f'"{pin}"' if ";" in pin else pin


if __name__ == "__main__":
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (ROOT / "environment.yml").write_text(write_environment(lock), encoding="utf-8")
