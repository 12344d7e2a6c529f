// The cards of an edition: dragged, or moved by buttons and arrow keys. Saving keeps the order.
document.addEventListener("alpine:init", () => {
  Alpine.data("entries", () => ({
    said: "",
    whileDragged: {
      animation: 120,
      forceFallback: true, // the mouse and the finger do the same
      ghostClass: "slot",
      dragClass: "lifted",
      handle: ".grip",
      scrollSensitivity: 80,
    },

    cards() {
      return [...this.$refs.cards.querySelectorAll(".card[data-entry]")];
    },

    placed(entry) {
      this.tell(this.cards().find((card) => card.dataset.entry === entry));
    },

    move(control, by) {
      const cards = this.cards();
      const card = control.closest(".card");
      const to = Math.min(Math.max(cards.indexOf(card) + by, 0), cards.length - 1);
      const others = cards.filter((other) => other !== card);
      this.$refs.cards.insertBefore(card, others[to] ?? null);
      this.tell(card);
      control.focus();
      card.scrollIntoView({ block: "nearest" });
    },

    tell(card) {
      const rank = card.querySelector(".rank");
      const from = rank.textContent;
      this.number();
      this.said = this.$refs.sentence.innerHTML
        .replace("{from}", from)
        .replace("{number}", rank.textContent);
    },

    number() {
      let printed = 0;
      this.cards().forEach((card, index) => {
        const rank = card.querySelector(".rank");
        const isOut = card.querySelector("input[name$=-hidden]").checked;
        rank.textContent = isOut ? rank.dataset.out : ++printed;
        const position = card.querySelector("input[name$=-position]");
        position.value = index + 1;
        position.dispatchEvent(new Event("input", { bubbles: true }));
      });
    },
  }));
});

// select2 gives its boxes no name that a screen reader could say.
window.addEventListener("load", () => {
  const label = document.querySelector(".add label");
  document.querySelectorAll(".add [role=combobox], .add [role=textbox]").forEach((box) => {
    box.removeAttribute("aria-labelledby");
    box.setAttribute("aria-label", label.textContent);
  });
});
