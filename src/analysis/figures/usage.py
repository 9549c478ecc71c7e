"""What may be given to what a notebook's author calls: told in full where something else was.

Python's own words of a wrong argument name neither what is right nor, in Japanese, what is wrong.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NoReturn,
    ParamSpec,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from analysis.errors import ReportError

UsableArguments = ParamSpec("UsableArguments")
UsableResult = TypeVar("UsableResult")
UsableClass = TypeVar("UsableClass")

_MISPLACED = "名前のない引数が多すぎるか、同じ引数が二度あります。名前=値 の形で書いてください。"
_SHOWN = 60


def usable(
    called: str, words: Mapping[str, str]
) -> Callable[[Callable[UsableArguments, UsableResult]], Callable[UsableArguments, UsableResult]]:
    """Return a decorator: a call with other arguments than a function's raises ReportError.

    It names the function as `called`, and each argument with its `words`: what may be given. What
    the annotations say is held to: kinds, choices, lists that are not empty.
    """

    def decorate(
        function: Callable[UsableArguments, UsableResult],
    ) -> Callable[UsableArguments, UsableResult]:
        signature = inspect.signature(function)
        hints = cache(get_type_hints)

        @wraps(function)
        def call(*args: UsableArguments.args, **kwargs: UsableArguments.kwargs) -> UsableResult:
            if wrong := list(_find_wrong(signature, hints(function), args, kwargs)):
                raise ReportError(
                    f"{called} に渡した引数が使えません。\n"
                    + "\n".join([*wrong, "使える引数:", *_list_usable(signature, words)])
                )
            return function(*args, **kwargs)

        return call

    return decorate


def usable_methods(
    called: str, words: Mapping[str, str]
) -> Callable[[type[UsableClass]], type[UsableClass]]:
    """Return a decorator that makes all public methods of a class, and its making, `usable`.

    An attribute that the class has not is told with those that it has.
    """

    def decorate(own: type[UsableClass]) -> type[UsableClass]:
        parts = [name for name in vars(own) if not name.startswith("_")]

        def tell_parts(_: UsableClass, name: str) -> NoReturn:
            known = "、".join(parts)
            raise AttributeError(f"{called} に「{name}」はありません。あるのは、{known} です。")

        for name, method in list(vars(own).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                setattr(own, name, usable(f"{called}.{name}", words)(method))
        setattr(own, "__init__", usable(own.__name__, words)(vars(own)["__init__"]))  # noqa: B010
        setattr(own, "__getattr__", tell_parts)  # noqa: B010
        return own

    return decorate


def _find_wrong(
    signature: inspect.Signature,
    hints: Mapping[str, Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Iterator[str]:
    """Yield what is wrong with the arguments of a call."""
    try:
        given = signature.bind(*args, **kwargs).arguments
    except TypeError:
        unknown = [name for name in kwargs if name not in signature.parameters]
        behind = [*signature.parameters.values()][len(args) :]
        missing = [
            own.name for own in behind if own.default is own.empty and own.name not in kwargs
        ]
        yield from (f"「{name}」という引数はありません。" for name in unknown)
        yield from (f"「{name}」を書いてください。" for name in missing)
        if not unknown and not missing:
            yield _MISPLACED
        return
    for name, value in given.items():
        if name in hints and not _fits(value, hints[name]):
            yield f"「{name}」に {_show(value)} は使えません。"


def _list_usable(signature: inspect.Signature, words: Mapping[str, str]) -> Iterator[str]:
    for name, own in signature.parameters.items():
        if name != "self":
            may_lack = "" if own.default is own.empty else "（なくてもよい）"
            yield f"  {name}: {words[name]}{may_lack}"


def _fits(value: Any, hint: Any) -> bool:
    """Tell whether a value is of an annotation: of strings, choices, classes, lists of these.

    >>> _fits(["online"], list[str]), _fits([], list[str]), _fits(3, str | None)
    (True, False, False)
    """
    kind, inner = get_origin(hint), get_args(hint)
    if kind is Literal:
        return isinstance(value, str) and value in inner
    if kind in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if kind is None:
        return isinstance(value, NoneType if hint is None else hint)
    if not isinstance(value, kind) or isinstance(value, str) or not len(value):
        return False
    parts = [*value, *value.values()] if isinstance(value, Mapping) else value
    return all(_fits(part, inner[0]) for part in parts)


def _show(value: Any) -> str:
    """Return what was given, on one line, as far as it is short."""
    told = " ".join(repr(value).split())
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"
