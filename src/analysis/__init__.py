"""Turn a city's survey of its online procedures into traced figures and reports."""

import os

# Where lxml happens to be installed, openpyxl would write other bytes with it, and would parse what
# others sent without defusedxml.
os.environ.setdefault("OPENPYXL_LXML", "False")
