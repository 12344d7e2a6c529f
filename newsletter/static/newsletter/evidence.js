// A summary beside its source: what is pointed at lights up with all that belongs to it, and the
// source scrolls there. Without it, the same links lead to the same places.
(() => {
  const keysOf = (element) => (element.dataset.keys ?? "").split(" ").filter(Boolean);
  const all = [...document.querySelectorAll(".of-summary [data-keys]")];
  const reading = document.querySelector(".of-summary .reading");
  if (!reading) return;

  function light(keys) {
    for (const each of all) each.classList.toggle("lit", keysOf(each).some((key) => keys.includes(key)));
  }

  function show(keys) {
    const place = [...reading.querySelectorAll("mark")].find((mark) => keysOf(mark).some((key) => keys.includes(key)));
    if (!place) return;
    const above = place.getBoundingClientRect().top - reading.getBoundingClientRect().top;
    reading.scrollTop += above - reading.clientHeight / 3;
  }

  // The innermost: a figure within a claim, a claim within a part.
  function pointedAt(event) {
    const each = event.target.closest?.(".of-summary [data-keys]");
    light(each ? keysOf(each) : []);
    if (each && !reading.contains(each)) show(keysOf(each));
  }

  const page = document.querySelector(".of-summary");
  for (const kind of ["mouseover", "focusin"]) page.addEventListener(kind, pointedAt);
  for (const kind of ["mouseleave", "focusout"]) page.addEventListener(kind, () => light([]));
  // Where the source stands beside it, nothing has to jump.
  page.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#at-"]');
    const frame = reading.getBoundingClientRect();
    if (!link || frame.height === 0 || frame.bottom < 0 || frame.top > innerHeight - 100) return;
    event.preventDefault();
    show(keysOf(link));
  });
})();
