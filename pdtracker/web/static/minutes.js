// What two times add up to, said beneath them: a [data-minutes] with two time or datetime-local fields and an output.
import { hoursPhrase } from "./hours.js";

for (const group of document.querySelectorAll("[data-minutes]")) {
  const [from, until] = /** @type {NodeListOf<HTMLInputElement>} */ (
    group.querySelectorAll("input[type=time], input[type=datetime-local]"));
  const output = group.querySelector("output");
  if (!from || !until || !output) continue;
  const show = () => {
    // Both fields have the same type; valueAsNumber is in milliseconds for times, and NaN while one is empty.
    const minutes = Math.round((value(until) - value(from)) / 60_000);
    // A refused form says at the field already that the end comes first.
    output.hidden = !Number.isFinite(minutes) || (minutes <= 0 && group.classList.contains("bad"));
    output.textContent = minutes > 0 ? hoursPhrase(minutes) : "This ends before it begins.";
  };
  group.addEventListener("input", show);
  show();
}

/** @param {HTMLInputElement} field */
function value(field) {
  return field.type === "time" ? field.valueAsNumber : Date.parse(`${field.value}Z`);
}
