// The keys of the review desk: on its queue, on the page of a claim, and where a decision can be undone.
// Everything works without them. A page loads this module or queue.js, which brings it along.

const SWITCH = "pdtracker.keys";
const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog[data-keys]"));
const on = /** @type {HTMLInputElement | null} */ (dialog?.querySelector("[data-keys-on]") ?? null);
if (dialog && on) keys(dialog, on); // without the list of keys and their switch there are no keys (WCAG 2.1.4)

/** @param {HTMLDialogElement} dialog @param {HTMLInputElement} on */
function keys(dialog, on) {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-queue]"));
  const opener = /** @type {HTMLElement | null} */ (document.querySelector("[data-keys-open]"));
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
    if (event.key === "?") dialog.showModal();
    else if (!(form && move(form, event.key)) && !press(event)) return;
    event.preventDefault();
  });
}

/** What a key does to the rows of the queue; false for the others. @param {HTMLFormElement} form @param {string} key */
function move(form, key) {
  if (key === "j") step(form, 1);
  else if (key === "k") step(form, -1);
  else if (key === "x") here(form)?.click();
  else if (key === "o") open(here(form));
  else return false;
  return true;
}

/** The boxes of the queue's rows. @param {HTMLFormElement} form */
export function boxes(form) {
  return /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("tbody .pick input")]);
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
export function open(box) {
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

/** Presses what bears the key, or goes to what the key aims at; false if there is neither. @param {KeyboardEvent} event */
function press(event) {
  if (!/^[a-z]$/.test(event.key)) return false;
  const pressed = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${event.key}"]`));
  const aim = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key-aim="${event.key}"]`));
  if (!pressed && !aim) return false;
  // A key that is held down decides once.
  if (!event.repeat) pressed ? pressed.click() : aim?.focus();
  return true;
}

function remembered() {
  try { return localStorage.getItem(SWITCH); } catch { return null; }
}

/** @param {string} value */
function remember(value) {
  try { localStorage.setItem(SWITCH, value); } catch { /* a private window forgets; the switch still holds here */ }
}
