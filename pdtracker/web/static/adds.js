// What several fields of hours add up to, said beneath them: a [data-adds] with hours and an output. Its value is the lead.
import { hoursPhrase, minutesOf } from "./hours.js";

for (const group of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-adds]"))) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (group.querySelectorAll("input:not([type=date])"));
  const output = group.querySelector("output");
  if (!output) continue;
  const show = () => {
    let sum = 0;
    for (const field of fields) sum += minutesOf(field.value) ?? 0;
    output.hidden = !sum;
    output.textContent = `${group.dataset.adds} ${hoursPhrase(sum)}`;
  };
  group.addEventListener("input", show);
  show();
}
