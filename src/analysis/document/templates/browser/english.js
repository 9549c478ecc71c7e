// Marks what stays Japanese in the panel of an English page, and in the names of its links, so that
// it is read aloud as that.

const KANA_OR_KANJI = /[\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]|[\u{20000}-\u{3ffff}]/u;

function markJapanese(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const holder = text.parentElement;
    if (KANA_OR_KANJI.test(text.data) && !holder.closest("[lang]:not(html), script, style")) holder.lang = "ja";
  }
}

new MutationObserver((changes) => {
  for (const { target, addedNodes, attributeName } of changes) {
    if (attributeName && KANA_OR_KANJI.test(target.getAttribute(attributeName))) target.setAttribute("lang", "ja");
    if (addedNodes.length && target.nodeType === Node.ELEMENT_NODE) markJapanese(target);
  }
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-label"] });
