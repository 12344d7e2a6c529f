// The time to undo an approval, second by second; then the page shows what has become of it.
window.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-undo]");
  if (!box) return;
  const left = box.querySelector("[data-left]");
  const words = (name) => box.querySelector(`[data-${name}]`).innerHTML;
  const endsAt = performance.now() + box.dataset.seconds * 1000;
  const timer = setInterval(() => {
    const seconds = Math.ceil((endsAt - performance.now()) / 1000);
    if (seconds > 1) left.textContent = words("many").replace("{count}", seconds);
    else left.textContent = words(seconds === 1 ? "one" : "over");
    if (seconds < -1) {
      clearInterval(timer);
      location.reload();
    }
  }, 250);
});
