"""JupyterLab as the analyst's workplace: what `analysis lab` adds to the stock one."""
