// What the page prints: its numbers, each a link to its line of evidence, and those lines.

const NUMBER = /[+−-]?\p{Nd}[\p{Nd},.]*/gu;

function readPage() {
  const links = [...document.querySelectorAll("main a.figure")];
  const lines = new Map();
  for (const line of document.querySelectorAll("#evidence tr[id]")) lines.set(line.id, line);
  return { links, lines };
}

function idOf(link) {
  return decodeId(link.getAttribute("href").slice(1));
}

function decodeId(fragment) {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function addressOf(id) {
  return `#${encodeURI(id)}`;
}

// In a list of links a number alone says nothing: its name says what it counts, and of whom. In a
// sentence the words around it do.
function nameLinks({ cycle, measures, scopes }, links) {
  for (const link of links) {
    // What is drawn has a name of its own.
    if (!link.closest("td, th, dd:not(.note)") || titleOf(link)) continue;
    const [own, slug, name] = idOf(link).split("/");
    const told = [measures.get(name)?.label, scopes.get(slug)?.name, own === cycle ? "" : own];
    link.setAttribute("aria-label", [textOf(link), ...told].filter(Boolean).join("、"));
  }
}

// What a drawing's link says of its figure to who points at it.
function titleOf(link) {
  return link.querySelector(":scope > title");
}

// A link's text without its name and the words that the check itself has put into it.
function textOf(link) {
  return [...link.childNodes].filter((node) => node.localName !== "title" && !node.classList?.contains("verdict"))
    .map((node) => node.textContent).join("").trim();
}

function numbersIn(text) {
  return text.match(NUMBER) ?? text.match(/—/g) ?? [];
}

// Whether a link prints this number. Where the words carry the sign (4件減少、4件減り), it has none.
function prints(link, number) {
  const title = titleOf(link)?.textContent;
  if (title && !numbersIn(title).includes(number)) return false;
  const text = textOf(link);
  // A shape stands for its number without printing it.
  if (title && !text) return true;
  const found = numbersIn(text);
  if (found.length !== 1) return false;
  const words = wordsAfter(link);
  if (words.startsWith("増") && number === `+${found[0]}`) return true;
  if (words.startsWith("減") && number === `${MINUS}${found[0]}`) return true;
  return number === found[0];
}

function wordsAfter(link) {
  let node = link;
  while (!node.nextSibling && node.parentElement?.localName === "strong") node = node.parentElement;
  return node.nextSibling?.textContent ?? "";
}
