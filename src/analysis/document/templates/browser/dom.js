// Elements made of texts: nothing that comes from a workbook is ever read as HTML.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function button(label, act, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", act);
  return element;
}

// A link that opens a figure; `start.js` listens to all of them.
function factLink(id, ...children) {
  return make("a", { class: "fact", href: addressOf(id) }, ...children);
}

function pairs(entries) {
  const list = make("dl");
  for (const [term, ...told] of entries) list.append(make("dt", {}, term), make("dd", {}, ...told));
  return list;
}

function headRow(titles) {
  return make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title)));
}

function bodyRow(cells) {
  return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
}

function plainForSearch(text) {
  return text.normalize("NFKC").toLowerCase();
}
