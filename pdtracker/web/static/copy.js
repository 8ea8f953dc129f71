// Buttons that need a script: "Copy link" (data-copy) and "Print" (data-print). They are hidden until this module runs.

for (const button of document.querySelectorAll("button[data-print]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => print());
}

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("button[data-copy]"))) {
  const words = button.querySelector("span");
  if (!navigator.clipboard || !words) continue;
  const before = words.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
      words.textContent = "Copied";
    } catch {
      words.textContent = "Copying is not allowed here";
    }
    setTimeout(() => { words.textContent = before; }, 4000);
  });
}
