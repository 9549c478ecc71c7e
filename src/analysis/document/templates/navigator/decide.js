// What the guideline's tables say of answers: `figures/decide.py` says the same, and is compared.
// An answer that is missing satisfies no rule; it is asked for where a rule may still hold.

function decide(tables, answers) {
  const known = new Map(Object.entries(answers).filter(([, answer]) => answer));
  const lacking = new Map();
  return tables.map((table) => {
    const rules = [];
    const unanswered = [];
    for (const rule of table.rules) {
      const fields = Object.keys(rule.when);
      if (fields.some((field) => known.has(field) && !rule.when[field].includes(known.get(field)))) continue;
      const open = fields.filter((field) => !known.has(field));
      if (open.length) unanswered.push(...open);
      else rules.push(rule);
    }
    const isSettled = rules.length > 0 && !table.several;
    const left = isSettled ? [] : unanswered;
    const missing = [...new Set(left.flatMap((field) => lacking.get(field) ?? [field]))];
    if (isSettled) known.set(table.code, rules[0].code);
    else lacking.set(table.code, missing);
    return { table, rules, missing };
  });
}

// What to do next: that of the effort first, each once.
function listSteps(rulings) {
  const isEffort = (ruling) => ruling.table.role === "effort";
  const ordered = [...rulings.filter(isEffort), ...rulings.filter((ruling) => !isEffort(ruling))];
  const steps = ordered.flatMap((ruling) => ruling.rules.map((rule) => rule.step));
  return [...new Set(steps.filter(Boolean))];
}

function listMissing(rulings) {
  return [...new Set(rulings.flatMap((ruling) => ruling.missing))];
}
