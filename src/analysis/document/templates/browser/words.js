// What measures, codes and places are called.

const ROLES = {
  counted: "根拠の行",
  part: "分子と分母に入る行",
  whole: "分母だけに入る行",
  in: "新たに入った行",
  out: "外れた行",
  part_in: "分子に新たに入った行",
  part_out: "分子から外れた行",
  whole_in: "分母に新たに入った行",
  whole_out: "分母から外れた行",
};

// Which answer of a procedure decides what became of it.
const DECIDED_BY = {
  went_online: "status", left_online: "status", renamed: "name", moved: "section",
};

const NONE = "（該当なし）";

function define(evidence, figure) {
  let rounding = "";
  if (figure.part && !figure.goal) rounding = "百分率は四捨五入して小数第一位まで。";
  if (figure.of && evidence.measures.get(figure.of).part) rounding = "四捨五入前の値どうしの差を四捨五入。";
  if (figure.over) rounding = "四捨五入して小数第一位まで。";
  return `${phrase(evidence, figure)}。${rounding}`;
}

function phrase(evidence, measure) {
  const named = (name) => phrase(evidence, evidence.measures.get(name));
  if (measure.of) return `今回調査と前回調査との差：${named(measure.of)}`;
  if (measure.goal) return `（${named(measure.part)}）が（${named(measure.whole)}）の${measure.goal[2]}に足りない数`;
  if (measure.part) return `（${named(measure.part)}）÷（${named(measure.whole)}）`;
  if (measure.over) {
    const under = typeof measure.under === "string" ? `（${named(measure.under)}）` : `${measure.under}か月`;
    return `（${named(measure.over)}）÷${under}`;
  }
  const noun = evidence.nouns[measure.count];
  const summed = measure.summed && `「${fieldName(evidence, measure.summed)}」の計`;
  if (!measure.where.length) return summed ? `${noun}の${summed}` : `${noun}の総数`;
  const conditions = measure.where.map(([field, codes]) => {
    const [name, labels] = evidence.fields.get(field);
    return `「${name}」が${codes.map((code) => `「${labels[code]}」`).join("または")}`;
  });
  return `${conditions.join("、かつ")}である${noun}の${summed ?? "数"}`;
}

function fieldName(evidence, field) {
  return evidence.fields.get(field)?.[0] ?? field;
}

// A cleaned value as people read it.
function valueName(evidence, row, field) {
  const value = row[field] ?? null;
  const names = evidence.fields.get(field)?.[1];
  if (value === null) return "（なし）";
  return codesOf(value).map((code) => names?.[code] ?? String(code)).join("；");
}

// What stands in the workbook's cell.
function rawText(evidence, row, field) {
  const raw = row[`${field}_raw`] ?? null;
  if (raw === null) return (row[field] ?? null) === null ? "（空欄）" : valueName(evidence, row, field);
  return raw === "" ? "（空欄）" : raw;
}

// The answers by which a figure's rows count.
function decisiveFields(evidence, figure) {
  const names = [figure.of, figure.part, figure.whole, figure.over].filter(Boolean);
  const measures = names.length ? names.map((name) => evidence.measures.get(name)) : [figure];
  const fields = measures.flatMap((measure) => measure.count === undefined
    ? decisiveFields(evidence, measure)
    : [...measure.where.flatMap(([field]) => measure.count === "transitions"
      ? DECIDED_BY[field] : evidence.decided[field] ?? field), measure.summed]);
  return [...new Set(fields)].filter(Boolean);
}

// Where the rows stand, a text a sheet: `環境部.xlsx 調査票!7-9,12`. A share's counts say it.
function placeRows(figure, rows) {
  if (figure.part || figure.over) return null;
  if (!rows.length) return NONE;
  const told = [...Map.groupBy(rows, ({ role }) => role)].map(([role, members]) => {
    const places = runsOf(members.map(({ row }) => row), sheetOf).map((run) => placeRun(figure, run));
    return (figure.of ? `${ROLES[role]}：` : "") + places.join("、");
  });
  return told.join(figure.of ? "／" : "、");
}

function sheetOf(row) {
  return JSON.stringify([row.cycle, row.workbook, row.sheet ?? null]);
}

// Neighbours with the same key, in their order.
function runsOf(rows, keyOf) {
  const runs = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last && keyOf(last[0]) === keyOf(row)) last.push(row);
    else runs.push([row]);
  }
  return runs;
}

function placeRun(figure, run) {
  const [{ cycle, workbook, sheet, row }] = run;
  const within = row === undefined
    ? [...new Set(run.map((one) => one.cell).filter(Boolean))].join(",")
    : writeRanges(run.map((one) => one.row));
  const file = (cycle === figure.cycle ? "" : `${cycle}の`) + workbook + (sheet ? ` ${sheet}` : "");
  return within ? `${file}${sheet ? "!" : " "}${within}` : file;
}

function writeRanges(rows) {
  const ranges = [];
  for (const row of rows) {
    const last = ranges.at(-1);
    if (last && row === last.end + 1) last.end = row;
    else ranges.push({ start: row, end: row });
  }
  return ranges.map(({ start, end }) => (start === end ? `${start}` : `${start}-${end}`)).join(",");
}
