// Shows work while very many ask (newsletter/proof.py): looks for the number whose key begins as the
// challenge says. The button may be pressed before it is found; the form then goes once it is.

const form = document.getElementById("subscribe");
const status = document.getElementById("proof");
const challenge = JSON.parse(document.getElementById("challenge").textContent);

function octets(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

function hex(octets) {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

async function keyOf(counter, asked) {
  const nonce = octets(asked.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: octets(asked.salt), iterations: asked.cost };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(how, key, asked.keyLength * 8)));
}

async function solution(asked) {
  for (let counter = 0; ; counter++) {
    const derivedKey = await keyOf(counter, asked);
    if (derivedKey.startsWith(asked.keyPrefix)) return { counter, derivedKey };
  }
}

async function work() {
  status.textContent = status.dataset.working;
  const solved = { challenge, solution: await solution(challenge.parameters) };
  form.elements.proof.value = btoa(JSON.stringify(solved));
  status.textContent = status.dataset.done;
}

const worked = work().catch(() => {
  status.textContent = status.dataset.failed;
});

form.addEventListener("submit", async (event) => {
  if (form.elements.proof.value) return;
  event.preventDefault();
  await worked;
  if (form.elements.proof.value) form.requestSubmit(event.submitter);
});
