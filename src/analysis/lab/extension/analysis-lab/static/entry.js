// What `analysis lab` adds to JupyterLab. It is loaded as it stands, as JupyterLab loads any extension.

const SERVICE = "analysis-lab/";
const START_PAGE = "notebooks/README.md";
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
        const found = await app.serviceManager.contents.get(START_PAGE, { content: false }).catch(() => null);
        if (found) app.commands.execute("docmanager:open", { path: START_PAGE, factory: "Markdown Preview" });
      });
    },
  },
  {
    id: "analysis-lab:panels",
    description: "Opens the panel of a number below its cell",
    tokens: [],
    activate: (app) => {
      const base = app.serviceManager.serverSettings.baseUrl + SERVICE;
      document.head.append(make("link", { rel: "stylesheet", href: `${base}notebook.css` }));
      document.addEventListener("click", (event) => {
        const link = event.target.closest?.(".jp-OutputArea a.figure");
        const wrapper = link?.closest(".jp-Cell-outputWrapper");
        if (!wrapper || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        openPanel(wrapper, link, base);
      }, true);
    },
  },
];

// What is offered by its title is not offered by its name as well.
function hideByName(nbconvert) {
  const ask = nbconvert.getExportFormats.bind(nbconvert);
  nbconvert.getExportFormats = async (force) =>
    Object.fromEntries(Object.entries(await ask(force)).filter(([name]) => !(name in REPORTS)));
}

function openPanel(wrapper, link, base) {
  const id = (link.getAttribute("href") ?? link.getAttribute("xlink:href")).slice(1);
  const cell = wrapper.parentElement;
  cell.querySelector(".analysis-panel")?.remove();
  const asked = encodeURIComponent(decodeURIComponent(id));
  const frame = make("iframe", { src: `${base}figure?id=${asked}#${id}`, title: "数値の根拠" });
  const close = make("button", { type: "button" });
  close.textContent = "閉じる";
  const panel = make("div", { class: "analysis-panel" });
  const shut = () => { panel.remove(); link.focus(); };
  close.addEventListener("click", shut);
  const follow = (event) => { if (event.key === "Escape") shut(); };
  panel.addEventListener("keydown", follow);
  frame.addEventListener("load", () => {
    hideTools(frame);
    frame.contentDocument.addEventListener("keydown", follow);
  });
  panel.append(close, frame);
  wrapper.after(panel);
  close.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "center" });
}

// The page below a cell prints one number alone: there is no next one, and the cell closes it.
function hideTools(frame) {
  const sheet = new frame.contentWindow.CSSStyleSheet();
  sheet.replaceSync("#panel > .tools:first-child { display: none; }");
  frame.contentDocument.adoptedStyleSheets = [sheet];
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
