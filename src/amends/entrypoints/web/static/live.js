// New offers, messages and tracking without loading the page again; without this file the page is as
// it was loaded. It asks whether the version it shows is still the newest, and puts the new parts of
// the page in the place of the old ones. What somebody is at is left alone.
"use strict";
(() => {
  const here = document.querySelector("script[data-at]").dataset;
  const said = document.getElementById("live-said");
  let shown = here.shown;
  let asking = false;

  const untouched = (part) => !part.contains(document.activeElement)
    && [...part.querySelectorAll("input, textarea")].every(
      (field) => field.value === field.defaultValue && field.checked === field.defaultChecked)
    && [...part.querySelectorAll("option")].every((one) => one.selected === one.defaultSelected || !one.selected);

  const look = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(here.at, { headers: { "If-None-Match": shown } });
      if (answer.status !== 200) return;
      const page = await fetch(location.pathname);
      if (!page.ok) return;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
      for (const part of fresh.querySelectorAll("[data-live]")) {
        const old = document.getElementById(part.id);
        if (old && untouched(old)) old.replaceWith(document.adoptNode(part));
      }
      shown = answer.headers.get("ETag");
      said.textContent = said.dataset.words;
    } finally {
      asking = false;
    }
  };
  const quietly = () => look().catch(() => {});
  setInterval(quietly, Number(here.every));
  document.addEventListener("visibilitychange", quietly);
})();
