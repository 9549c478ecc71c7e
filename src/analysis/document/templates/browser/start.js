// Without its evidence the page stays as it is: every number leads to its line.

const evidence = await unpackEvidence();
const page = readPage();
if (!page.lines.size) return;
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

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") panel.close();
});

const follow = () => {
  const id = decodeId(location.hash.slice(1));
  if (page.lines.has(id)) panel.open(id);
  else panel.hide();
};
window.addEventListener("popstate", follow);
follow();
