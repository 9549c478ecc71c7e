"""Tables that are made when they are first asked for: one figure needs one or two of them."""

from collections.abc import Callable, Iterator, Mapping

import pandas as pd


class LazyTables(Mapping[str, pd.DataFrame]):
    """Tables by name, each made once, when it is first asked for."""

    def __init__(self, **makers: Callable[[], pd.DataFrame]) -> None:
        """Hold what makes each table; the order of the names is that of the keywords."""
        self._makers = makers
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
