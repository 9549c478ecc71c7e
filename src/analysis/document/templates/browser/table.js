// A table of the page as a tool: its rows sorted by any column, chosen by some, told in the address.
// A short table's own rows are moved; of a long one, that is in parts, a copy of those chosen is shown.

// Of a table of more rows the header stays in sight.
const TALL = 30;
const MOST_COPIED = 200;
const ORDER = "並び";
const WORDS = "語";
const BETWEEN_CODES = "・";
const ROWS_AT_ONCE = 250;

class Chooser {
  constructor(box) {
    this.box = box;
    this.isLong = box.classList.contains("long");
    this.table = box.querySelector("table");
    box.classList.toggle("tall", box.querySelectorAll("tbody tr").length > TALL);
    this.name = this.table.caption.textContent;
    this.columns = [...this.table.tHead.querySelectorAll("[data-column]")].map(readHead);
    this.told = make("p", { class: "told", role: "status" });
    this.more = button("", () => this.grow(), { class: "more", hidden: "" });
    this.wanted = new URLSearchParams(location.search);
    for (const column of this.columns) this.addOrder(column);
    box.before(this.makeControls(), this.told);
    box.after(this.more);
    window.addEventListener("beforeprint", () => this.grow(Infinity));
    if (this.wanted.size) this.show();
    else if (this.isLong) whenIdle(() => this.readOn(ROWS_AT_ONCE) || this.fillChoices());
  }

  get rows() {
    this.readOn(Infinity);
    return this.known;
  }

  // Of ten thousand rows this is the longest part, so it is done while nobody waits for it; tells
  // whether any are left.
  readOn(most) {
    this.found ??= [...this.box.querySelectorAll("tbody tr:not(.head, .total)")];
    this.known ??= [];
    for (const element of this.found.slice(this.known.length, this.known.length + most)) {
      const texts = [];
      for (let cell = element.firstChild; cell; cell = cell.nextSibling) texts.push(cell.textContent);
      this.known.push({ element, home: element.parentElement, texts, plain: plainForSearch(texts.join("\t")) });
    }
    return this.known.length < this.found.length;
  }

  addOrder(column) {
    const act = button(column.title, () => this.ask(ORDER, this.nextOrder(column)), { class: "order" });
    column.head.replaceChildren(act);
  }

  // Numbers begin with the greatest; the third time the table is as it was.
  nextOrder({ title, isNumber }) {
    const steps = isNumber ? [`-${title}`, title] : [title, `-${title}`];
    return steps[steps.indexOf(this.wanted.get(ORDER)) + 1] ?? "";
  }

  makeControls() {
    const words = make("input", { type: "search", "aria-label": `${this.name}を語で絞り込む`, placeholder: "語で絞り込む" });
    this.controls = new Map([[WORDS, words]]);
    const labels = this.columns.filter(({ picks }) => picks).map((column) => {
      const control = column.picks === "one" ? make("select", {}, make("option", { value: "" }, "すべて")) : make("input", { type: "number", min: "0", step: "1" });
      this.controls.set(column.title, control);
      return make("label", {}, `${column.title} `, control, column.picks === "one" ? "" : " 以上");
    });
    // What can be chosen is looked for when somebody is about to choose.
    const fill = () => this.fillChoices();
    const all = button("すべて表示", () => this.clear());
    const save = button("CSV", () => this.save(), { "aria-label": "表示している行を CSV で保存" });
    const bar = make("div", { class: "tools chooser", role: "search", "aria-label": this.name }, words, ...labels, all, save);
    for (const event of ["focusin", "pointerover"]) bar.addEventListener(event, fill, { once: true });
    for (const [name, control] of this.controls) {
      control.addEventListener("input", () => this.ask(name, control.value));
    }
    if (this.wanted.size) fill();
    this.forgetUnknown();
    return bar;
  }

  // An address made by hand may ask for what no control can show: rows would be missing without a reason.
  // What one shows is what it understood of that.
  forgetUnknown() {
    for (const name of [...this.wanted.keys()]) {
      const order = this.wanted.get(ORDER);
      const value = name === ORDER
        ? this.columns.some(({ title }) => title === order.replace(/^-/, "")) && order
        : this.controls.get(name)?.value;
      if (value) this.wanted.set(name, value);
      else this.wanted.delete(name);
    }
  }

  fillChoices() {
    for (const column of this.columns.filter(({ picks }) => picks === "one")) {
      const control = this.controls.get(column.title);
      if (control.options.length > 1) continue;
      const found = new Set(this.rows.flatMap(({ texts }) => valuesOf(column, texts)));
      const named = [...found].map((value) => [value, column.codes.has(value) ? `${value} ${column.codes.get(value)}` : value]);
      if (column.codes.size) named.sort(([one], [other]) => (one < other ? -1 : 1));
      if (column.order.size) named.sort(([one], [other]) => rank(column, one) - rank(column, other));
      control.append(...named.map(([value, text]) => make("option", { value }, text)));
    }
    for (const [name, control] of this.controls) {
      let value = this.wanted.get(name) ?? "";
      if (control.type === "number") value = plainForSearch(value).replace(/[,\s]/g, "");
      // Whoever is just writing a word is not disturbed.
      if (control.value !== value) control.value = value;
    }
  }

  ask(name, value) {
    if (value) this.wanted.set(name, value);
    else this.wanted.delete(name);
    const asked = String(this.wanted);
    history.replaceState(history.state, "", `${location.pathname}${asked && `?${asked}`}${location.hash}`);
    this.show();
  }

  clear() {
    this.fillChoices();
    for (const name of [...this.wanted.keys()]) this.wanted.delete(name);
    for (const control of this.controls.values()) control.value = "";
    this.ask(ORDER, "");
  }

  choose() {
    const words = plainForSearch(this.wanted.get(WORDS) ?? "").split(/\s+/).filter(Boolean);
    const tests = this.columns.filter(({ picks, title }) => picks && this.wanted.has(title)).map((column) => {
      const value = this.wanted.get(column.title);
      if (column.picks === "one") return ({ texts }) => valuesOf(column, texts).includes(value);
      return ({ texts }) => numberOf(texts[column.place]) >= Number(value);
    });
    if (words.length) {
      tests.push(({ plain }) => words.every((word) => plain.includes(word)));
    }
    const chosen = this.rows.filter((row) => tests.every((test) => test(row)));
    const order = this.wanted.get(ORDER) ?? "";
    const column = this.columns.find(({ title }) => title === order.replace(/^-/, ""));
    if (!column) return { chosen, order: "" };
    return { chosen: sortRows(chosen, column, order.startsWith("-") ? -1 : 1), order, column };
  }

  show() {
    const { chosen, order, column } = this.choose();
    this.chosen = chosen;
    for (const { head, title } of this.columns) {
      if (title !== column?.title) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", order.startsWith("-") ? "descending" : "ascending");
    }
    if (this.isLong) this.copy();
    else this.move(order);
    const total = this.rows.length;
    this.told.textContent = this.wanted.size ? `${writeCount(total)}行のうち${writeCount(chosen.length)}行を表示` : "";
  }

  move(order) {
    this.box.classList.toggle("flat", Boolean(order));
    const shown = new Set(this.chosen);
    const last = this.rows.at(-1).home;
    const total = this.box.querySelector("tr.total");
    for (const row of this.rows) row.element.hidden = !shown.has(row);
    for (const { element, home } of order ? this.chosen : this.rows) (order ? last : home).append(element);
    if (total) {
      last.append(total);
      this.sum ??= total.cells[0].textContent;
      total.cells[0].textContent = this.chosen.length < this.rows.length ? "全体の計" : this.sum;
    }
    for (const head of this.box.querySelectorAll("tr.head")) this.showHead(head, order);
  }

  // What heads a section counts all of its rows, as the total does, and says so where some are not shown.
  showHead(head, order) {
    const rows = [...head.parentElement.rows].filter((row) => row !== head);
    head.hidden = Boolean(order) || rows.every((row) => row.hidden);
    head.querySelector(".note")?.remove();
    if (rows.some((row) => row.hidden)) head.cells[0].append(make("span", { class: "note" }, "（絞り込む前）"));
  }

  // The header, with its buttons, stands over the rows that are shown.
  copy() {
    const isWhole = !this.wanted.size;
    if (isWhole && !this.copied) return;
    const focused = document.activeElement;
    this.copied ??= this.makeCopy();
    (isWhole ? this.table : this.copied).tHead = this.table.tHead ?? this.copied.tHead;
    for (const part of this.box.querySelectorAll(":scope > .part")) part.hidden = !isWhole;
    this.copied.hidden = isWhole;
    this.copied.tBodies[0].replaceChildren();
    this.more.hidden = true;
    if (!isWhole) this.grow(FIRST_SLICE);
    // To ask for the focus where it is would lay the page out once more.
    if (document.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  makeCopy() {
    const copied = make("table", { class: "flat" }, this.table.caption.cloneNode(true), make("tbody"));
    this.box.append(copied);
    return copied;
  }

  grow(most = MOST_COPIED) {
    if (!this.copied || this.copied.hidden) return;
    const body = this.copied.tBodies[0];
    const from = body.rows.length;
    body.append(...this.chosen.slice(from, from + most).map(({ element }) => element.cloneNode(true)));
    const rest = this.chosen.length - body.rows.length;
    this.more.hidden = rest <= 0;
    this.more.textContent = `続きの${Math.min(rest, MOST_COPIED)}行を表示（残り${writeCount(rest)}行）`;
    if (from) focusOn(body.rows[from]);
  }

  save() {
    const { chosen } = this.choose();
    const tell = ({ codes, place }, texts) => codes.size
      ? valuesOf({ codes, place }, texts).map((code) => codes.get(code) ?? code).join("；") : texts[place];
    const lines = chosen.map(({ texts }) => this.columns.map((column) => tell(column, texts)));
    saveFile(writeCsv([this.columns.map(({ title }) => title), ...lines]), `${this.name}.csv`);
  }
}

function readHead(head) {
  const codes = (head.dataset.codes ?? "").split("\n").filter(Boolean).map((line) => {
    const at = line.indexOf(" ");
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return {
    head, title: head.textContent, place: Number(head.dataset.column), picks: head.dataset.picks,
    isNumber: head.classList.contains("number"), codes: new Map(codes),
    order: new Map((head.dataset.order ?? "").split("\n").filter(Boolean).map((word, place) => [word, place])),
  };
}

function valuesOf({ codes, place }, texts) {
  return codes.size ? texts[place].split(BETWEEN_CODES) : [texts[place]];
}

// What is no number is the least of all.
function numberOf(text) {
  const written = text.match(/[+−-]?[\d,]+(\.\d+)?/)?.[0].replaceAll(",", "").replace("−", "-");
  return written === undefined ? -Infinity : Number(written);
}

// Words that have an order stand by it, others behind them.
function rank({ order }, word) {
  return order.get(word) ?? order.size;
}

function sortRows(rows, column, sign) {
  const { place, isNumber, order } = column;
  const keyOf = (text) => (isNumber ? numberOf(text) : order.size ? rank(column, text) : text);
  const keyed = rows.map((row) => [keyOf(row.texts[place]), row]);
  keyed.sort(([one], [other]) => (one < other ? -sign : one > other ? sign : 0));
  return keyed.map(([, row]) => row);
}
