// The sheet of one procedure, or of some answers: what to do, how, whom to ask, and by which rules.

function quoteWords(rule) {
  return rule.words.map((words) => make("blockquote", {}, words));
}

function showRule(rule) {
  return make("li", {}, ...rule.gives.map((text) => make("div", { class: "given" }, text)), ...quoteWords(rule));
}

function showPart(title, rulings) {
  const rules = rulings.flatMap((ruling) => ruling.rules);
  const sections = [...new Set(rulings.map((ruling) => ruling.table.section).filter(Boolean))];
  const part = make("section", { class: "told" }, make("h3", {}, title));
  if (sections.length) part.append(make("p", { class: "note" }, sections.join("、")));
  if (rules.length) part.append(make("ul", {}, ...rules.map(showRule)));
  else part.append(make("p", { class: "open" }, guide.unsettled));
  return part;
}

function showEffort(rulings) {
  const rule = rulings.find((ruling) => ruling.table.role === "effort").rules[0];
  if (!rule) return make("p", { class: "grade" }, `手間：${guide.unsettled}`);
  const grade = guide.grades[rule.grade];
  return make("p", { class: "grade" }, `手間：${grade.label}`, make("span", {}, `（${rule.label}。${grade.about}）`));
}

function nameAnswer(field, answer) {
  const asked = guide.fields[field];
  if (asked) return `${asked.title}：${asked.choices[answer] ?? asked.closed[answer] ?? "（回答なし）"}`;
  const table = guide.tables.find((own) => own.code === field);
  const rule = table.rules.find((own) => own.code === answer);
  return `${table.title}：${rule ? rule.label : guide.unsettled}`;
}

// The path through the rules, step by step: what each table was asked and which rule held.
function showPath(rulings, answers) {
  const told = { ...answers };
  const steps = rulings.map(({ table, rules, missing }) => {
    const fields = [...new Set(table.rules.flatMap((rule) => Object.keys(rule.when)))];
    const asked = fields.map((field) => nameAnswer(field, told[field])).join("、");
    if (rules.length && !table.several) told[table.code] = rules[0].code;
    const held = rules.map((rule) => rule.label).join("、") || guide.unsettled;
    const lacking = missing.length ? `（足りない回答：${nameFields(missing)}）` : "";
    return make("li", {}, make("strong", {}, table.title), `　${asked || "（すべて）"} → ${held}${lacking}`);
  });
  return make("details", { class: "path" }, make("summary", {}, "規則の道すじ"), make("ol", {}, ...steps));
}

function nameFields(fields) {
  return [...new Set(fields.map((field) => guide.fields[field].asks))].join("、");
}

// Of what is online, or not to be, nothing is asked: which of them it is, and that this is all.
function closeSheet(sheet, heading, about, status) {
  delete sheet.dataset.grade;
  delete sheet.dataset.rules;
  sheet.replaceChildren(make("h2", { tabindex: "-1" }, heading), make("p", { class: "about" }, about), make("p", { class: "done" }, `${status}の${guide.done}`));
}

function fillSheet(sheet, heading, about, answers) {
  const rulings = decide(guide.tables, answers);
  const effort = rulings.find((ruling) => ruling.table.role === "effort").rules[0];
  const steps = listSteps(rulings);
  const missing = listMissing(rulings);
  sheet.dataset.grade = effort ? effort.grade : "unsettled";
  sheet.dataset.rules = rulings.map(({ rules }) => rules.map((rule) => rule.code).join("+")).join(" ");
  sheet.replaceChildren(make("h2", { tabindex: "-1" }, heading), make("p", { class: "about" }, about), showEffort(rulings));
  if (missing.length) sheet.append(make("p", { class: "missing" }, `足りない回答：${nameFields(missing)}`));
  const next = make("section", { class: "told" }, make("h3", {}, "次にすること"));
  if (steps.length) next.append(make("ol", { class: "steps" }, ...steps.map((step) => make("li", {}, step))));
  else next.append(make("p", { class: "open" }, "足りない回答を確かめる"));
  sheet.append(next);
  for (const [role, title] of Object.entries(guide.roles)) {
    const own = rulings.filter((ruling) => ruling.table.role === role);
    if (own.length) sheet.append(showPart(title, own));
  }
  const source = make("p", { class: "note" }, `${guide.title}（${guide.version}） 出典：${guide.source}`);
  sheet.append(showPath(rulings, answers), source);
  const toPrint = button("この1枚を印刷", () => window.print());
  sheet.append(make("p", { class: "screen" }, toPrint));
}
