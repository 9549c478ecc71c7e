"""What may be given to what a notebook's author calls: told in full where something else was.

Python's own words of a wrong argument name neither what is right nor, in Japanese, what is wrong.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache, wraps
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar, get_type_hints

import pandas as pd
from pydantic import BaseModel, ConfigDict, GetPydanticSchema, ValidationError, create_model
from pydantic_core.core_schema import is_instance_schema

from analysis.errors import ReportError

UsableArguments = ParamSpec("UsableArguments")
UsableResult = TypeVar("UsableResult")
UsableClass = TypeVar("UsableClass")

_MISPLACED = "名前のない引数が多すぎるか、同じ引数が二度あります。名前=値 の形で書いてください。"
_SHOWN = 60
_EXACT = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)


def usable(
    called: str, words: Mapping[str, str]
) -> Callable[[Callable[UsableArguments, UsableResult]], Callable[UsableArguments, UsableResult]]:
    """Return a decorator: a call with other arguments than a function's raises ReportError.

    It names the function as `called`, and each argument with its `words`: what may be given. What
    the annotations say is held to, as pydantic reads them.
    """

    def decorate(
        function: Callable[UsableArguments, UsableResult],
    ) -> Callable[UsableArguments, UsableResult]:
        signature = inspect.signature(function)

        @cache  # first when it is called: no other run takes the time
        def model() -> type[BaseModel]:
            return _model_arguments(function, signature)

        @wraps(function)
        def call(*args: UsableArguments.args, **kwargs: UsableArguments.kwargs) -> UsableResult:
            if wrong := list(_find_wrong(model(), signature, args, kwargs)):
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


def _model_arguments(function: Callable[..., Any], signature: inspect.Signature) -> type[BaseModel]:
    """Return a model with a field for each argument but `self`."""
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        name: (_take_whole(hints[name]), ... if own.default is own.empty else own.default)
        for name, own in signature.parameters.items()
        if name != "self"
    }
    return create_model(function.__name__, __config__=_EXACT, **fields)


def _take_whole(hint: Any) -> Any:
    """Return a hint; of a dataclass, one by which nothing within is looked at."""
    if not is_dataclass(hint):
        return hint
    return Annotated[Any, GetPydanticSchema(lambda *_: is_instance_schema(hint))]


def _find_wrong(
    model: type[BaseModel],
    signature: inspect.Signature,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Iterator[str]:
    """Yield what is wrong with the arguments of a call."""
    known = {name: value for name, value in kwargs.items() if name in signature.parameters}
    try:
        given = signature.bind_partial(*args, **known).arguments
    except TypeError:
        yield _MISPLACED
        return
    given.pop("self", None)
    judged = {
        name: value.tolist() if isinstance(value, pd.Index | pd.Series) else value
        for name, value in {**kwargs, **given}.items()
    }
    try:
        model.model_validate(judged)
    except ValidationError as error:
        # Each once: of a list that holds several wrong parts, it is the list that is wrong.
        for name, kind in {own["loc"][0]: own["type"] for own in error.errors()}.items():
            match kind:
                case "extra_forbidden":
                    yield f"「{name}」という引数はありません。"
                case "missing":
                    yield f"「{name}」を書いてください。"
                case _:
                    yield f"「{name}」に {_show(given[str(name)])} は使えません。"


def _list_usable(signature: inspect.Signature, words: Mapping[str, str]) -> Iterator[str]:
    for name, own in signature.parameters.items():
        if name != "self":
            may_lack = "" if own.default is own.empty else "（なくてもよい）"
            yield f"  {name}: {words[name]}{may_lack}"


def _show(value: Any) -> str:
    """Return what was given, on one line, as far as it is short."""
    told = " ".join(repr(value).split())
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"
