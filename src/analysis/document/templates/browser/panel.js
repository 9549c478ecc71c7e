// The panel: one figure, what it means, what it is made from, and its rows.

const UNNAMED = "手続き名は、この頁が扱う部局のものだけを載せています。ほかの部局の手続き名は、全体の報告書にあります。";

class Panel {
  constructor(counter, page) {
    this.counter = counter;
    this.evidence = counter.evidence;
    this.page = page;
    this.link = null;
    this.back = null;
    this.element = make("dialog", { id: "panel", "aria-labelledby": "panel-title" });
    this.element.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element && isOutside(this.element, event)) this.passOn(event);
    });
    document.body.append(this.element);
  }

  // Opens a figure; `link` is the printed number it was opened from, to which closing gives the
  // focus back.
  open(id, link = null) {
    const figure = this.counter.find(id);
    this.setLink(link ?? this.page.links.find((one) => idOf(one) === id) ?? null);
    this.back = link ?? this.back;
    const body = figure ? this.describe(figure) : [make("p", {}, "この数値は、この頁の行から数え直せません。")];
    this.show(figure ? figure.label : id, ...body);
  }

  show(title, ...children) {
    const heading = make("h2", { id: "panel-title", tabindex: "-1" }, title);
    const bar = make("div", { class: "tools" },
      button("前の数値", () => this.step(-1)), button("次の数値", () => this.step(1)),
      button("閉じる", () => this.close(), { class: "close" }));
    this.element.replaceChildren(bar, heading, ...children);
    this.makeWay();
    if (!this.element.open) this.element.showModal();
    this.element.scrollTop = 0;
    heading.focus({ preventScroll: true });
  }

  // Leaves free the side of the window on which the number stands; the page itself stays.
  makeWay() {
    const box = this.link?.getBoundingClientRect();
    const isFar = box && (box.left + box.right) / 2 > innerWidth / 2;
    const isLow = box && (box.top + box.bottom) / 2 > innerHeight / 2;
    this.element.classList.toggle("left", Boolean(isFar));
    this.element.classList.toggle("up", Boolean(isLow));
  }

  // The focus goes to where it came from, or to the number that was last led to.
  hide() {
    const { back } = this;
    this.back = null;
    this.setLink(null);
    if (!this.element.open) return;
    this.element.close();
    back?.focus({ preventScroll: true });
  }

  // Closes for good: the address is without the figure.
  close() {
    if (!this.element.open) return;
    this.hide();
    leaveAddress();
  }

  // A click beside the panel closes it, and opens the number that was meant by it.
  passOn(event) {
    this.close();
    document.elementFromPoint(event.clientX, event.clientY)?.closest("a.figure")?.dispatchEvent(
      new MouseEvent("click", { bubbles: true, cancelable: true }));
  }

  setLink(link) {
    this.link?.classList.remove("current");
    this.link = link;
    this.link?.classList.add("current");
  }

  // Goes to the next printed number that is another figure.
  step(direction) {
    const { links } = this.page;
    const here = links.indexOf(this.link);
    let place = here < 0 ? (direction > 0 ? 0 : links.length - 1) : here + direction;
    while (links[place] && here >= 0 && idOf(links[place]) === idOf(links[here])) place += direction;
    if (!links[place]) return;
    enterAddress(idOf(links[place]));
    this.lead(idOf(links[place]), links[place]);
  }

  // Opens a figure and brings its number into sight, in the sentence or table where it stands.
  lead(id, link) {
    reveal(link);
    this.open(id, link);
  }

  describe(figure) {
    const facts = pairs([
      ["範囲", figure.scope.name],
      ["調査回", figure.cycle],
      ["値", make("strong", { class: "value" }, this.say(figure))],
      ["数値ID", make("code", {}, figure.id)],
      ["定義", define(this.evidence, figure)],
      ...this.counter.partsOf(figure).map(([term, part]) => [term, this.linkTo(part)]),
      ...this.describePast(figure),
    ]);
    const line = this.page.lines.get(figure.id);
    const children = [facts];
    if (line) children.push(make("p", {}, button("数値の根拠の行へ", () => this.leaveFor(line))));
    return [...children, ...this.describeRows(figure)];
  }

  say(figure) {
    const text = this.counter.text(figure);
    return text === BLANK ? text : text + figure.unit.name;
  }

  // A figure as a link, or as plain text where the page has no line for it.
  linkTo(figure) {
    const text = `${figure.label} ${this.say(figure)}`;
    return this.page.lines.has(figure.id) ? factLink(figure.id, text) : text;
  }

  describePast(figure) {
    const { cycle, previous } = this.evidence;
    if (figure.of || figure.cycle !== cycle || !previous) return [];
    const before = this.counter.other(figure, figure.name, previous);
    return before ? [[`前回（${previous}）`, this.linkTo(before)]] : [];
  }

  describeRows(figure) {
    const rows = this.counter.rows(figure);
    const moved = this.counter.movedSince(figure);
    const box = make("div", { class: "list" });
    const views = [[`根拠の行（${writeCount(rows.length)}）`, figure, rows]];
    if (moved) views.push([this.sayMoved(moved), { ...figure, of: figure.name, part: undefined }, moved]);
    const buttons = views.map(([label, as, shown], place) => button(label, () => {
      buttons.forEach((one, other) => one.setAttribute("aria-pressed", String(other === place)));
      box.replaceChildren(showList(describeRows(this.evidence, as, shown), figure.id));
    }, { "aria-pressed": "false", "data-rows": shown.length }));
    buttons[0].click();
    const note = rows.some(({ row }) => row.name === null) ? make("p", { class: "note" }, UNNAMED) : "";
    return [make("h3", {}, "行"), make("div", { class: "tools views" }, ...buttons), note, box];
  }

  sayMoved(rows) {
    const counts = Map.groupBy(rows, ({ role }) => role);
    const size = (suffix) => [...counts].filter(([role]) => role.endsWith(suffix))
      .reduce((sum, [, members]) => sum + members.length, 0);
    return `前回からの異動（新たに${writeCount(size("in"))}、外れた${writeCount(size("out"))}）`;
  }

  // From the panel to a place in the page.
  leaveFor(element) {
    this.close();
    reveal(element);
    focusOn(element);
  }

  // A procedure: its cells in both cycles, and which figures of the page count it.
  openProcedure(id) {
    this.setLink(null);
    leaveAddress();
    const cycles = [this.evidence.cycle, this.evidence.previous].filter(Boolean);
    const rows = cycles.map((cycle) => this.counter.byId.get(cycle)?.get(id)).filter(Boolean);
    const counting = [...this.page.lines.keys()].map((one) => this.counter.find(one))
      .filter((figure) => figure && this.counts(figure, id));
    this.show(
      `${id}　${rows[0].name ?? ""}`,
      ...this.describePair(rows.at(-1)),
      make("h3", {}, "調査票の記載"),
      showList(describeCells(this.evidence, rows), id),
      make("h3", {}, `この手続きを数える数値（${counting.length}）`),
      make("ul", { class: "found" }, ...counting.map((figure) => make("li", {},
        this.linkTo(figure), `　${figure.scope.name}　${figure.cycle}`))),
    );
  }

  // Which id a procedure had before, where it was another.
  describePair(before) {
    if (!before.paired_by) return [];
    const way = this.evidence.fields.get("paired_by")?.[1][before.paired_by] ?? before.paired_by;
    return [make("p", { class: "note" }, `前回の手続きIDは ${before.procedure_id} です（${way}）。`)];
  }

  counts(figure, id) {
    return this.counter.rows(figure).some(({ row }) => pairId(row) === id);
  }
}

function describeCells(evidence, rows) {
  const titles = ["調査回", "項目", "記載", "整理後", "部局", "調査票", "シート", "セル"];
  const items = rows.flatMap((row) => Object.keys(row).filter((key) => key.endsWith("_cell")).map((key) => {
    const field = key.replace(/_cell$/, "");
    return [
      row.cycle, fieldName(evidence, field), rawText(evidence, row, field), readText(evidence, row, field),
      row.department, row.workbook, row.sheet ?? "", row[key] ?? "",
    ];
  }));
  return { titles, items };
}

function isOutside(element, { clientX, clientY }) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

// Opens what hides an element, and scrolls to it where it is out of sight.
function reveal(element) {
  for (let box = element?.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  element?.scrollIntoView({ block: "center", inline: "nearest" });
}

// The address names the open figure, so that it can be passed on, and so that 戻る goes back to it.
function enterAddress(id) {
  if (decodeId(location.hash.slice(1)) !== id) history.pushState(null, "", addressOf(id));
}

function leaveAddress() {
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
}
