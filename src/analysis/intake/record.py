"""What was read in a list, what of it is not decided, and where that can be changed: in Japanese.

It is printed, and kept beside the survey; it has no time and no folder's path in it.
"""

from collections.abc import Iterator, Sequence

from analysis.display import clean
from analysis.intake.listed import OfficeList
from analysis.intake.roles import BLANK_STATUS
from analysis.intake.understood import Understood
from analysis.questionnaire.field import Role

READING_NAME = "読み取りの記録.txt"
_ROLES: dict[Role, str] = {
    "online": "オンライン化済（online）",
    "started": "着手済（started）",
    "not_started": "まだ（not_started）",
    "excluded": "対象外（excluded）。総数に数えない",
}
_MOST_LABELS = 12


def describe_reading(source: str, found: OfficeList, understood: Understood, altered: int) -> str:
    """Return the record of a list's reading; `altered` cells hold signs that no workbook holds."""
    parts = [
        [
            f"読み取りの記録　{source}",
            f"{found.place}から、{len(found.rows):,}件の手続きを読みました。",
        ],
        ["■ 列の読み方", *_list_columns(found, understood)],
        ["■ 状況の言葉と役割（data/raw/survey.toml の status の roles）", *_list_roles(understood)],
        ["■ 確かめること", *_list_doubts(found, understood, altered)],
        ["■ 部局ごとの件数（data/raw/ の cycle.toml の departments）", *_list_offices(understood)],
    ]
    return "\n\n".join("\n".join(map(clean, part)) for part in parts) + "\n"


def _list_columns(found: OfficeList, understood: Understood) -> Iterator[str]:
    asked = {own.column.number: own for own in understood.questions if own.column}
    for column in found.columns:
        start = f"  {column.letter}列「{column.title}」"
        question = asked.get(column.number)
        if question is not None:
            kinds = {"id": "ID", "text": "文", "choice": "選択", "number": "数", "date": "日付"}
            field = question.field
            words = [*field.choices.values()][:_MOST_LABELS]
            more = "…" if len(field.choices) > _MOST_LABELS else ""
            said = f": {'／'.join(words)}{more}" if words else ""
            yield f"{start} → {field.name}（{kinds[field.kind]}。{question.why}）{said}"
        elif not column.kept:
            yield f"{start} → 除く（{column.why}）"
        elif column.field.startswith("law"):
            yield f"{start} → law に続けた（{column.why}）"
        else:
            yield f"{start} → 部局（{column.why}）"


def _list_roles(understood: Understood) -> Iterator[str]:
    counts = understood.rows["status"].value_counts()
    for own in understood.roles:
        count = int(counts.get(own.code, 0))
        yield f"  「{own.label}」 {count:,}件 → {_ROLES[own.role]}（{own.why}）"


def _list_doubts(found: OfficeList, understood: Understood, altered: int) -> Iterator[str]:
    for own in understood.roles:
        if own.label == BLANK_STATUS and not own.is_known:
            yield (
                f"  ・状況が空欄の手続きは、選択肢「{own.label}」とし、"
                f"{_ROLES[own.role]}としました。次の調査票の選択肢にも出ます。"
                "出さないようにするには、survey.toml の status の "
                f"choices と roles から {own.code} を消し、"
                "この調査回の cycle.toml の [answers] の下に "
                f'[answers.status] と、次の行に "{own.label}" = "読み替える選択肢" を書きます。'
            )
        elif not own.is_known:
            yield (
                f"  ・状況「{own.label}」の役割は決められません。{_ROLES[own.role]}としました。"
                f"survey.toml の status の roles の {own.code} で直せます。"
            )
        if own.part:
            yield (
                f"  ・状況「{own.label}」は、「{own.part}」を含むので{_ROLES[own.role]}としました。"
                f"違えば survey.toml の status の roles の {own.code} で直してください。"
            )
    for question in understood.questions:
        if question.column and "似ている" in question.why:
            yield (
                f"  ・{question.column.letter}列「{question.column.title}」を "
                f"{question.field.name} と読みました。違えば survey.toml の name を直してください。"
            )
    left = [c for c in found.columns if not c.kept]
    if left:
        yield f"  ・読まなかった列: {'、'.join(f'{c.letter}列「{c.title}」' for c in left)}"
    if altered:
        yield (
            "  ・調査票に書けない文字（制御文字など）は「\ufffd」とし、長すぎる文は末尾を"
            f"略しました（セル {altered:,}個）"
        )
    numbered = [q.field.header for q in understood.questions if _lost_numbers(q.field.spellings)]
    if numbered:
        yield (
            "  ・選択肢の先頭の番号は除きました（番号の付いた語も同じ回答と読みます）: "
            + "、".join(numbered)
        )
    yield from (f"  ・{note}" for note in understood.notes)
    yield "  ・市の名前、課の名前、題名、目標は仮のものです。cycle.toml で直してください。"


def _lost_numbers(spellings: dict[str, str]) -> bool:
    return bool(spellings) and all(
        word != label and word.endswith(label) for word, label in spellings.items()
    )


def _list_offices(understood: Understood) -> Sequence[str]:
    return [
        f"  {own.name}（{own.slug}、{own.workbook}） {understood.counts[own.slug]:,}件"
        for own in understood.offices.departments
    ]
