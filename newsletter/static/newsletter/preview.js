// The mail beside the list: shown at each choice, and again after each change that was saved, as far
// down as it was. What saves without leaving the page says so: document gets "edition:saved".
(() => {
  const preview = document.querySelector(".preview");
  const choices = preview?.querySelector(".looks");
  if (!choices) return;
  const frame = preview.querySelector("iframe");
  const status = preview.querySelector("[role=status]");
  const memory = `preview${location.pathname.match(/\/\d+\//)}`;
  const chosen = (name) => choices.elements[name].value;
  const of = (kind, language) => preview.querySelector(`.${kind}[data-language="${language}"]`);
  choices.querySelector("button").hidden = true;

  // What is shown

  let down = 0; // how far the mail was scrolled

  function arrange() {
    for (const part of preview.querySelectorAll("div[data-language], p[data-language]")) {
      part.hidden = part.dataset.language !== chosen("language");
    }
    frame.parentElement.className = `frame ${chosen("part")}`;
    frame.title = choices.querySelector("[name=language]:checked").dataset.title;
  }

  function show() {
    arrange();
    const query = new URLSearchParams(new FormData(choices));
    frame.contentWindow.location.replace(`${choices.action}?${query}`);
    weigh();
  }

  function showAgain() {
    down = frame.contentWindow.scrollY;
    show();
  }

  function changed(event) {
    const isOtherPage = ["language", "part"].includes(event.target.name);
    down = isOtherPage ? 0 : frame.contentWindow.scrollY;
    show();
  }

  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, down));

  // What the server says of it

  async function fill(place, query = "", signal = undefined) {
    const answer = await fetch(place.dataset.url + query, { signal });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
    return [...place.querySelectorAll(".warning")].map((warning) => warning.innerText).join(" ");
  }

  function weigh() {
    fill(of("weight", chosen("language")));
  }

  let asking = new AbortController();
  let soon;

  function typed(event) {
    const rendition = event.target.closest?.(".rendition");
    if (!rendition || !/-(subject|preheader)$/.test(event.target.name)) return;
    clearTimeout(soon);
    soon = setTimeout(() => measure(rendition), 250);
  }

  async function measure(rendition) {
    const { language } = rendition.dataset;
    if (language !== chosen("language")) {
      choices.querySelector(`[name=language][value="${language}"]`).checked = true;
      down = 0;
      show();
    }
    asking.abort();
    asking = new AbortController();
    const field = (name) => rendition.querySelector(`[name$="-${name}"]`).value;
    const query = new URLSearchParams({ subject: field("subject"), preheader: field("preheader") });
    try {
      status.textContent = await fill(of("inbox", language), `?${query}`, asking.signal);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  // What was chosen stays until the window is closed

  function keep() {
    const query = new URLSearchParams(new FormData(choices)).toString();
    sessionStorage.setItem(memory, JSON.stringify([query, frame.contentWindow.scrollY]));
  }

  function recall() {
    const kept = sessionStorage.getItem(memory);
    if (!kept) return false;
    const [query, before] = JSON.parse(kept);
    for (const [name, value] of new URLSearchParams(query)) {
      for (const field of choices.querySelectorAll(`[name="${name}"]`)) {
        if (field.matches("select")) field.value = value;
        else if (field.value === value) field.checked = true;
      }
    }
    down = before;
    return true;
  }

  if (recall()) show();
  else {
    arrange();
    weigh();
  }
  choices.addEventListener("change", changed);
  document.addEventListener("input", typed);
  document.addEventListener("edition:saved", () => {
    showAgain();
    preview.querySelectorAll(".inbox").forEach((place) => fill(place));
  });
  addEventListener("pagehide", keep);
})();
