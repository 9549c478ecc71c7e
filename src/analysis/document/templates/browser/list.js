// A list of rows: the cells they stand in, a filter, copy and CSV. Long lists grow on demand.

const FIRST_SLICE = 50;
const SLICE = 500;

// The columns and lines of a figure's rows: a procedure that moved has a line for each cycle.
function describeRows(evidence, figure, rows) {
  if (rows.length && rows[0].row.procedure_id === undefined) return describeOthers(evidence, figure, rows);
  const fields = decisiveFields(evidence, figure);
  const titles = ["区分", "調査回", "手続きID", "手続き名", "部局", "課"];
  for (const field of fields) {
    titles.push(`${fieldName(evidence, field)}（記載）`, `${fieldName(evidence, field)}（整理後）`);
  }
  titles.push("調査票", "シート", "セル");
  const line = (role, row) => [
    ROLES[role], row.cycle, withRaw(row, "procedure_id"), row.name ?? "", row.department ?? "",
    withRaw(row, "section"),
    ...fields.flatMap((field) => [rawText(evidence, row, field), readText(evidence, row, field)]),
    row.workbook, row.sheet ?? "", cellsOf(row, fields),
  ];
  const items = rows.flatMap(({ role, row, beside }) => {
    const others = row.now ? [row.now, row.before] : [row, beside];
    return others.filter(Boolean).map((one) => [role, one]);
  });
  const note = items.length > rows.length ? "　動いた手続きごとに、今回と前回の行" : "";
  return { titles, items, write: (item) => line(...item), note };
}

function describeOthers(evidence, figure, rows) {
  const fields = decisiveFields(evidence, figure);
  const titles = ["部局", "内容", ...fields.map((field) => fieldName(evidence, field))];
  const write = ({ row }) => [
    row.department ?? "市全体", row.told ?? "", ...fields.map((field) => valueName(evidence, row, field)),
    row.workbook, row.sheet ?? "", row.cell ?? "",
  ];
  return { titles: [...titles, "ファイル", "シート", "セル"], items: rows, write };
}

function withRaw(row, field) {
  const raw = row[`${field}_raw`] ?? null;
  const value = row[field] ?? "";
  return raw === null ? value : `${value}（記載：${raw || "空欄"}）`;
}

// The cleaned value; a corrected one with the decision.
function readText(evidence, row, field) {
  const value = valueName(evidence, row, field);
  const decision = row[`${field}_corrected`];
  return decision ? `${value}（${decision}）` : value;
}

function cellsOf(row, fields) {
  const cells = ["procedure_id", ...fields].map((field) => row[`${field}_cell`]);
  return [...new Set(cells.filter(Boolean))].join("・");
}

// What a spreadsheet would take for a formula gets an apostrophe; a number with its sign is none.
function safeText(text) {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^[+-][0-9][0-9,]*(\.[0-9]+)?%?$/.test(text);
  return isFormula ? `'${text}` : text;
}

function writeCsv(lines) {
  const quote = (text) => `"${safeText(text).replaceAll('"', '""')}"`;
  return `\ufeff${lines.map((line) => `${line.map(quote).join(",")}\r\n`).join("")}`;
}

function writeTsv(lines) {
  const plain = (text) => safeText(text).replace(/[\t\r\n]+/g, " ");
  return lines.map((line) => line.map(plain).join("\t")).join("\n");
}

// The list as an element; `name` names its CSV file. An item is written as its line when that is
// shown, sought or saved: ten thousand of them take longer than a panel may.
function showList({ titles, items, write = (line) => line, note = "" }, name) {
  const filter = make("input", { type: "search", "aria-label": "行を絞り込む", placeholder: "絞り込み" });
  const told = make("p", { class: "told", role: "status" });
  const body = make("tbody");
  const table = make("table", {}, make("thead", {}, headRow(titles)), body);
  const more = button("", () => grow(true), { class: "more" });
  let chosen = items;
  let texts = null;
  const grow = (isAsked) => {
    const shown = body.rows.length;
    const next = chosen.slice(shown, shown + (isAsked ? SLICE : FIRST_SLICE));
    body.append(...next.map((item) => bodyRow(write(item))));
    const rest = chosen.length - body.rows.length;
    more.hidden = rest === 0;
    more.textContent = `続きの${Math.min(rest, SLICE)}行を表示（残り${writeCount(rest)}行）`;
    if (isAsked) focusOn(body.rows[shown]);
  };
  const choose = () => {
    const wanted = plainForSearch(filter.value).split(/\s+/).filter(Boolean);
    if (wanted.length) texts ??= items.map((item) => plainForSearch(write(item).join("\t")));
    chosen = items.filter((_, place) => wanted.every((word) => texts[place].includes(word)));
    const all = chosen.length < items.length ? `（全${writeCount(items.length)}行）` : "";
    told.textContent = `${writeCount(chosen.length)}行${all}${note}`;
    body.replaceChildren();
    grow(false);
  };
  filter.addEventListener("input", choose);
  const copy = button("コピー", async () => {
    await copyText(writeTsv([titles, ...chosen.map(write)]));
    told.textContent = `${writeCount(chosen.length)}行をコピーしました`;
  });
  const save = button("CSV", () => saveFile(writeCsv([titles, ...chosen.map(write)]), `${name}.csv`));
  choose();
  const box = make("div", { class: "table", role: "group", tabindex: "0", "aria-label": "行の一覧" }, table);
  return make("div", { class: "rows" }, make("div", { class: "tools" }, filter, copy, save), told, box, more);
}

function focusOn(element) {
  element.tabIndex = -1;
  element.focus();
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = make("textarea", { class: "spoken" });
    box.value = text;
    const before = document.activeElement;
    // Beside an open panel nothing can be selected.
    (before?.closest("dialog") ?? document.body).append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    before?.focus();
  }
}

function saveFile(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  make("a", { href: address, download: name.replaceAll("/", "_") }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
