"""Name what changed among the inputs since a build: files by kind, and single corrections."""

from collections.abc import Iterator, Mapping

from analysis.cycle import Cycle
from analysis.figures.definition import field_name
from analysis.report.proof.origin import kind_of
from analysis.report.proof.record import CorrectionKey
from analysis.survey.answers.correct import read_corrections
from analysis.survey.vocabulary import answer_key, load_vocabulary


def find_changed_inputs(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return a line for each input added, removed or changed since the build, by path."""
    lines = []
    for path in sorted({*before, *now}):
        if before.get(path) != now.get(path):
            word = "変更" if path in before and path in now else "追加"
            word = word if path in now else "削除"
            lines.append(f"{kind_of(path)} {path}: {word}されています。")
    return lines


def changes_more_than_answers(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Say whether anything but workbooks and corrections changed: the meaning may have."""
    return any(
        before.get(path) != now.get(path) and kind_of(path) not in ("調査票", "訂正")
        for path in {*before, *now}
    )


def list_corrections(cycle: Cycle) -> dict[CorrectionKey, tuple[str, str]]:
    """Return the corrections decided today, of a cycle and of the one before: both texts of each.

    Raises SettingsError for a corrections.toml that can't be read.
    """
    cycles = [own for own in (cycle, cycle.open_previous()) if own is not None]
    return {
        (own.name, answer_key(item.procedure_id), item.field): (item.expected, item.value)
        for own in cycles
        for item in read_corrections(own)
    }


def find_changed_corrections(
    before: Mapping[CorrectionKey, tuple[str, str]], now: Mapping[CorrectionKey, tuple[str, str]]
) -> list[str]:
    """Return a line for each correction added, removed or changed since the build."""
    return list(_compare_corrections(before, now))


def _compare_corrections(
    before: Mapping[CorrectionKey, tuple[str, str]], now: Mapping[CorrectionKey, tuple[str, str]]
) -> Iterator[str]:
    known = {field.name for field in load_vocabulary()}
    for key in sorted({*before, *now}):
        if before.get(key) == now.get(key):
            continue
        cycle, procedure_id, field = key
        title = field_name(field) if field in known else field
        what = f"訂正 {cycle} 手続き {procedure_id} {title}（{field}）"
        if key not in now:
            yield f"{what}: 削除されています（{_say(before[key])}）。"
        elif key not in before:
            yield f"{what}: 追加されています（{_say(now[key])}）。"
        else:
            texts = f"{_say(before[key])} でしたが、いまは {_say(now[key])}"
            yield f"{what}: 変更されています（{texts}）。"


def _say(texts: tuple[str, str]) -> str:
    return "→".join(f"「{text}」" if text else "（空欄）" for text in texts)
