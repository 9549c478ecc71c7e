"""The entries of a survey's `measures.toml`, as they are written there."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from analysis.settings import Name

MeasureName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
_KINDS = (
    "where（数える手続き）、sum（足し合わせる列）、share と of（割合）、change（前回からの増減）"
    "のどれか一つを書いてください"
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnMeasure(_Strict):
    """One entry: a count (`where`), a sum (`sum`, of those `where`), a share, or a change.

    `share`, `of` and `change` name other measures, own ones or the catalogue's. With `sections` it
    is given for each 課, too.
    """

    name: MeasureName
    label: Name
    where: dict[str, str | list[str]] | None = None
    sum: Name | None = None
    share: Name | None = None
    of: Name | None = None
    change: Name | None = None
    sections: bool = False

    @model_validator(mode="after")
    def _be_of_one_kind(self) -> "OwnMeasure":
        is_counted = self.where is not None or self.sum is not None
        is_share = self.share is not None or self.of is not None
        if is_counted + is_share + (self.change is not None) != 1:
            raise ValueError(_KINDS)
        if is_share and (self.share is None or self.of is None):
            raise ValueError("share と of は、両方を書いてください")
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the measures that it is made of."""
        return tuple(name for name in (self.share, self.of, self.change) if name is not None)


class OwnMeasures(_Strict):
    """The contents of a `measures.toml`."""

    measure: tuple[OwnMeasure, ...] = ()
