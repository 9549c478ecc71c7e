"""The lock and the conda environment carry the same pins, without any address."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE | re.IGNORECASE)


def test_the_conda_environment_carries_the_pins_of_the_lock() -> None:
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8")
    pinned = re.findall(
        r'^ {6}- "?([a-z0-9._-]+)==([^\s;"]+)', environment, re.MULTILINE | re.IGNORECASE
    )
    assert pinned == PIN.findall(LOCK)


def test_every_pin_has_a_hash_and_no_address_is_named() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)
    assert "://" not in LOCK
    assert "index" not in re.sub(r"# via.*", "", LOCK).replace("soupsieve", "")


def test_every_direct_dependency_has_a_floor_and_a_pin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [
        name for extra in project["optional-dependencies"].values() for name in extra
    ]
    pinned = {name for name, _ in PIN.findall(LOCK)}
    for requirement in wanted:
        name, floor = requirement.split(">=")
        assert floor
        assert name in pinned


def test_the_readme_names_every_direct_dependency_with_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip() for line in readme.splitlines() if line.startswith("| `")}
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    wanted = project["dependencies"] + [
        name for extra in project["optional-dependencies"].values() for name in extra
    ]
    assert {requirement.split(">=")[0] for requirement in wanted} <= named
