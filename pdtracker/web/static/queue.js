// The review queue: select all, what is selected in the bulk bar, and keys. Everything works without it.
import { hoursPhrase } from "./hours.js";

const SWITCH = "pdtracker.keys";
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-queue]"));
if (form) {
  count(form);
  keys(form);
}

/** @param {HTMLFormElement} form */
function boxes(form) {
  return /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("tbody .pick input")]);
}

/** @param {HTMLFormElement} form */
function count(form) {
  const all = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-all]"));
  const bar = /** @type {HTMLElement | null} */ (form.querySelector("[data-bulk]"));
  const figure = bar?.querySelector("[data-count]"), sum = bar?.querySelector("[data-hours]");
  const said = form.querySelector("[data-said]");
  const rows = boxes(form);
  const show = () => {
    const chosen = rows.filter((box) => box.checked);
    const hours = hoursPhrase(chosen.reduce((minutes, box) => minutes + Number(box.dataset.minutes), 0));
    if (figure) figure.textContent = `${chosen.length} of ${rows.length}`;
    if (sum) sum.textContent = hours;
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === rows.length;
      all.indeterminate = chosen.length > 0 && chosen.length < rows.length;
    }
    // The bar floats only over a list that it has something to say about.
    if (bar) {
      bar.classList.add("live");
      bar.hidden = chosen.length === 0;
    }
    return `${chosen.length} of ${rows.length} selected, ${hours}`;
  };
  if (all) all.disabled = rows.length === 0;
  form.addEventListener("change", (event) => {
    if (all && event.target === all) for (const box of rows) box.checked = all.checked;
    const words = show();
    if (said) said.textContent = words;
    // It may have come up over the very row that was chosen.
    document.activeElement?.closest("tr")?.scrollIntoView({ block: "nearest" });
  });
  // Enter in a box would send the form; on a row it opens the claim.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (!event.repeat && event.target !== all) open(event.target);
  });
  // The browser may restore boxes after this module ran.
  addEventListener("pageshow", show);
  show();
}

/** @param {HTMLFormElement} form */
function keys(form) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog[data-keys]"));
  const opener = /** @type {HTMLElement | null} */ (document.querySelector("[data-keys-open]"));
  const on = /** @type {HTMLInputElement | null} */ (dialog?.querySelector("[data-keys-on]") ?? null);
  if (!dialog || !on) return; // without the list of keys and their switch there are no keys (WCAG 2.1.4)
  on.checked = remembered() !== "off";
  on.addEventListener("change", () => remember(on.checked ? "on" : "off"));
  dialog.querySelector("[data-keys-close]")?.addEventListener("click", () => dialog.close());
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => dialog.showModal());
  }

  document.addEventListener("keydown", (event) => {
    if (!on.checked || dialog.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) return;
    if (event.key === "j") step(form, 1);
    else if (event.key === "k") step(form, -1);
    else if (event.key === "x") here(form)?.click();
    else if (event.key === "o") open(here(form));
    else if (event.key === "?") dialog.showModal();
    else if (["a", "r", "u"].includes(event.key)) press(event.key);
    else return;
    event.preventDefault();
  });
}

/** @param {EventTarget | null} target */
function typing(target) {
  return target instanceof HTMLElement &&
    (target.matches("select, textarea, input:not([type=checkbox], [type=radio])") || target.isContentEditable);
}

/** The box of the row that holds the focus. @param {HTMLFormElement} form */
function here(form) {
  return /** @type {HTMLInputElement | null | undefined} */ (
    document.activeElement?.closest("tr")?.querySelector(".pick input:not([data-all])")
    ?? (form.contains(document.activeElement) ? null : boxes(form)[0]));
}

/** Opens the claim of a row. @param {Element | null | undefined} box */
function open(box) {
  /** @type {HTMLElement | null | undefined} */ (box?.closest("tr")?.querySelector("th a"))?.click();
}

/** Moves the focus to the next or previous row. @param {HTMLFormElement} form @param {1 | -1} by */
function step(form, by) {
  const rows = boxes(form), current = document.activeElement?.closest("tr");
  const at = rows.findIndex((box) => box.closest("tr") === current);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  next?.focus();
  next?.closest("tr")?.scrollIntoView({ block: "nearest" });
}

/** @param {string} key */
function press(key) {
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${key}"]`))?.click();
}

function remembered() {
  try { return localStorage.getItem(SWITCH); } catch { return null; }
}

/** @param {string} value */
function remember(value) {
  try { localStorage.setItem(SWITCH, value); } catch { /* a private window forgets; the switch still holds here */ }
}
