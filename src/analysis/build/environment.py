"""What may change a report's bytes beside its inputs: Python, the libraries, the fonts' files."""

import hashlib
import platform
import re
import zlib
from functools import cache
from importlib.metadata import requires, version

from analysis.document.typefaces import FILES
from analysis.inputs import hash_file

_NAME = re.compile(r"[\w.-]+")


@cache
def describe_environment() -> str:
    """Return the sha256 of what may change a report's bytes beside its inputs.

    They are the versions of Python, of zlib and of every library we ask for, and the fonts' files.
    """
    wanted = [line for line in requires("analysis") or () if "extra" not in line]
    libraries = sorted(name for line in wanted for name in _NAME.findall(line)[:1])
    lines = [
        f"python {platform.python_version()}",
        f"zlib {zlib.ZLIB_RUNTIME_VERSION}",
        *(f"{name} {version(name)}" for name in libraries),
        *(f"{path.name} {hash_file(path)}" for path in FILES),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
