// Keeps what is being written: on the server as a draft ("Saved 10:42"), and in the browser until the server has it.
// <form data-autosave="URL" data-key="claim.person"> with hidden fields `version` and `csrf_token`; beside each text a
// [data-saved="its name"]. The server answers 200 {version, saved_at}, 409 {version, changed_at, fields: {name: text}},
// 422 {sentence}; anything else, or no answer at all, leaves the text here and tries again.

const WAIT = 1_200; // milliseconds of quiet before a save
const AGAIN = 15_000; // milliseconds before the next try when the network is gone
const LONGEST = 10_000; // milliseconds after which somebody who writes without a pause is saved as well

// What the page says of saving is true only from here on.
for (const words of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-typing], [data-sending]"))) words.hidden = "sending" in words.dataset;
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-autosave]"))) keep(form);

/** @param {HTMLFormElement} form */
function keep(form) {
  const url = form.dataset.autosave ?? "", prefix = `pdtracker.text.${form.dataset.key}.`;
  const version = /** @type {HTMLInputElement} */ (form.elements.namedItem("version"));
  /** @type {Map<string, string>} what the server has, by field */
  const known = new Map();
  /** @type {Map<string, string>} what each text was written upon; lags behind `known` while a choice is open */
  const base = new Map();
  for (const text of texts(form)) agree(text, text.defaultValue);
  let timer = 0, first = 0, saving = false, leaving = false;
  /** @type {HTMLElement | null | undefined} the button that was pressed while a save was under way; undefined: none was */
  let pressed;

  restore();
  form.addEventListener("input", (event) => {
    const text = event.target;
    if (!(text instanceof HTMLTextAreaElement || text instanceof HTMLInputElement) || !known.has(text.name)) return;
    hold(text);
    later(WAIT);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    leaving = !saving;
    if (leaving) return;
    // Sent now, it would be upon an older version than the one that is being saved, and come back as a second one.
    event.preventDefault();
    pressed = event.submitter;
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && changed().length) save(); });

  function changed() {
    return texts(form).filter((text) => text.value !== known.get(text.name));
  }

  /** The server has this value of a text, and the person knows it. @param {Text} text @param {string} value */
  function agree(text, value) {
    known.set(text.name, value);
    base.set(text.name, value);
  }

  /** Puts a text aside in this browser until the server has it. @param {Text} text */
  function hold(text) {
    if (text.value === base.get(text.name)) forget(prefix + text.name);
    else store(prefix + text.name, JSON.stringify({ text: text.value, base: base.get(text.name) ?? "" }));
  }

  /** @param {number} wait */
  function later(wait) {
    if (leaving) return;
    const now = Date.now();
    first ||= now;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(wait, first + LONGEST - now)));
  }

  async function save() {
    clearTimeout(timer);
    // While somebody has two versions to choose from, nothing is sent that would overwrite one of them.
    if (saving || leaving || form.querySelector("[data-other]")) return;
    const sent = changed().map((text) => /** @type {const} */ ([text, text.value]));
    first = 0;
    if (!sent.length) return;
    saving = true;
    for (const [text] of sent) say(text, "Saving …", "todo");
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body: body(form), headers: { Accept: "application/json" }, redirect: "manual", keepalive: document.visibilityState === "hidden" });
    } catch {
      answer = null;
    }
    const told = answer ? await read(answer) : null;
    saving = false;
    if (answer?.status === 200 && told) saved(sent, told);
    else if (answer?.status === 409 && told?.fields) differ(told);
    else if (answer?.status === 422 && told) for (const [text] of sent) say(text, `Not saved: ${told.sentence}`, "warn");
    else if (answer && (answer.type === "opaqueredirect" || [401, 403].includes(answer.status))) {
      goOn(sent, "Your sign-in ended. Your text is kept in this browser. ", "Sign in again", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    } else if (answer?.status === 400) goOn(sent, "This page is too old to save. Your text is kept in this browser. ", "Load it again", location.href);
    else {
      for (const [text] of sent) say(text, "Not saved yet. Your text is kept in this browser, and we try again.", "warn");
      first = 0;
      timer = setTimeout(save, AGAIN);
    }
    goOnSending();
  }

  /** Sends the form whose button was pressed meanwhile, unless there are two versions to choose from now. */
  function goOnSending() {
    const button = pressed;
    pressed = undefined;
    if (button !== undefined && !form.querySelector("[data-other]")) form.requestSubmit(button);
  }

  /** @param {(readonly [Text, string])[]} sent @param {Told} told */
  function saved(sent, told) {
    version.value = String(told.version);
    for (const [text, value] of sent) {
      agree(text, value);
      hold(text);
      say(text, `Saved ${told.saved_at}`, "ok");
    }
    if (changed().length) later(WAIT);
  }

  /** Says why saving has to wait, and offers the way on. @param {(readonly [Text, string])[]} sent @param {string} words @param {string} label @param {string} href */
  function goOn(sent, words, label, href) {
    for (const [text] of sent) {
      const link = document.createElement("a");
      link.href = href;
      link.append(label);
      say(text, words, "warn", link);
    }
  }

  /** The draft was changed elsewhere: nothing is overwritten, the person chooses. @param {Told} told */
  function differ(told) {
    version.value = String(told.version);
    for (const [name, theirs] of Object.entries(told.fields ?? {})) {
      const text = texts(form).find((one) => one.name === name);
      if (!text) continue;
      const mine = text.value !== known.get(name);
      known.set(name, theirs);
      if (mine && text.value !== theirs) {
        both(text, theirs, `It was changed elsewhere at ${told.changed_at}. We kept both.`, "On the server:");
        say(text, "Choose one of the two to go on saving", "back");
      } else {
        agree(text, theirs);
        put(text, theirs);
      }
    }
    later(WAIT);
  }

  /** Brings back what this browser kept while the server could not be reached. */
  function restore() {
    for (const text of texts(form)) {
      const key = prefix + text.name, kept = parse(fetched(key));
      if (kept && kept.text !== text.value) {
        if (kept.base === text.value || text.value === "") {
          put(text, kept.text);
          say(text, "Brought back from this browser, not saved yet", "back");
          later(WAIT);
        } else store(`${key}.other`, JSON.stringify({ text: kept.text, base: "" }));
      }
      if (text.value === base.get(text.name)) forget(key);
      const other = parse(fetched(`${key}.other`));
      if (other && other.text !== text.value) both(text, other.text, "This browser kept another version of this answer. Both are here.", "In this browser:");
      else forget(`${key}.other`);
    }
  }

  /**
   * Shows the other version beneath the text, with three ways on.
   * @param {Text} text @param {string} other @param {string} words @param {string} where
   */
  function both(text, other, words, where) {
    asking(text)?.remove();
    const box = make("div", "note w"), inner = make("div", "stack tight"), reading = make("div", "read pre");
    box.dataset.other = text.name;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Two versions of this answer");
    const head = make("p", "");
    head.setAttribute("role", "status");
    reading.append(other || "(empty)");
    const bar = make("div", "bar");
    const choose = (/** @type {string} */ label, /** @type {() => string} */ value) => {
      const button = make("button", "btn quiet slim");
      button.setAttribute("type", "button");
      button.append(label);
      button.addEventListener("click", () => {
        box.remove();
        forget(`${prefix}${text.name}.other`);
        base.set(text.name, known.get(text.name) ?? "");
        put(text, value());
        say(text, "", "todo");
        text.focus();
        later(0);
      });
      bar.append(button);
    };
    choose("Keep what is in the field", () => text.value);
    choose("Take the other", () => other);
    choose("Keep both, one after the other", () => [text.value, other].filter(Boolean).join("\n\n"));
    inner.append(head, where, reading, bar);
    box.append(sign("back"), inner);
    text.closest(".field")?.append(box);
    head.append(words);
  }

  /** @param {Text} text */
  function asking(text) {
    return form.querySelector(`[data-other="${CSS.escape(text.name)}"]`);
  }

  /** @param {Text} text @param {string} words @param {string} ring @param {Node} [more] */
  function say(text, words, ring, more) {
    const place = form.querySelector(`[data-saved="${CSS.escape(text.name)}"]`);
    if (!place) return;
    if (!words) return place.replaceChildren();
    const line = make("span", `state ${ring === "ok" ? "sig" : ring === "todo" ? "soft" : "wait"}`);
    const inner = make("span", "");
    inner.append(words);
    if (more) inner.append(more);
    line.append(sign(ring), inner);
    place.replaceChildren(line);
  }
}

/** @typedef {HTMLTextAreaElement | HTMLInputElement} Text */
/** @typedef {{version: number, saved_at?: string, changed_at?: string, sentence?: string, fields?: Record<string, string>}} Told */

/** The texts of a form that are worth keeping. @param {HTMLFormElement} form */
function texts(form) {
  return /** @type {Text[]} */ ([...form.querySelectorAll("textarea[name], input[type=text][name]")]);
}

/** The form without its files, as the server reads any form. @param {HTMLFormElement} form */
function body(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  return fields;
}

/** @param {Response} answer @returns {Promise<Told | null>} */
async function read(answer) {
  try { return await answer.json(); } catch { return null; }
}

/** Changes a text as if it had been typed, so that the word guide follows. @param {Text} text @param {string} value */
function put(text, value) {
  text.value = value;
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {string} tag @param {string} className */
function make(tag, className) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  return element;
}

/** The ring of a state from the sprite that the page already uses. @param {string} kind */
function sign(kind) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
  const sprite = document.querySelector("svg use")?.getAttribute("href")?.split("#")[0] ?? "icons.svg";
  svg.setAttribute("class", "i");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#s-${kind}`);
  svg.append(use);
  return svg;
}

/** @param {string | null} json @returns {{text: string, base: string} | null} */
function parse(json) {
  try { return json ? JSON.parse(json) : null; } catch { return null; }
}

/** @param {string} key */
function fetched(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

/** @param {string} key @param {string} value */
function store(key, value) {
  try { localStorage.setItem(key, value); } catch { /* full or forbidden: the server's draft is the other belt */ }
}

/** @param {string} key */
function forget(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}
