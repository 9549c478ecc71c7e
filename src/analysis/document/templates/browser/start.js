for (const box of document.querySelectorAll(".tool")) new Chooser(box);

// Without its evidence the page stays as it is: every number leads to its line.

const evidence = await unpackEvidence();
const page = readPage();
if (!page.lines.size) return;
nameLinks(evidence, page.links);
const counter = new Counter(evidence);
const panel = new Panel(counter, page);
addToolbar(counter, page, panel);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.figure, a.fact");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  enterAddress(idOf(link));
  panel.open(idOf(link), link.matches(".figure") ? link : null);
});

// A pointer is told by the browser what it points at in a drawing; the keyboard is by this.
const tip = make("p", { id: "tip", "aria-hidden": "true" });
const untell = () => tip.remove();
document.addEventListener("focusin", ({ target }) => {
  const title = target.closest("svg") && titleOf(target);
  if (!title || !target.matches(":focus-visible")) return untell();
  tip.textContent = title.textContent;
  document.body.append(tip);
  const box = target.getBoundingClientRect();
  const left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8);
  tip.style.left = `${scrollX + Math.max(left, 8)}px`;
  tip.style.top = `${scrollY + box.bottom + 6}px`;
});
document.addEventListener("focusout", untell);
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") untell(); });

// A figure's address is that of its line, which the browser has opened: the panel says more.
const follow = () => {
  const id = decodeId(location.hash.slice(1));
  if (!page.lines.has(id)) return panel.hide();
  const evidence = page.lines.get(id).closest("details");
  const link = page.links.find((one) => idOf(one) === id);
  evidence.open = evidence.contains(link);
  panel.lead(id, link);
};
window.addEventListener("popstate", follow);
follow();
