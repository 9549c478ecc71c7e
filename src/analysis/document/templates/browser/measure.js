// A measure's meaning: which rows it counts in a scope and a cycle, and what number that makes.
// Written from the words' meaning (docs of the survey), apart from the program that wrote the page.

// Two spellings are one when they differ only in width, blanks and invisible marks.
function sameText(a, b) {
  const plain = (text) => text.normalize("NFKC").replace(/[\p{Cc}\p{Cf}\p{Z}]/gu, "");
  return a === b || plain(a ?? "") === plain(b ?? "");
}

class Counter {
  constructor(evidence) {
    this.evidence = evidence;
    this.tables = evidence.tables;
    this.byId = new Map([...this.tables].map(([cycle, t]) => [cycle, byId(t.get("procedures") ?? [])]));
    this.known = new Map();
    if (!evidence.previous) return;
    const tables = this.tables.get(evidence.cycle);
    tables.set("previous", this.tables.get(evidence.previous).get("procedures") ?? []);
    // Paired when they are first counted: of ten thousand that is the longest part of opening a page.
    tables.set("transitions", null);
  }

  // 異動: every procedure of either cycle, with what became of it.
  pairCycles() {
    const { cycle, previous } = this.evidence;
    const now = this.byId.get(cycle);
    const before = this.byId.get(previous);
    const ids = new Set([...now.keys(), ...before.keys()]);
    const pairs = [...ids].map((id) => describePair(now.get(id), before.get(id), this.evidence.online));
    this.tables.get(cycle).set("transitions", pairs);
    return pairs;
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
    const parts = isChange ? [measure.of] : [measure.part ?? measure.over, measure.whole ?? measure.under];
    return parts.filter((name) => typeof name === "string").every((name) => this.canCount(this.evidence.measures.get(name), cycle));
  }

  // The same measure and scope under another name or cycle.
  other(figure, name, cycle = figure.cycle) {
    return this.find(`${cycle}/${figure.scope.slug}/${name}`);
  }

  // What a figure is made from: 分子 and 分母 of a share, 今回 and 前回 of a change, and so on.
  partsOf(figure) {
    if (figure.part) {
      const [part, whole] = figure.goal ? ["これまで", "全体"] : ["分子", "分母"];
      return [[part, this.other(figure, figure.part)], [whole, this.other(figure, figure.whole)]];
    }
    if (figure.over) {
      const names = typeof figure.under === "string"
        ? [["残り", figure.over], ["速さ", figure.under]] : [["もとの数", figure.over]];
      return names.map(([term, name]) => [term, this.other(figure, name)]);
    }
    if (!figure.of) return [];
    const before = this.other(figure, figure.of, this.evidence.previous);
    return [["今回", this.other(figure, figure.of)], ["前回", before]];
  }

  value(figure) {
    const [first, second] = this.partsOf(figure).map(([, part]) => part);
    if (figure.of) return subtract(this.value(first), this.value(second));
    if (figure.over) {
      const under = second ? this.value(second) : fraction(BigInt(figure.under));
      return divide(this.value(first), under);
    }
    if (figure.goal) return lack(this.size(first), this.size(second), figure.goal);
    if (figure.part) return fraction(this.size(first), this.size(second));
    return fraction(this.size(figure));
  }

  // How many rows a count counts, or what their numbers add up to.
  size(figure) {
    const rows = this.counted(figure);
    if (!figure.summed) return BigInt(rows.length);
    return rows.reduce((sum, row) => sum + BigInt(row[figure.summed]), 0n);
  }

  text(figure) {
    return writeNumber(this.value(figure), figure.unit);
  }

  // The rows that a count counts.
  counted(figure) {
    if (!this.known.has(figure.id)) {
      const rows = this.tables.get(figure.cycle).get(figure.count) ?? this.pairCycles();
      this.known.set(figure.id, rows.filter((row) => isWithin(row, figure.scope)
        && holds(row, figure.where) && (!figure.summed || (row[figure.summed] ?? null) !== null)));
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
    if (figure.over) return this.rows(first);
    if (!figure.of) return withRole("counted", this.counted(figure), (row) => this.besides(figure, row));
    if (!first.part) return this.moved(first, second, "");
    const [nowParts, beforeParts] = [first, second].map((side) => this.partsOf(side));
    return [
      ...this.moved(nowParts[0][1], beforeParts[0][1], "part_"),
      ...this.moved(nowParts[1][1], beforeParts[1][1], "whole_"),
    ];
  }

  // The same procedure in the other cycle, where that decides whether a row counts.
  besides(figure, row) {
    const { compared, cycle, previous } = this.evidence;
    if (!figure.where.some(([field]) => compared.includes(field))) return undefined;
    return this.byId.get(figure.count === "previous" ? cycle : previous)?.get(pairId(row));
  }

  // Which procedures are counted in one cycle and not in the other, or with another number.
  moved(now, before, prefix) {
    const keyOf = now.summed ? (row) => JSON.stringify([pairId(row), row[now.summed]]) : pairId;
    const side = (these, those, role) => {
      const stay = new Set(this.counted(those).map(keyOf));
      const left = this.counted(these).filter((row) => !stay.has(keyOf(row)));
      const beside = this.byId.get(those.cycle);
      return withRole(prefix + role, left, (row) => beside.get(pairId(row)));
    };
    return [...side(now, before, "in"), ...side(before, now, "out")];
  }

  // What moved in and out since the previous cycle, for any count or share of procedures.
  movedSince(figure) {
    const { cycle, previous, measures } = this.evidence;
    const base = measures.get(figure.part ?? figure.name);
    if (figure.of || figure.over || figure.goal || figure.cycle !== cycle || !previous || base.count !== "procedures") return null;
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
