"""The demonstration survey: invented procedures whose counts agree with the published report.

It imports nothing else of the package, so that it can bear witness against it.
"""
