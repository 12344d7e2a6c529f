// A summary that is being rewritten: under each part, what differs from the words that stand.
(() => {
  const MOST_PAIRS = 9_000_000; // of words; more take too long to compare while somebody types
  const words = (text) => text.match(/\s*\S+|\s+/g) ?? [];

  // How many words the texts have in common from each pair of places on.
  function common(old, now) {
    const counts = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
    for (let i = old.length - 1; i >= 0; i -= 1) {
      for (let j = now.length - 1; j >= 0; j -= 1) {
        const longer = Math.max(counts[i + 1][j], counts[i][j + 1]);
        counts[i][j] = old[i] === now[j] ? counts[i + 1][j + 1] + 1 : longer;
      }
    }
    return counts;
  }

  function* marked(before, after) {
    const [old, now] = [words(before), words(after)];
    const counts = common(old, now);
    let [i, j] = [0, 0];
    while (i < old.length || j < now.length) {
      if (i < old.length && j < now.length && old[i] === now[j]) {
        yield ["span", old[i]];
        i += 1;
        j += 1;
      } else if (j === now.length || (i < old.length && counts[i + 1][j] >= counts[i][j + 1])) {
        yield ["del", old[i]];
        i += 1;
      } else {
        yield ["ins", now[j]];
        j += 1;
      }
    }
  }

  function show(place, before, after) {
    place.replaceChildren();
    if (before === after || words(before).length * words(after).length > MOST_PAIRS) return;
    for (const [kind, text] of marked(before, after)) {
      if (place.lastChild?.localName !== kind) place.append(document.createElement(kind));
      place.lastChild.append(text);
    }
  }

  document.querySelectorAll(".beside textarea").forEach((field) => {
    const place = document.createElement("p");
    place.className = "words typed";
    field.after(place);
    const before = field.defaultValue;
    field.addEventListener("input", () => show(place, before, field.value));
  });
})();
