"""The modules of the package as they are written."""

import ast
from pathlib import Path

import analysis

PACKAGE = Path(analysis.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """Return a module's tree; kept, those of all would be a million objects."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_module(path: Path) -> str:
    """Return the full name by which a module of the package is imported."""
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")
