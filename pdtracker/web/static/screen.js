// Keeps the projected page fresh: the square before it changes, the short code, and how many are here.
// <main ... data-screen="URL"> answers {step, short, here, is_open, milliseconds}; [data-square="URL"] is the image.

const LOOK = 5_000; // milliseconds

const screen = /** @type {HTMLElement | null} */ (document.querySelector("[data-screen]"));
if (screen) look(screen);

/** @param {HTMLElement} screen */
async function look(screen) {
  let wait = LOOK;
  try {
    const answer = await fetch(screen.dataset.screen ?? "", { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (String(told.is_open) !== screen.dataset.open) return location.reload();
    const square = /** @type {HTMLImageElement | null} */ (screen.querySelector("[data-square]"));
    if (square && square.dataset.step !== String(told.step)) {
      square.dataset.step = String(told.step);
      square.src = `${square.dataset.square}?${told.step}`;
    }
    const chat = /** @type {HTMLElement | null} */ (screen.querySelector("[data-copy]"));
    const letters = told.short.replace(" ", "");
    if (chat) chat.dataset.copy = chat.dataset.copy?.replace(/[^=]*$/, letters);
    put("[data-short]", told.short);
    put("[data-here]", told.here);
    put("[data-trouble]", "");
    wait = Math.min(LOOK, told.milliseconds + 100);
  } catch {
    put("[data-trouble]", "No network here. What is shown still works for half a minute; the sign-in sheet works always.");
  }
  setTimeout(look, wait, screen);

  /** @param {string} selector @param {string | number} words */
  function put(selector, words) {
    const at = screen.querySelector(selector);
    if (at && at.textContent !== String(words)) at.textContent = String(words);
  }
}
