// Keeps the figure of a running job fresh, and shows its report when it is over.
// <h1 data-progress="URL"> holds [data-done]; the URL answers {done, total, is_open}.

const LOOK = 2_000; // milliseconds

const heading = /** @type {HTMLElement | null} */ (document.querySelector("[data-progress]"));
if (heading) setTimeout(look, LOOK, heading);

/** @param {HTMLElement} heading */
async function look(heading) {
  try {
    const answer = await fetch(heading.dataset.progress ?? "", { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (!told.is_open) return location.reload();
    const at = heading.querySelector("[data-done]");
    if (at) at.textContent = Number(told.done).toLocaleString("en-US");
  } catch {
    // No network for the moment: the figure stands, and the link beneath asks again.
  }
  setTimeout(look, LOOK, heading);
}
