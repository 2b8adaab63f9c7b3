// Says that a case is being looked at, for as long as somebody does something on its page.
"use strict";
(() => {
  const { at, csrf, every } = document.currentScript.dataset;
  const span = Number(every);
  let used = Date.now();
  for (const kind of ["keydown", "pointerdown", "scroll"]) {
    addEventListener(kind, () => { used = Date.now(); }, { passive: true });
  }
  setInterval(() => {
    if (document.hidden || Date.now() - used > 5 * span) return;
    fetch(at, { method: "POST", body: new URLSearchParams({ csrf }) }).catch(() => {});
  }, span);
})();
