// A file dropped on its zone is the file chosen. The zone's own words ask for it only where this module runs.

for (const zone of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-drop]"))) {
  const input = /** @type {HTMLInputElement | null} */ (zone.querySelector("input[type=file]"));
  const told = zone.querySelector("[data-dropped]");
  const words = zone.querySelector("[data-drop-words]");
  if (!input || !told || !words) continue;
  words.removeAttribute("hidden");
  let depth = 0;

  const over = () => zone.classList.toggle("over", depth > 0);
  zone.addEventListener("dragenter", () => { depth += 1; over(); });
  zone.addEventListener("dragleave", () => { depth -= 1; over(); });
  zone.addEventListener("drop", (event) => {
    depth = 0;
    over();
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    if (files.length > 1) {
      told.textContent = "Drop one file at a time.";
      return;
    }
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    const name = input.files?.[0]?.name;
    told.textContent = name ? `Chosen: ${name}` : "";
  });
}

// A file that misses the zone must not take the place of the page.
for (const kind of ["dragover", "drop"]) {
  addEventListener(kind, (event) => {
    if (/** @type {DragEvent} */ (event).dataTransfer?.types.includes("Files")) event.preventDefault();
  });
}
