// What a script adds to a page that works without one: "/" focuses the box, and completions are offered as an
// ARIA combobox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
"use strict";

const WAIT_MS = 120;

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("form.search input[type=search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

document.querySelectorAll("form.search[data-suggest]").forEach((form, number) => {
  const box = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  list.id = `options-${number}`;
  list.className = "options";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "پیشنهادها");
  form.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) box.setAttribute(name, value);

  let timer = 0;
  let request = null;
  let typed = box.value;

  const options = () => [...list.children];
  const chosen = () => list.querySelector('[aria-selected="true"]');

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    box.value = option ? option.dataset.query : typed;
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function show(queries) {
    list.replaceChildren(...queries.map((query, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.dataset.query = query;
      option.dir = "auto";
      option.textContent = query;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    list.hidden = queries.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
  }

  async function ask() {
    request?.abort();
    request = new AbortController();
    const url = `${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`;
    try {
      const response = await fetch(url, { signal: request.signal });
      if (response.ok) show((await response.json()).suggestions.map((suggestion) => suggestion.query));
    } catch (error) {
      // A request that was overtaken, or no network: the box works without completions.
      if (error.name !== "AbortError") close();
    }
  }

  box.addEventListener("input", () => {
    typed = box.value;
    box.dir = typed ? "auto" : "rtl";
    clearTimeout(timer);
    if (typed.trim()) timer = setTimeout(ask, WAIT_MS);
    else close();
  });

  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const stops = [null, ...options()];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(stops.at((stops.indexOf(chosen()) + step) % stops.length));
    } else if (event.key === "Escape") {
      event.preventDefault();
      choose(null);
      close();
    }
  });

  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option);
    form.submit();
  });

  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
});
