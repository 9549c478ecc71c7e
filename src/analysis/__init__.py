"""Turn a city's survey of its online procedures into traced figures and reports."""
