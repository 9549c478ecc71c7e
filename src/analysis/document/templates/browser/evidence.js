// The evidence that the page carries: unpacked, its columns read back into rows.

async function unpackEvidence() {
  const packed = document.getElementById("evidence-data").textContent.split(" ");
  const [found, city = {}] = await Promise.all(packed.map(unpack));
  const tables = new Map();
  for (const [cycle, named] of Object.entries(found.tables)) {
    tables.set(cycle, new Map());
    for (const [name, columns] of Object.entries(named)) {
      tables.get(cycle).set(name, readRows(columns, cycle));
    }
  }
  for (const [cycle, columns] of Object.entries(city)) {
    const own = tables.get(cycle).get("procedures") ?? [];
    tables.get(cycle).set("procedures", putAmong(readRows(columns, cycle), own, found.scopes));
  }
  const evidence = {
    ...found,
    tables,
    fields: new Map(Object.entries(found.fields)),
    measures: new Map(Object.entries(found.measures)),
    scopes: new Map(found.scopes.map((scope) => [scope.slug, scope])),
  };
  restoreNames(evidence);
  return evidence;
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

// The page's own rows in their places among the city's, which are without the rest of the columns.
// Of the page's own departments the city's are not taken: a row that is missing there is missing.
function putAmong(city, own, scopes) {
  const departments = new Set(scopes.filter(({ level }) => level === "department").map(({ slug }) => slug));
  const known = new Map(own.map((row) => [row.procedure_id, row]));
  const rest = Object.fromEntries(["name", "section", ...Object.keys(own[0] ?? {})].map((name) => [name, null]));
  return city.flatMap((row) => known.get(row.procedure_id) ??
    (departments.has(row.department_slug) ? [] : { ...rest, ...row }));
}

function readRows(columns, cycle) {
  const names = Object.keys(columns);
  const lists = names.map((name) => name === "procedure_id" ? readIds(columns[name]) : readColumn(columns[name]));
  const cells = names.filter((name) => name.endsWith("_cell"));
  let row = 0;
  return lists[0].map((_, place) => {
    const record = { cycle };
    names.forEach((name, column) => { record[name] = lists[column][place]; });
    if (record.row_step === undefined) return record;
    row += record.row_step;
    record.row = row;
    for (const name of cells) {
      if (/^[A-Z]+$/.test(record[name] ?? "")) record[name] += row;
    }
    return record;
  });
}

function readColumn(column) {
  return Array.isArray(column) ? column : column.at.map((place) => column.of[place]);
}

// An id may be written as the step from the one before it: 01-0007, then 1 for 01-0008.
function readIds(steps) {
  let id = "";
  return steps.map((step) => {
    id = typeof step === "string" ? step : id.replace(/[0-9]+$/, (serial) =>
      String(Number(serial) + step).padStart(serial.length, "0"));
    return id;
  });
}

// The previous cycle leaves out a name that the procedure still has, and so do other tables.
function restoreNames(evidence) {
  const now = byId(proceduresOf(evidence, evidence.cycle));
  for (const row of proceduresOf(evidence, evidence.previous)) {
    row.name ??= now.get(pairId(row))?.name ?? null;
  }
  const before = byId(proceduresOf(evidence, evidence.previous));
  for (const row of [...evidence.tables.get(evidence.cycle).values()].flat()) {
    row.name ??= now.get(row.procedure_id)?.name ?? before.get(row.procedure_id)?.name ?? null;
  }
}

function proceduresOf(evidence, cycle) {
  return evidence.tables.get(cycle)?.get("procedures") ?? [];
}

// The id by which a procedure is known in both cycles: the current one, if it has changed.
function pairId(row) {
  return row.pair_id ?? row.procedure_id;
}

function byId(rows) {
  return new Map(rows.map((row) => [pairId(row), row]));
}
