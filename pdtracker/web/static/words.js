// The word guide beneath a text: <textarea data-words="id of the guide">; the guide's first span is the count.

for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-words]"))) {
  const count = document.getElementById(area.dataset.words ?? "")?.querySelector("span");
  if (!count) continue;
  const show = () => {
    const words = area.value.split(/\s+/).filter(Boolean).length;
    count.textContent = `${words} ${words === 1 ? "word" : "words"}. `;
  };
  area.addEventListener("input", show);
  show();
}
