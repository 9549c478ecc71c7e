// A measure's meaning: which rows it counts in a scope and a cycle, and what number that makes.
// Written from the words' meaning (docs of the survey), apart from the program that wrote the page.

// Two spellings are one when they differ only in width, blanks and invisible marks.
function sameText(a, b) {
  const plain = (text) => text.normalize("NFKC").replace(/[\p{Cc}\p{Cf}\p{Z}]/gu, "");
  return plain(a ?? "") === plain(b ?? "");
}

class Counter {
  constructor(evidence) {
    this.evidence = evidence;
    this.tables = evidence.tables;
    this.byId = new Map([...this.tables].map(([cycle, t]) => [cycle, byId(t.get("procedures") ?? [])]));
    this.known = new Map();
    if (evidence.previous) this.pairCycles();
  }

  // 異動: every procedure of either cycle, with what became of it.
  pairCycles() {
    const { cycle, previous } = this.evidence;
    const now = this.byId.get(cycle);
    const before = this.byId.get(previous);
    const ids = new Set([...now.keys(), ...before.keys()]);
    const pairs = [...ids].map((id) => describePair(now.get(id), before.get(id), this.evidence.online));
    this.tables.get(cycle).set("transitions", pairs);
  }

  // What a figure's id names, or null if this page can't recount such a figure.
  find(id) {
    const found = /^([^/]+)\/([^/]+)\/([^/]+)$/.exec(id);
    if (!found) return null;
    const [, cycle, slug, name] = found;
    const measure = this.evidence.measures.get(name);
    const scope = this.evidence.scopes.get(slug);
    if (!measure || !scope || !this.canCount(measure, cycle)) return null;
    return { id, cycle, scope, name, ...measure };
  }

  canCount(measure, cycle) {
    if (measure.count) return this.tables.get(cycle)?.has(measure.count) ?? false;
    const isChange = measure.of !== undefined;
    if (isChange && (cycle !== this.evidence.cycle || !this.evidence.previous)) return false;
    const parts = isChange ? [measure.of] : [measure.part, measure.whole];
    return parts.every((name) => this.canCount(this.evidence.measures.get(name), cycle));
  }

  // The same measure and scope under another name or cycle.
  other(figure, name, cycle = figure.cycle) {
    return this.find(`${cycle}/${figure.scope.slug}/${name}`);
  }

  // What a figure is made from: 分子 and 分母 of a share, 今回 and 前回 of a change.
  partsOf(figure) {
    if (figure.part) {
      return [["分子", this.other(figure, figure.part)], ["分母", this.other(figure, figure.whole)]];
    }
    if (!figure.of) return [];
    const before = this.other(figure, figure.of, this.evidence.previous);
    return [["今回", this.other(figure, figure.of)], ["前回", before]];
  }

  value(figure) {
    const [first, second] = this.partsOf(figure).map(([, part]) => part);
    if (figure.of) return subtract(this.value(first), this.value(second));
    if (figure.part) return fraction(this.size(first), this.size(second));
    return fraction(this.size(figure));
  }

  size(figure) {
    return BigInt(this.counted(figure).length);
  }

  text(figure) {
    return writeNumber(this.value(figure), figure.unit);
  }

  // The rows that a count counts.
  counted(figure) {
    if (!this.known.has(figure.id)) {
      const rows = this.tables.get(figure.cycle).get(figure.count);
      this.known.set(figure.id, rows.filter((row) => isWithin(row, figure.scope) && holds(row, figure.where)));
    }
    return this.known.get(figure.id);
  }

  // A figure's evidence: each row with its role, and for one that moved its other cycle beside it.
  rows(figure) {
    const [first, second] = this.partsOf(figure).map(([, part]) => part);
    if (figure.part) {
      const part = new Set(this.counted(first));
      const rest = this.counted(second).filter((row) => !part.has(row));
      return [...withRole("part", [...part]), ...withRole("whole", rest)];
    }
    if (!figure.of) return withRole("counted", this.counted(figure));
    if (!first.part) return this.moved(first, second, "");
    const [nowParts, beforeParts] = [first, second].map((side) => this.partsOf(side));
    return [
      ...this.moved(nowParts[0][1], beforeParts[0][1], "part_"),
      ...this.moved(nowParts[1][1], beforeParts[1][1], "whole_"),
    ];
  }

  // Which procedures are counted in one cycle and not in the other.
  moved(now, before, prefix) {
    const side = (these, those, role) => {
      const stay = new Set(this.counted(those).map(pairId));
      const left = this.counted(these).filter((row) => !stay.has(pairId(row)));
      const beside = this.byId.get(those.cycle);
      return withRole(prefix + role, left, (row) => beside.get(pairId(row)));
    };
    return [...side(now, before, "in"), ...side(before, now, "out")];
  }

  // What moved in and out since the previous cycle, for any count or share of procedures.
  movedSince(figure) {
    const { cycle, previous, measures } = this.evidence;
    const base = measures.get(figure.part ?? figure.name);
    if (figure.of || figure.cycle !== cycle || !previous || base.count !== "procedures") return null;
    return this.rows({ ...figure, of: figure.name, part: undefined });
  }
}

function describePair(now, before, online) {
  const yes = (answer) => (answer ? "yes" : "no");
  const stays = now !== undefined && before !== undefined;
  const differs = (field) => stays && !sameText(now[field], before[field]);
  return {
    ...(now ?? before),
    now,
    before,
    fate: stays ? "continued" : now ? "new" : "abolished",
    paired_by: stays ? before.paired_by ?? "id" : null,
    went_online: yes(stays && online.includes(now.status) && !online.includes(before.status)),
    left_online: yes(stays && !online.includes(now.status) && online.includes(before.status)),
    renamed: yes(differs("name")),
    moved: yes(differs("section") || differs("department_slug")),
  };
}

function isWithin(row, scope) {
  if (scope.level === "all") return true;
  if (row.department_slug !== scope.department) return false;
  return scope.level === "department" || row.section === scope.section;
}

function holds(row, conditions) {
  return conditions.every(([field, codes]) => codesOf(row[field]).some((code) => codes.includes(code)));
}

// An answer's codes, of which there may be several at once; none is a code of its own.
function codesOf(value) {
  return typeof value === "string" && value.includes(";") ? value.split(";") : [value ?? ""];
}

function withRole(role, rows, besides = () => undefined) {
  return rows.map((row) => ({ role, row, beside: besides(row) }));
}
