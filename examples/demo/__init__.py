"""The demonstration survey: invented procedures whose counts agree with the published report.

It imports nothing of `analysis`, so that it can bear witness against it.
"""
