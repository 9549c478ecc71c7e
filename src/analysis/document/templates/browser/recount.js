// 検算: every figure of the page recounted, and compared with all that the page says of it.

// Returns how many figures there are, and for each that differs what differs and where.
function recountPage(counter, { links, lines }) {
  const found = new Map();
  const blame = (id, words, link) => {
    if (!found.has(id)) found.set(id, { words: new Set(), links: new Set() });
    found.get(id).words.add(words);
    if (link) found.get(id).links.add(link);
  };
  const figures = new Map();
  for (const id of new Set([...lines.keys(), ...links.map(idOf)])) {
    const figure = counter.find(id);
    if (!figure || !lines.has(id)) blame(id, "根拠の行がないか、この頁の行から数え直せません");
    figures.set(id, figure && { ...figure, text: counter.text(figure) });
  }
  for (const link of links) {
    const id = idOf(link);
    const figure = figures.get(id);
    if (!figure) blame(id, `印刷された数値「${textOf(link)}」の根拠がありません`, link);
    else if (!prints(link, figure.text)) {
      blame(id, `印刷は「${textOf(link) || titleOf(link)?.textContent}」、数え直すと「${figure.text}」`, link);
    }
  }
  for (const [id, line] of lines) {
    if (figures.get(id)) compareLine(counter, figures.get(id), line, blame);
  }
  return { total: figures.size, found };
}

function compareLine(counter, figure, line, blame) {
  const section = line.closest("section[data-measure]");
  const definition = section?.querySelector("p.definition")?.textContent.trim();
  if (section?.dataset.measure !== figure.name || definition !== define(counter.evidence, figure)) {
    blame(figure.id, "定義の文が、数え方と違います");
  }
  const linked = [...line.querySelectorAll("a.figure")].map(idOf);
  const wanted = [figure, ...counter.partsOf(figure).map(([, part]) => part)].map(({ id }) => id);
  if (linked.join("\n") !== wanted.join("\n")) blame(figure.id, "もとになる数値が、定義と違います");
  const told = line.lastElementChild;
  const places = placeRows(figure, counter.rows(figure));
  // A department's page leaves the whole city's rows to the overview, to which it leads.
  const isElsewhere = figure.scope.level === "all" && told.querySelector("a:not(.figure)");
  if (places !== null && !isElsewhere && told.textContent.trim() !== places) {
    blame(figure.id, "根拠の行の所在が違います");
  }
}

const VERDICT = "（検算と不一致）";

// Marks the places that print another number, or every place of a figure that differs otherwise.
function markLinks({ links }, { found }) {
  for (const link of links) {
    for (const verdict of link.querySelectorAll(".verdict")) verdict.remove();
    const difference = found.get(idOf(link));
    const isWrong = difference !== undefined && (!difference.links.size || difference.links.has(link));
    link.classList.toggle("differs", isWrong);
    const title = titleOf(link);
    if (title) title.textContent = title.textContent.replace(VERDICT, "") + (isWrong ? VERDICT : "");
    else if (isWrong) link.append(make("span", { class: "verdict spoken" }, VERDICT));
    if (link.ariaLabel) link.ariaLabel = link.ariaLabel.replace(VERDICT, "") + (isWrong ? VERDICT : "");
  }
}
