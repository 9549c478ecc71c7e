"""Propose, for people to decide, which unpaired procedures of two cycles may be the same.

Names that are alike prove nothing, so nothing here pairs anything: a proposal becomes a pair when
someone copies its line into `matches.csv` with who decided it, when and why.
"""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.cycle import MATCHES_NAME, Cycle
from analysis.place import deliver_file
from analysis.questionnaire.spellings import match_key
from analysis.survey.pairs.confirm import DECIDED_COLUMNS, PROPOSED_COLUMNS
from analysis.survey.pairs.likeness import LEAST_ALIKE
from analysis.survey.pairs.match import pair_cycles
from analysis.survey.plain_csv import write_csv
from analysis.survey.problems import shorten
from analysis.survey.survey import Survey

PROPOSALS_NAME = "proposals.csv"
PROPOSAL_COLUMNS = (*DECIDED_COLUMNS, *PROPOSED_COLUMNS)

_LONGEST_COMPARED = 200
_MOST_PROPOSED = 3
_MOST_DESCRIBED = 20
# A law that agrees tells more than a section, which is often renamed itself.
_LAW_WEIGHT, _SECTION_WEIGHT = 20, 5


def propose_matches(survey: Survey, previous: Survey | None) -> pd.DataFrame:
    """Return the pairs worth looking at: one row per proposal, with PROPOSAL_COLUMNS.

    Compared are, within each department, the procedures of `previous` and of `survey` that are
    paired with nothing and of which no confirmed line speaks. Proposed are for each previous one
    the best three whose names are alike by at least 60 of 100; `score` is that likeness of names
    (int64), `rank` the place among the proposals for the previous procedure (int64), `grounds` says
    in words what agrees. Law and section decide only the order. The first of DECIDED_COLUMNS are
    the two ids, the others are left blank (NA) for who decides. Order: the previous rows' order,
    then `rank`.

    >>> from dataclasses import replace
    >>> now = rows[:1].assign(procedure_id="K-011", name="届出書その1")
    >>> found = propose_matches(replace(survey, rows=now), findings.previous)
    >>> found[["previous_id", "current_id", "rank", "score", "grounds"]]
      previous_id current_id  rank  score                 grounds
    0       K-901      K-011     1     91  名称の類似 91、根拠法令等が同じ、課が同じ
    """
    rows = survey.rows.iloc[:0] if previous is None else previous.rows
    pairs = pair_cycles(survey.rows, rows, survey.matches)
    now, before = (
        _list_unpaired(frame, pairs[name], survey.matches[name])
        # Nothing is proposed to a first cycle, whatever its names.
        for frame, name in (
            (survey.rows if len(rows) else rows, "current_id"),
            (rows, "previous_id"),
        )
    )
    found = [
        proposal
        for slug, group in before.groupby("department_slug", sort=False)
        for proposal in _propose_within(group, now[now["department_slug"] == slug])
    ]
    frame = pd.DataFrame(found, columns=list(PROPOSAL_COLUMNS))
    kinds = dict.fromkeys(PROPOSAL_COLUMNS, "str") | {"rank": "int64", "score": "int64"}
    return frame.astype(kinds)


def describe_proposals(proposals: pd.DataFrame, cycle: Cycle) -> str:
    """Return the proposals as text, the best for each previous procedure; nothing if none.

    >>> names = [f"{side}_{part}" for side in ("previous", "current") for part in ("id", "name")]
    >>> found = pd.DataFrame([["K-901", "届出その1", "K-011", "届出書その1"]], columns=names)
    >>> found = found.assign(rank=1, department="環境部", grounds="名称の類似 91")
    >>> print(describe_proposals(found, ledger.cycle).splitlines()[2])
      ・環境部: 前回 K-901「届出その1」 → 今回 K-011「届出書その1」（名称の類似 91）
    """
    best = proposals[proposals["rank"] == 1]
    if best.empty:
        return ""
    lines = [
        f"\n前回と今回とで同じかもしれない手続き {len(best):,}件（対応させていません）",
        *(
            f"  ・{row['department']}: 前回 {_name(row, 'previous')} → 今回 {_name(row, 'current')}"
            f"（{row['grounds']}）"
            for row in best.head(_MOST_DESCRIBED).to_dict("records")
        ),
    ]
    if len(best) > _MOST_DESCRIBED:
        lines.append(f"  ……ほか{len(best) - _MOST_DESCRIBED:,}件")
    folder = "/".join(cycle.processed_folder.parts[-3:])
    lines.append(
        f"同じ手続きであれば、{folder}/{PROPOSALS_NAME} の行に決定者、決定日、理由を書き加え、"
        f"data/raw/{cycle.day}/{MATCHES_NAME} に写してください。"
    )
    return "\n".join(lines) + "\n"


def _name(row: Mapping[Hashable, Any], side: str) -> str:
    return f"{shorten(row[f'{side}_id'])}「{shorten(row[f'{side}_name'])}」"


def store_proposals(proposals: pd.DataFrame, cycle: Cycle) -> None:
    """Write the proposals into the cycle's processed folder; raise SurveyError if it can't be.

    >>> found = pd.DataFrame({"previous_id": ["K-901"], "current_id": ["K-011"]})
    >>> store_proposals(found, ledger.cycle)
    >>> (ledger.cycle.processed_folder / PROPOSALS_NAME).read_text("utf-8-sig").split()
    ['previous_id,current_id', 'K-901,K-011']
    """
    deliver_file(cycle.processed_folder / PROPOSALS_NAME, write_csv(proposals))


def _list_unpaired(
    rows: pd.DataFrame, paired: "pd.Series[str]", confirmed: "pd.Series[str]"
) -> pd.DataFrame:
    ids = rows["procedure_id"]
    is_open = ids.notna() & ~ids.isin(paired) & ~ids.isin(confirmed) & rows["name"].notna()
    names = ["procedure_id", "department", "department_slug", "section", "name", "law"]
    unpaired = rows.loc[is_open, names].reset_index(drop=True)
    folded = {
        f"{name}_key": unpaired[name].fillna("").map(match_key)
        for name in ("name", "law", "section")
    }
    return unpaired.assign(**folded)


def _propose_within(before: pd.DataFrame, now: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Yield the proposals of one department."""
    if before.empty or now.empty:
        return
    # Asked for by one command only: not loaded for the others.
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    alike = process.cdist(
        *(side["name_key"].str[:_LONGEST_COMPARED].tolist() for side in (before, now)),
        scorer=fuzz.ratio,
        score_cutoff=LEAST_ALIKE,
        dtype=np.uint8,
    )
    laws, sections = (now[f"{name}_key"].to_numpy(dtype=object) for name in ("law", "section"))
    others = now.to_dict("records")
    for own, scores in zip(before.to_dict("records"), alike, strict=True):
        same_law = (laws == own["law_key"]) & (own["law_key"] != "")
        same_section = sections == own["section_key"]
        weights = scores + _LAW_WEIGHT * same_law + _SECTION_WEIGHT * same_section
        best = np.argsort(-weights.astype(np.int64) * (scores > 0), kind="stable")[:_MOST_PROPOSED]
        for rank, at in enumerate((int(at) for at in best if scores[at]), start=1):
            score = int(scores[at])
            agreeing = (("根拠法令等が同じ", same_law[at]), ("課が同じ", same_section[at]))
            grounds = [f"名称の類似 {score}", *(words for words, holds in agreeing if holds)]
            yield (
                own["procedure_id"],
                others[at]["procedure_id"],
                *(None for _ in DECIDED_COLUMNS[2:]),
                rank,
                score,
                "、".join(grounds),
                own["department"],
                own["name"],
                others[at]["name"],
            )
