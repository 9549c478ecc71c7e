"""The parts of a report for cells of one's own: each is asked for by the names of measures.

What they return are the blocks of the reports that come with the program, so evidence, recount and
audit.xlsx follow. `docs/notebooks.md` (in Japanese) has an example of each.
"""

from collections.abc import Sequence
from string import Formatter
from typing import Annotated, Literal

import pandas as pd

from analysis.cycle import WHOLE, WHOLE_NAME
from analysis.document.blocks import (
    Cell,
    Chart,
    Column,
    Inline,
    Link,
    Masthead,
    Paragraph,
    Quoted,
    Table,
)
from analysis.document.chart import draw_counts, draw_stacks
from analysis.document.rates_chart import draw_rates
from analysis.errors import ReportError
from analysis.figures.figure import PERCENT, Figure
from analysis.figures.findings import Findings
from analysis.figures.scopes import Scope
from analysis.figures.usage import usable_methods
from analysis.looks import look_by_place
from analysis.reports.direction import FIGURE_FOLLOWS, is_change, require_direction
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.from_frame import traced
from analysis.reports.heading import head_report
from analysis.reports.labelled import require_labelled
from analysis.reports.named_figures import (
    AskedColumns,
    NamedFigures,
    NotEmpty,
    adds_up,
    name_all,
    show_named,
)
from analysis.reports.show_words import SHOW_WORDS

RowKind = Literal["department", "section"]
_ALL, _SUM = WHOLE_NAME, "計"


@usable_methods("show", SHOW_WORDS)
class Show:
    """The parts of a report of some findings: `show = Show(findings)`.

    Measures are asked for by name (`"online_rate"`) or label (`"オンライン化率"`), departments by
    name or slug. `show.measures.` and Tab list the measures.
    """

    def __init__(self, findings: Findings) -> None:
        """Take the findings that all parts are of."""
        self._findings = findings
        self._ledger = findings.ledger
        self._named = NamedFigures(findings)

    @property
    def measures(self) -> NamedFigures:
        """The measures by name, for completion: `show.measures.online_rate` is `"online_rate"`."""
        return self._named

    def head(self, notebook: str, department: str | None = None) -> Masthead:
        """Return the head of the report that a notebook (its name) makes: first of all parts."""
        about = None if department is None else self._findings.department(department).name
        return head_report(self._findings, notebook, about)

    def table(
        self,
        rows: RowKind = "department",
        columns: AskedColumns = ("total", "online", "online_rate"),
        *,
        department: str | None = None,
        caption: str = "",
    ) -> Table:
        """Return a table of figures: a row for each department, or for each 課 of one.

        `columns` are measures, or measures with titles of their own. The last row is the whole's,
        and must be the sum of the others where counts add up. Raises FigureError for a measure that
        there is not, and names the nearest.
        """
        given = self._named.list_columns(columns)
        shown = FigureColumns(self._findings, [FigureColumn(n, title) for n, title in given])
        scopes, whole = self._list_rows(rows, department)
        for name, _ in given:
            for scope in scopes:
                self._named.find(name, scope.slug)
        is_sum = all(adds_up(self._ledger.items[name].measure) for name, _ in given)
        said = "部局別" if rows == "department" else f"{self._name_whole(whole)}の課別"
        return Table(
            caption=caption or f"{said}の{name_all([title for _, title in given])}",
            columns=(Column(self._title_of(rows), weight=3), *shown.head),
            rows=(
                *((self._name_row(scope), *shown.cells(scope.slug)) for scope in scopes),
                (_SUM if is_sum else self._name_whole(whole), *shown.cells(whole)),
            ),
            ledger=self._ledger if is_sum else None,
        )

    def bars(
        self,
        measures: str | Annotated[Sequence[str], NotEmpty],
        *,
        of: str | None = None,
        caption: str = "",
    ) -> Chart:
        """Return a chart with a bar for each department.

        Of a rate it has the previous one and the whole city's, too. Several counts are the parts
        of another, named by `of`, and must add up to it. Raises FigureError for a measure that
        there is not, and names the nearest.
        """
        names = [measures] if isinstance(measures, str) else [*measures]
        found = [self._named.name(name) for name in names]
        labels = [self._ledger.items[name].label for name in found]
        title = caption or f"部局別の{name_all(labels)}"
        scopes, whole = self._list_rows("department", None)
        if of is not None:
            total = self._named.name(of)
            return draw_stacks(
                self._ledger,
                title,
                [(s.name, self._take(found, s.slug), self._find(total, s.slug)) for s in scopes],
                labels,
                look_by_place(found),
            )
        if len(found) > 1:
            raise ReportError("いくつもの数値の図には、その計である数値を of に書いてください。")
        (name,) = found
        if self._find(name, whole).unit != PERCENT:
            return draw_counts(title, [(s.name, self._find(name, s.slug)) for s in scopes])
        bars = [(s.name, self._find(name, s.slug), self._before(name, s.slug)) for s in scopes]
        return draw_rates(title, bars, self._find(name, whole))

    def sentence(
        self,
        text: Annotated[str, NotEmpty],
        *,
        department: str | None = None,
        kind: Literal["plain", "lead", "note", "heading"] = "plain",
    ) -> Paragraph:
        """Return a sentence with figures in it: `"手数料のある手続きは{charged}です。"`.

        `{online:手続き}` counts in other words, `{abs(online_change)}増加` leaves the sign to them,
        `{online@環境部}` is of a department; all others are of `department`, or of the whole city.
        Raises FigureError for a measure that there is not, and names the nearest, and for a sign
        that the words don't carry.
        """
        scope = WHOLE if department is None else self._findings.department(department).slug
        parts: list[Inline] = []
        try:
            pieces = list(Formatter().parse(text))
        except ValueError:
            raise ReportError(
                f"文「{text}」の波括弧が閉じていません。括弧そのものは二つ重ねて書いてください。"
            ) from None
        following = [*(p + FIGURE_FOLLOWS * (own is not None) for p, own, *_ in pieces[1:]), ""]
        for (plain, name, unit, _), after in zip(pieces, following, strict=True):
            if plain:
                parts.append(plain)
            if name is not None:
                shown = show_named(self._named, name, unit or None, scope)
                if is_change(self._ledger.items[shown.figure.measure].measure):
                    require_direction(shown, name, after)
                parts.append(shown)
        return Paragraph(tuple(parts), kind)

    def figures(
        self,
        rows: RowKind = "department",
        columns: AskedColumns = ("total", "online", "online_rate"),
        *,
        department: str | None = None,
    ) -> pd.DataFrame:
        """Return a frame whose cells are figures, to be sorted and cut by pandas, then `traced`.

        >>> figures = Show(findings).figures(columns=["total", "online_rate"])
        >>> figures.map(lambda figure: figure.text)
             総手続き数 オンライン化率
        部局名
        環境部      1   100.0
        こども部     1     0.0
        """
        scopes, _ = self._list_rows(rows, department)
        names = [scope.name.rpartition(" ")[2] for scope in scopes]
        return pd.DataFrame(
            {
                title: [self._find(name, scope.slug) for scope in scopes]
                for name, title in self._named.list_columns(columns)
            },
            index=pd.Index(names, name=self._title_of(rows)),
            dtype=object,
        )

    def traced(self, frame: pd.DataFrame, caption: str) -> Table:
        """Return a frame of figures and texts as a table (see `from_frame.traced`).

        Raises ReportError for a figure under the name of another department or measure.

        >>> show = Show(findings)
        >>> show.traced(show.figures(columns=["online"]), "済の手続き").rows[0][1].text
        '1'
        """
        table = traced(frame, caption)
        require_labelled(frame, caption, self._findings)
        return table

    def _title_of(self, rows: RowKind) -> str:
        asked = self._findings.cycle.questionnaire
        return "部局名" if rows == "department" else asked.named["section"].header

    def _list_rows(self, rows: RowKind, department: str | None) -> tuple[list[Scope], str]:
        """Return the scopes of a table's rows, and that of the whole that they are parts of."""
        if rows == "department":
            return self._ledger.list_departments(), WHOLE
        if department is None:
            raise ReportError("課ごとの表には、department に部局の名称か略号を書いてください。")
        slug = self._findings.department(department).slug
        return self._ledger.list_sections(slug), slug

    def _name_row(self, scope: Scope) -> Cell:
        if scope.level == "section":
            return Quoted(scope.name.partition(" ")[2])
        own = {department.slug for department in self._findings.cycle.departments}
        return Link(scope.name, f"department-{scope.slug}") if scope.slug in own else scope.name

    def _name_whole(self, whole: str) -> str:
        return _ALL if whole == WHOLE else self._findings.department(whole).name

    def _find(self, name: str, scope: str) -> Figure:
        return self._named.find(name, scope)

    def _take(self, names: Sequence[str], scope: str) -> list[Figure]:
        return [self._find(name, scope) for name in names]

    def _before(self, name: str, scope: str) -> Figure | None:
        if not (self._ledger.has_previous and self._ledger.items[name].has_previous_value):
            return None
        found = self._ledger.previous_figure(name, scope)
        return None if found.value is None else found
