// The toolbar at the top of the page: 検算 and the search over pages, figures and procedures.

const MOST_FOUND = 20;
const PROCEDURES_AT_ONCE = 100;

function addToolbar(counter, page, panel) {
  const verdict = make("p", { class: "told", role: "status", "aria-live": "polite" });
  const differing = make("ul", { class: "found" });
  const check = button("検算", () => {
    const result = recountPage(counter, page);
    markLinks(page, result);
    verdict.textContent = sayResult(result);
    differing.replaceChildren(...[...result.found].map(([id, { words, links }]) =>
      listDifference(counter, id, words, links, page)));
  }, { class: "check" });
  const box = make("input", { type: "search", id: "search", placeholder: "報告書、数値、手続きを探す" });
  box.setAttribute("aria-label", "報告書（表題、部局）、数値（名称、範囲、値）、手続き（ID、名称、課）を探す");
  const found = make("div", { class: "results", role: "status" });
  const entries = { ページ: listPages(), 数値: [], 手続き: [] };
  const steps = listEntries(entries, counter, page, panel);
  const isLeft = () => !steps.next().done;
  whenIdle(isLeft);
  box.addEventListener("input", () => {
    while (isLeft());
    found.replaceChildren(...search(entries, box.value));
  });
  document.getElementById("content").prepend(
    make("section", { class: "toolbar", "aria-label": "数値を確かめる" },
      make("div", { class: "tools" }, check, box), verdict, differing, found));
}

function sayResult({ total, found }) {
  const agreeing = `検算：${total - found.size}/${total} 一致`;
  return found.size ? `${agreeing}、${found.size}件が不一致` : agreeing;
}

function listDifference(counter, id, words, links, page) {
  const figure = counter.find(id);
  const name = figure ? `${figure.scope.name}　${figure.label}` : id;
  const shown = [...links, ...page.links.filter((link) => idOf(link) === id)][0];
  const text = [name, make("small", {}, `　${[...words].join("／")}`)];
  if (!shown) return make("li", {}, factLink(id, ...text));
  return make("li", {}, button("印刷箇所へ", () => {
    shown.scrollIntoView({ block: "center" });
    shown.focus();
  }), " ", factLink(id, ...text));
}

// What can be found: a text to look in, and an element to show. It is put among the entries in steps,
// so that nobody waits for those of ten thousand procedures.
function* listEntries({ 数値: figures, 手続き: procedures }, counter, page, panel) {
  const { evidence } = counter;
  for (const figure of [...page.lines.keys()].map((id) => counter.find(id)).filter(Boolean)) {
    const told = `${figure.label}　${figure.scope.name}　${figure.cycle}　${panel.say(figure)}`;
    figures.push({ text: plainForSearch(`${told} ${figure.id}`), show: () => factLink(figure.id, told) });
    yield;
  }
  const known = new Map([evidence.previous, evidence.cycle].flatMap((cycle) =>
    [...(counter.byId.get(cycle) ?? [])]));
  for (const row of known.values()) {
    const id = pairId(row);
    const isGone = !counter.byId.get(evidence.cycle)?.has(id);
    const told = `${id}　${row.name ?? ""}　${row.department} ${row.section ?? ""}` +
      (isGone ? "　前回だけの手続き" : "");
    procedures.push({
      isGone,
      text: plainForSearch(`${told} ${counter.byId.get(evidence.previous)?.get(id)?.procedure_id ?? ""}`),
      show: () => button(told, () => panel.openProcedure(id), { class: "procedure" }),
    });
    if (procedures.length % PROCEDURES_AT_ONCE === 0) yield;
  }
}

// The pages to which this one leads, each by the name of the first link to it that says no more than
// that: of a link about something else what is seen is no name.
function listPages() {
  const pages = new Map();
  for (const link of document.querySelectorAll("nav.set a, main a:not(svg a)")) {
    const address = link.getAttribute("href");
    const isName = !link.querySelector(".spoken");
    if (isName && /^[^#?]+\.html$/.test(address) && !pages.has(address)) pages.set(address, link);
  }
  return [...pages.values()].map((link) => ({
    text: plainForSearch(link.textContent), show: () => link.cloneNode(true),
  }));
}

function search(entries, asked) {
  const words = plainForSearch(asked).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return Object.entries(entries).flatMap(([kind, all]) => {
    const found = all.filter(({ text }) => words.every((word) => text.includes(word)));
    const rest = found.length - MOST_FOUND;
    const gone = found.filter(({ isGone }) => isGone).length;
    const head = gone
      ? `${kind} ${writeCount(found.length)}件（うち前回だけの手続き${writeCount(gone)}件）`
      : `${kind} ${writeCount(found.length)}件`;
    return [
      make("h3", {}, head),
      make("ul", { class: "found" }, ...found.slice(0, MOST_FOUND).map(({ show }) => make("li", {}, show()))),
      rest > 0 ? make("p", { class: "note" }, `ほかに${writeCount(rest)}件あります。語を足して絞ってください。`) : "",
    ];
  });
}
