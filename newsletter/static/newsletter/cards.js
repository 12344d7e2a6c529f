// The cards of an edition: each move, hide, note, headline and pin is saved at once, one after the
// other, with the version that the page shows. What the server answers is what stands.
document.addEventListener("alpine:init", () => {
  Alpine.data("cards", () => ({
    said: "",
    state: "",
    problem: "",
    sending: false,
    halted: false, // what is first in line was refused, or did not arrive
    undo: null,
    pressed: null, // a button that leaves the page, and waits
    waiting: [], // changes that are not saved yet, the first of them on its way
    whileDragged: {
      animation: 120,
      forceFallback: true, // the mouse and the finger do the same
      ghostClass: "slot",
      dragClass: "lifted",
      handle: ".grip",
      scrollSensitivity: 80,
    },

    init() {
      this.form = this.$root.closest("form");
      this.version = this.form.elements.seen_version;
      this.$root.classList.add("live");
      this.undo = JSON.parse(this.$refs.first.content.textContent);
      // What is saved at once is nothing that leaving the page would lose.
      this.$refs.cards.addEventListener("input", (event) => event.stopPropagation(), true);
      this.$root.addEventListener("keydown", (event) => this.enter(event));
      this.form.addEventListener("submit", (event) => this.hold(event));
      window.addEventListener("beforeunload", (event) => {
        if (this.waiting.length) event.preventDefault();
      });
    },

    cards() {
      return [...this.$refs.cards.querySelectorAll(".card[data-entry]")];
    },

    printed() {
      return this.cards().filter((card) => !isOut(card));
    },

    dropped(entry) {
      this.placed(this.cards().find((card) => card.dataset.entry === String(entry)));
    },

    move(control, by) {
      const card = control.closest(".card");
      const others = this.printed().filter((other) => other !== card);
      const to = Math.min(Math.max(this.printed().indexOf(card) + by, 0), others.length);
      const next = others[to] ?? this.cards().find(isOut) ?? null;
      if (next !== card) this.$refs.cards.insertBefore(card, next);
      this.placed(card);
      control.focus();
      card.scrollIntoView({ block: "nearest" });
    },

    placed(card) {
      const rank = card.querySelector(".rank");
      const from = rank.textContent;
      this.number();
      this.said = this.$refs.sentence.content.textContent
        .replace("{from}", from)
        .replace("{number}", rank.textContent);
      if (from === rank.textContent) return;
      const order = this.printed().map((each) => each.dataset.entry);
      this.save({ act: "move", entry: card.dataset.entry, number: rank.textContent, order });
    },

    hide(box) {
      const entry = box.closest(".card").dataset.entry;
      this.number();
      this.save({ act: box.checked ? "hide" : "restore", entry });
    },

    write(field, act, language = "") {
      const entry = field.closest(".card").dataset.entry;
      const value = act === "pin" ? { number: field.value } : { text: field.value };
      this.save({ act, entry, language, ...value });
    },

    pinHere(control) {
      const card = control.closest(".card");
      const field = named(card, "pin");
      if (!isOut(card)) field.value = card.querySelector(".rank").textContent;
      this.write(field, "pin");
    },

    number() {
      let printed = 0;
      this.cards().forEach((card, index) => {
        const rank = card.querySelector(".rank");
        rank.textContent = isOut(card) ? rank.dataset.out : ++printed;
        named(card, "position").value = index + 1;
      });
    },

    // Saving

    save(change) {
      this.waiting.push(change);
      if (!this.sending) this.send();
    },

    async send() {
      this.sending = true;
      this.halted = false;
      this.problem = "";
      while (this.waiting.length && !this.halted) {
        this.state = this.$refs.states.dataset.saving;
        const answer = await this.post(this.waiting[0]);
        if (answer) this.read(answer.status, answer.told);
        else this.halt(this.$refs.lost.content.textContent);
      }
      this.sending = false;
      if (this.waiting.length) return;
      this.state = this.problem ? "" : this.$refs.states.dataset.saved;
      this.form.dispatchEvent(new CustomEvent("edition:saved", { bubbles: true }));
      const button = this.pressed && this.standingIn(this.pressed);
      if (button && !this.problem) this.form.requestSubmit(button);
      this.pressed = null;
    },

    // What pre-flight put in the place of a button meanwhile; where that is off, nothing is pressed.
    standingIn(button) {
      const isLike = (each) => each.name === button.name && each.value === button.value;
      return button.isConnected ? button : [...this.form.elements].find(isLike);
    },

    async post(change) {
      const body = new FormData();
      const token = this.form.elements.csrfmiddlewaretoken.value;
      const fields = { ...change, seen_version: this.version.value, csrfmiddlewaretoken: token };
      Object.entries(fields).forEach(([name, value]) => body.append(name, value));
      try {
        const at = this.$root.dataset.url;
        const answer = await fetch(at, { method: "POST", body, redirect: "error" });
        const { status } = answer;
        return [200, 400, 409].includes(status) ? { status, told: await answer.json() } : null;
      } catch {
        return null;
      }
    },

    read(status, told) {
      if (status === 409) {
        this.disagree(told);
        return;
      }
      this.waiting.shift();
      if (told.problem) this.problem = told.problem;
      if (told.version !== undefined) this.version.value = told.version;
      if (!this.waiting.length && told.entries) this.show(told);
    },

    halt(problem) {
      this.halted = true;
      this.pressed = null;
      this.problem = problem;
      this.state = "";
    },

    disagree(told) {
      this.halt("");
      this.standing = told.version;
      this.$refs.conflict.innerHTML = told.conflict;
      this.$refs.conflict.firstElementChild.focus();
    },

    decide(event) {
      const take = event.target.dataset.take;
      if (take === "mine") {
        this.$refs.conflict.innerHTML = "";
        this.version.value = this.standing;
        this.send();
      } else if (take === "theirs") {
        this.waiting = [];
        window.location.reload();
      }
    },

    // A button that leaves the page waits until all is saved, and does nothing while that is refused.
    hold(event) {
      if (!this.waiting.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (this.halted) {
        this.$refs.conflict.scrollIntoView({ block: "center" });
        return;
      }
      this.pressed = event.submitter;
    },

    enter(event) {
      if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox])")) return;
      event.preventDefault();
      if (event.target.closest(".add")) this.$refs.add.click();
      else event.target.blur();
    },

    // Showing what stands

    show(told) {
      const cards = new Map(this.cards().map((card) => [Number(card.dataset.entry), card]));
      const same = told.entries.length === cards.size && told.entries.every((e) => cards.has(e.id));
      if (!same || told.reload) {
        window.location.reload();
        return;
      }
      this.undo = told.undo;
      this.reorder(told.entries.map((entry) => cards.get(entry.id)));
      told.entries.forEach((entry) => fill(cards.get(entry.id), entry));
      this.number();
    },

    // Around the card that somebody is typing in: it would lose the focus if it were moved.
    reorder(order) {
      const before = this.cards();
      if (order.every((card, index) => card === before[index])) return;
      const typedIn = document.activeElement.closest(".card");
      const place = order.indexOf(typedIn);
      order.slice(0, Math.max(place, 0)).forEach((card) => typedIn.before(card));
      order.slice(place + 1).forEach((card) => this.$refs.cards.append(card));
    },
  }));
});

function isOut(card) {
  return named(card, "hidden").checked;
}

function named(card, name) {
  return card.querySelector(`[name$="-${name}"]`);
}

function fill(card, entry) {
  named(card, "hidden").checked = entry.hidden;
  put(named(card, "note"), entry.note);
  put(named(card, "pin"), entry.pin ?? "");
  card.querySelector(".pinned").hidden = entry.pin === null;
  card.querySelectorAll("[name*='-headline_']").forEach((field) => {
    put(field, entry.headlines[field.name.split("-headline_")[1]] ?? "");
  });
}

function put(field, value) {
  if (field !== document.activeElement) field.value = value;
}
