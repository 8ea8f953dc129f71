// Checking in with or without a network: what can't be sent is kept in this browser and sent later, once, by its nonce.
// <form data-check-in> is sent in place; the server answers 200 {to}, or a refusal, which its own page then tells.
// [data-kept data-person="ref"] says what waits here. On the page for no network, [data-keep] keeps a scan.

const LIST = "pdtracker.kept", WHO = "pdtracker.check-in.person", WORKER = "/check-in/worker.js";
const AGAIN = 15_000; // milliseconds before the next try
const TOKEN = /^\/check-in\/[0-9a-z]{23}$/;

/** @typedef {{url: string, fields: Record<string, string>, at: string, by: string}} Kept */

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-kept]"));
const person = place?.dataset.person || load(WHO) || "";
if (place?.dataset.person) save(WHO, place.dataset.person);
let sending = false, timer = 0;
/** @type {string[]} */
let told = [];

register();
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-check-in]"))) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
const button = /** @type {HTMLElement | null} */ (document.querySelector("[data-keep]"));
if (button && TOKEN.test(location.pathname)) {
  button.hidden = false;
  button.addEventListener("click", () => {
    keep({ url: location.pathname, fields: { nonce: nonce() }, at: now(), by: person });
    button.hidden = true;
  });
}
addEventListener("online", () => sendKept());
show();
sendKept();

/** A nonce for one check-in. */
export function nonce() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What this device's clock says. */
export function now() {
  return new Date().toISOString();
}

/** Whose sign-in this page is. */
export function whose() {
  return person;
}

/** Puts something aside until there is a network. @param {Kept} entry */
export function keep(entry) {
  save(LIST, JSON.stringify([...kept(), entry]));
  show();
  later();
}

/** The answer, or null when there is none that says anything. @param {string} url @param {Record<string, string>} fields */
export async function post(url, fields) {
  try {
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" }, redirect: "manual" });
    return answer.status >= 500 || answer.status === 429 ? null : answer;
  } catch {
    return null;
  }
}

/** Sends what was kept, with a fresh token, under the name of whoever kept it and no other. */
export async function sendKept() {
  clearTimeout(timer);
  if (sending || !kept().length) return;
  sending = true;
  try {
    await sendAll();
  } finally {
    sending = false;
    show();
  }
}

async function sendAll() {
  let here;
  try {
    const answer = await fetch("/check-in/kept", { headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.status !== 200) return answer.type === "opaqueredirect" ? tell("Sign in, and it is sent.") : later();
    here = await answer.json();
  } catch {
    return later();
  }
  for (const entry of kept()) {
    if (entry.by && entry.by !== here.person) {
      tell("Some of it is of somebody else. It is sent when they sign in here.");
      continue;
    }
    const answer = await post(entry.url, { ...entry.fields, csrf_token: here.token, kept_at: entry.at, by: entry.by || here.person });
    if (!answer || [0, 400, 401].includes(answer.status)) return later();
    drop(entry);
    const said = await answer.json().catch(() => ({}));
    tell(answer.ok ? said.sentence ?? "Sent. You are noted." : `Not taken: ${said.sentence ?? "ask the host."}`);
  }
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
  const at = now();
  const answer = await post(form.action, fields);
  if (answer?.ok) return location.assign((await answer.json()).to);
  // Whatever it refused, its own page says why; the nonce makes the second time the same as the first.
  if (answer) return form.submit();
  const { csrf_token: _, ...rest } = fields;
  keep({ url: new URL(form.action).pathname, fields: rest, at, by: person });
  form.hidden = true;
}

function show() {
  if (!place) return;
  const waiting = kept();
  place.hidden = !waiting.length && !told.length;
  const words = place.querySelector("[data-kept-words]"), list = place.querySelector("[data-kept-told]");
  if (words) {
    const since = waiting.length ? new Date(waiting[0].at).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }) : "";
    words.textContent = waiting.length ? `${waiting.length} ${waiting.length === 1 ? "scan waits" : "scans wait"} on this device since ${since}. ${waiting.length === 1 ? "It is" : "They are"} sent as soon as there is a network.` : "Nothing waits on this device.";
  }
  list?.replaceChildren(...told.map((sentence) => {
    const line = document.createElement("li");
    line.append(sentence);
    return line;
  }));
}

/** @param {string} sentence */
function tell(sentence) {
  told = [sentence, ...told.filter((one) => one !== sentence)].slice(0, 5);
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(sendKept, AGAIN);
}

/** @returns {Kept[]} */
function kept() {
  try {
    return JSON.parse(load(LIST) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {Kept} entry */
function drop(entry) {
  save(LIST, JSON.stringify(kept().filter((one) => one.fields.nonce !== entry.fields.nonce)));
}

/** @param {string} key */
function load(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
function save(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing can still check in while there is a network.
  }
}

/** The worker keeps the page for no network. Its address is the only one that this page may trust. */
async function register() {
  if (!("serviceWorker" in navigator)) return;
  const types = /** @type {any} */ (globalThis).trustedTypes;
  const url = types ? types.createPolicy("check-in", { createScriptURL: () => WORKER }).createScriptURL("") : WORKER;
  const scopes = new Set(["/check-in/", document.querySelector("[data-scanner]") ? location.pathname : "/check-in/"]);
  try {
    for (const scope of scopes) await navigator.serviceWorker.register(url, { scope });
  } catch {
    // Without it the open page still keeps what can't be sent.
  }
}
