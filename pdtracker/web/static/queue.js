// The review queue: select all, and what is selected in the bulk bar. Everything works without it.
import { hoursPhrase, hoursShort } from "./hours.js";
import { boxes, open } from "./keys.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-queue]"));
if (form) count(form);

/** @param {HTMLFormElement} form */
function count(form) {
  const all = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-all]"));
  const bar = /** @type {HTMLElement | null} */ (form.querySelector("[data-bulk]"));
  const figure = bar?.querySelector("[data-count]"), sum = bar?.querySelector("[data-hours]");
  const said = form.querySelector("[data-said]");
  const rows = boxes(form);
  const show = () => {
    const chosen = rows.filter((box) => box.checked);
    const minutes = chosen.reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
    if (figure) figure.textContent = `${chosen.length} of ${rows.length}`;
    if (sum) sum.textContent = hoursShort(minutes);
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === rows.length;
      all.indeterminate = chosen.length > 0 && chosen.length < rows.length;
    }
    // The bar floats only over a list that it has something to say about.
    if (bar) {
      bar.classList.add("live");
      bar.hidden = chosen.length === 0;
    }
    return `${chosen.length} of ${rows.length} selected, ${hoursPhrase(minutes)}`;
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
