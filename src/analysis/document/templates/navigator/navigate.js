// Two ways in: a procedure is picked from the list, or the questions are answered one by one.

const SHOWN = 20;
const guide = JSON.parse(document.getElementById("guide-data").textContent);
const fieldNames = Object.keys(guide.fields);
const procedures = guide.procedures.map(([id, department, section, name, status, isOpen, ...codes]) => ({
  id, department, section, name, status, isOpen,
  answers: Object.fromEntries(fieldNames.map((field, place) => [field, codes[place]])),
  sought: plainForSearch([id, department, section, name].join(" ")),
}));
const byId = new Map(procedures.map((own) => [own.id, own]));
const at = (id) => document.getElementById(id);
const sheet = at("sheet");
const search = at("search");
const found = at("found");
const questions = at("questions");
let given = {};
let told = new Set();

function pick(own, focus) {
  given = { ...own.answers };
  told = new Set(fieldNames.filter(decides));
  showQuestions();
  const about = `${own.id}　${own.department}　${own.section}　${own.status}`;
  if (own.isOpen) fillSheet(sheet, own.name, about, given);
  else closeSheet(sheet, own.name, about, own.status);
  sheet.hidden = false;
  if (focus) sheet.querySelector("h2").focus();
}

function seek() {
  const words = plainForSearch(search.value).split(/\s+/).filter(Boolean);
  const hits = words.length ? procedures.filter((own) => words.every((word) => own.sought.includes(word))) : [];
  const items = hits.slice(0, SHOWN).map((own) => {
    const act = () => {
      history.replaceState(null, "", `#${encodeURIComponent(own.id)}`);
      pick(own, true);
    };
    return make("li", {}, button(`${own.name}（${own.department}　${own.id}　${own.status}）`, act));
  });
  found.replaceChildren(...items);
  const more = hits.length > SHOWN ? `（はじめの${SHOWN}件）` : "";
  at("count").textContent = words.length ? `${hits.length}件が見つかりました${more}` : "";
}

// One question at a time: only what still decides something is asked.
function showQuestions() {
  const missing = listMissing(decide(guide.tables, given));
  const asked = fieldNames.filter((field) => told.has(field));
  const next = missing.find((field) => !told.has(field));
  const shown = next ? [...asked, next] : asked;
  // A question that stays is left as it stands, with the focus that it may have.
  const standing = new Map([...questions.children].map((set) => [set.dataset.field, set]));
  const sets = shown.map((field) => standing.get(field) ?? writeQuestion(field));
  for (const set of questions.querySelectorAll("fieldset")) if (!sets.includes(set)) set.remove();
  sets.forEach((set, place) => {
    if (questions.children[place] !== set) questions.insertBefore(set, questions.children[place] ?? null);
    fillQuestion(set, place);
  });
  at("asked").textContent = next ? "" : "質問は以上です。";
}

function ask() {
  showQuestions();
  const asked = fieldNames.filter((field) => told.has(field));
  if (asked.length === 0) return;
  const about = asked.map((field) => nameAnswer(field, given[field])).join("、");
  const closed = asked.map((field) => guide.fields[field].closed[given[field]]).find(Boolean);
  if (closed) closeSheet(sheet, "質問への回答から", about, closed);
  else fillSheet(sheet, "質問への回答から", about, given);
  sheet.hidden = false;
}

function writeQuestion(field) {
  const { choices, closed } = guide.fields[field];
  const options = [...Object.entries(choices), ...Object.entries(closed), ["", "分からない"]];
  const set = make("fieldset", { "data-field": field }, make("legend"));
  for (const [code, label] of options) {
    const radio = make("input", { type: "radio", name: field, value: code });
    radio.addEventListener("change", () => answer(field, code));
    set.append(make("label", {}, radio, ` ${label}`));
  }
  return set;
}

function fillQuestion(set, place) {
  const { field } = set.dataset;
  set.querySelector("legend").textContent = `${place + 1}. ${guide.fields[field].title}`;
  for (const radio of set.querySelectorAll("input")) {
    radio.checked = told.has(field) && (given[field] ?? "") === radio.value;
  }
}

// The address names the procedure that is shown; what was answered here is none's.
function leaveAddress() {
  history.replaceState(null, "", location.pathname + location.search);
}

function answer(field, code) {
  leaveAddress();
  given = { ...given, [field]: code || null };
  told.add(field);
  // What no longer decides anything is no longer asked.
  const needed = new Set(fieldNames.filter((own) => decides(own)));
  for (const own of [...told]) {
    if (needed.has(own)) continue;
    told.delete(own);
    delete given[own];
  }
  ask();
}

// A question decides something if without its answer it would be asked.
function decides(field) {
  return listMissing(decide(guide.tables, { ...given, [field]: null })).includes(field);
}

function follow() {
  const own = byId.get(decodeId(location.hash.slice(1)));
  if (own) pick(own, false);
}

// What somebody wrote into the address may be no encoding of anything.
function decodeId(fragment) {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

search.addEventListener("input", seek);
at("again").addEventListener("click", () => {
  leaveAddress();
  given = {};
  told = new Set();
  sheet.hidden = true;
  ask();
});
window.addEventListener("hashchange", follow);
ask();
follow();
