// Keys for the queue; all of it works without them.
"use strict";
(() => {
  const cases = [...document.querySelectorAll("[data-case]")];
  const keys = document.getElementById("keys");
  const search = document.getElementById("find");
  const row = () => document.activeElement?.closest("[data-row]");
  let before = null;
  const step = (by) => {
    const here = cases.findIndex((link) => row()?.contains(link));
    const next = here < 0 ? 0 : Math.min(cases.length - 1, Math.max(0, here + by));
    cases[next]?.focus();
  };
  const take = () => row()?.querySelector("[data-take]")?.click();
  const does = {
    j: () => step(1),
    k: () => step(-1),
    e: take,
    "/": () => { search.closest("details")?.setAttribute("open", ""); search.focus(); search.select(); },
    "?": () => {
      if (!keys.toggleAttribute("open")) { before?.focus(); return; }
      before = row() && document.activeElement;
      keys.querySelector("summary").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape" && typing) { typing.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !does[event.key]) return;
    event.preventDefault();
    does[event.key]();
  });
})();
