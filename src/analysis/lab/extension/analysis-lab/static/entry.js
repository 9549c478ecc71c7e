// What `analysis lab` adds to JupyterLab. It is loaded as it stands, as JupyterLab loads any extension.

const SERVICE = "analysis-lab/";
// The second is what a survey's folder has that has no notebooks.
const START_PAGES = ["notebooks/README.md", "README.ja.md"];
const REPORTS = { analysis_html: "報告書（HTML）", analysis_pdf: "報告書（PDF）" };
const EXPORT = "notebook:export-to-format";
const PLUGINS = [
  {
    id: "analysis-lab:exports",
    description: "Offers the reports first, by their titles",
    tokens: [["@jupyterlab/mainmenu", "IMainMenu"], ["@jupyterlab/apputils", "ICommandPalette"]],
    activate: (app, menu, palette) => {
      hideByName(app.serviceManager.nbconvert);
      for (const [format, label] of Object.entries(REPORTS)) {
        palette.addItem({ command: EXPORT, category: "Notebook Operations", args: { format, label, isPalette: true } });
      }
      app.restored.then(() => {
        const submenu = menu.fileMenu.items.find(({ submenu }) => submenu?.id === "jp-mainmenu-file-notebookexport")?.submenu;
        Object.entries(REPORTS).forEach(([format, label], place) =>
          submenu?.insertItem(place, { command: EXPORT, args: { format, label, isPalette: false } }));
      });
    },
  },
  {
    id: "analysis-lab:start-page",
    description: "Opens the start page where nothing else is asked for",
    tokens: [["@jupyterlab/application", "IRouter"]],
    activate: (app, router) => {
      if (!/\/lab\/?$/.test(router.current.path)) return;
      app.restored.then(async () => {
        for (const path of START_PAGES) {
          const found = await app.serviceManager.contents.get(path, { content: false }).catch(() => null);
          if (found) return app.commands.execute("docmanager:open", { path, factory: "Markdown Preview" });
        }
      });
    },
  },
  {
    id: "analysis-lab:panels",
    description: "Opens the panel of a number below its cell",
    tokens: [["@jupyterlab/notebook", "INotebookTracker"]],
    activate: (app, tracker) => {
      const base = app.serviceManager.serverSettings.baseUrl + SERVICE;
      document.head.append(make("link", { rel: "stylesheet", href: `${base}notebook.css` }));
      document.addEventListener("click", (event) => {
        const link = event.target.closest?.(".jp-OutputArea a.figure");
        const wrapper = link?.closest(".jp-Cell-outputWrapper");
        if (!wrapper || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        openPanel(wrapper, link, base, findAimed(tracker));
      }, true);
    },
  },
  {
    id: "analysis-lab:choices",
    description: "Offers what the parameters of a notebook take below their cell",
    tokens: [["@jupyterlab/notebook", "INotebookTracker"]],
    activate: (app, tracker) => {
      const address = `${app.serviceManager.serverSettings.baseUrl + SERVICE}choices`;
      tracker.widgetAdded.connect((_, panel) => panel.context.ready.then(() => offerChoices(panel.content, address)));
    },
  },
];

const TAGS = ["parameters", "injected-parameters"];
const STATED = /^(\w+)(\s*(?::\s*str)?\s*=\s*)(["'])((?:(?!\3)[^\\\n])*)\3/gm;

// What papermill put in stands after the defaults, and holds.
async function offerChoices(notebook, address) {
  const cell = notebook.widgets.filter(({ model }) => model.getMetadata("tags")?.some((tag) => TAGS.includes(tag))).pop();
  if (!cell) return;
  await cell.ready;
  const source = cell.model.sharedModel;
  const row = make("div", { class: "analysis-choices" });
  let asked;
  const refresh = async () => {
    const stated = Object.fromEntries([...source.getSource().matchAll(STATED)].map(([, name, , , value]) => [name, value]));
    asked = new URLSearchParams({ cycle: stated.cycle ?? "latest" }).toString();
    const mine = asked;
    const answer = await fetch(`${address}?${asked}`).catch(() => null);
    if (!answer?.ok) return;
    const known = await answer.json();
    // Written on meanwhile: the later one answers.
    if (mine !== asked) return;
    row.replaceChildren(...Object.entries(known).filter(([name]) => name in stated).map(([name, { title, values }]) =>
      offer(title, values, stated[name], (value) => source.setSource(source.getSource().replace(STATED, (all, own, between) =>
        own === name ? `${own}${between}"${value}"` : all)))));
  };
  await refresh();
  cell.node.querySelector(".jp-Cell-inputWrapper").after(row);
  source.changed.connect(refresh);
}

function offer(title, values, current, choose) {
  const select = make("select", {});
  const isMeant = ([value, said]) => value === current || said.split("（")[0] === current;
  const options = values.some(isMeant) ? values : [[current, `${current}（ありません）`], ...values];
  select.append(...options.map((entry) => {
    const option = make("option", { value: entry[0] });
    option.textContent = entry[1];
    option.selected = isMeant(entry);
    return option;
  }));
  select.addEventListener("change", () => choose(select.value));
  const label = make("label", {});
  label.append(`${title} `, select);
  return label;
}

// What is offered by its title is not offered by its name as well.
function hideByName(nbconvert) {
  const ask = nbconvert.getExportFormats.bind(nbconvert);
  nbconvert.getExportFormats = async (force) =>
    Object.fromEntries(Object.entries(await ask(force)).filter(([name]) => !(name in REPORTS)));
}

// The target that the head of the page in a cell names where it is not the settings'.
function findAimed(tracker) {
  return tracker.currentWidget?.content.widgets.flatMap(({ model }) => model.outputs?.toJSON() ?? [])
    .map(({ data }) => data?.["application/vnd.analysis.masthead+json"]?.aimed).find((aimed) => aimed);
}

function openPanel(wrapper, link, base, aimed) {
  const id = (link.getAttribute("href") ?? link.getAttribute("xlink:href")).slice(1);
  const cell = wrapper.parentElement;
  cell.querySelector(".analysis-panel")?.remove();
  // A drawing's link says by its title what it is for; a shape alone prints nothing.
  const printed = [...link.childNodes].filter((node) => node.localName !== "title").map((node) => node.textContent).join("");
  const asked = new URLSearchParams({ id: decodeURIComponent(id), printed });
  if (aimed) {
    asked.set("percent", aimed[0]);
    asked.set("by", aimed[1]);
  }
  const frame = make("iframe", { src: `${base}figure?${asked}#${id}`, title: "数値の根拠" });
  const close = make("button", { type: "button" });
  close.textContent = "閉じる";
  const panel = make("div", { class: "analysis-panel" });
  const shut = () => { panel.remove(); link.focus(); };
  close.addEventListener("click", shut);
  const follow = (event) => { if (event.key === "Escape") shut(); };
  panel.addEventListener("keydown", follow);
  frame.addEventListener("load", () => {
    dressPage(frame);
    frame.contentDocument.addEventListener("keydown", follow);
  });
  panel.append(close, frame);
  wrapper.after(panel);
  close.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "center" });
}

// The page below a cell prints one number alone: there is no next one, and the cell closes it. By
// itself it is dark where the system is, here where the theme is.
function dressPage(frame) {
  const isDark = document.body.dataset.jpThemeLight === "false";
  const sheet = new frame.contentWindow.CSSStyleSheet();
  sheet.replaceSync(`:root { color-scheme: ${isDark ? "dark" : "light"}; } #panel > .tools:first-child { display: none; }`);
  frame.contentDocument.adoptedStyleSheets = [sheet];
  for (const { media } of [...frame.contentDocument.styleSheets].flatMap(({ cssRules }) => [...cssRules])) {
    if (media?.mediaText.includes("prefers-color-scheme")) media.mediaText = isDark ? "screen" : "not all";
  }
}

function make(name, attributes) {
  const element = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

// JupyterLab asks this for the extension: first it gives what libraries it has, by name and version.
let shared;

async function find([library, name]) {
  const factory = await Object.values(shared[library])[0].get();
  return factory()[name];
}

(window._JUPYTERLAB ??= {})["analysis-lab"] = {
  init: (scope) => { shared = scope; },
  get: async () => {
    const plugins = await Promise.all(PLUGINS.map(async ({ tokens, ...plugin }) =>
      ({ ...plugin, autoStart: true, requires: await Promise.all(tokens.map(find)) })));
    return () => ({ __esModule: true, default: plugins });
  },
};
