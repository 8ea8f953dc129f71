// Hours in words and figures, the same as pdtracker/domain/hours.py: exact, never rounded.

/**
 * 90 -> "1.5", 57 -> "0.95", 50 -> "0:50".
 * @param {number} minutes whole minutes, 0 or more
 */
export function hoursText(minutes) {
  const hours = Math.floor(minutes / 60), rest = minutes % 60;
  const whole = hours.toLocaleString("en-US");
  if (rest % 3) return `${whole}:${String(rest).padStart(2, "0")}`;
  return rest ? `${whole}.${String(rest / 3 * 5).padStart(2, "0").replace(/0$/, "")}` : whole;
}

/**
 * 90 -> "1.5 hours", 60 -> "1 hour", 50 -> "50 minutes", 80 -> "1 hour 20 minutes".
 * @param {number} minutes whole minutes, 0 or more
 */
export function hoursPhrase(minutes) {
  const many = (/** @type {string} */ figure, /** @type {number} */ count, /** @type {string} */ word) =>
    `${figure}\u00a0${word}${count === 1 ? "" : "s"}`;
  if (minutes % 15 === 0) return many(hoursText(minutes), minutes / 60, "hour");
  const hours = Math.floor(minutes / 60), rest = many(String(minutes % 60), minutes % 60, "minute");
  return hours ? `${many(hours.toLocaleString("en-US"), hours, "hour")} ${rest}` : rest;
}

/**
 * 90 -> "1.5 h", 50 -> "50 min", 80 -> "1 h 20 min".
 * @param {number} minutes whole minutes, 0 or more
 */
export function hoursShort(minutes) {
  if (minutes % 15 === 0) return `${hoursText(minutes)}\u00a0h`;
  const hours = Math.floor(minutes / 60), rest = `${minutes % 60}\u00a0min`;
  return hours ? `${hours.toLocaleString("en-US")}\u00a0h\u00a0${rest}` : rest;
}

/**
 * "1.5" -> 90, "1:30" -> 90, "0.05" -> 3; nothing for what isn't hours in whole minutes.
 * @param {string} typed
 */
export function minutesOf(typed) {
  const clock = /^ *([0-9]{1,2}):([0-5][0-9]) *$/.exec(typed), hours = /^ *([0-9]{1,2})(?:\.([0-9]{1,2}))? *$/.exec(typed);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  if (!hours) return undefined;
  const hundredths = Number(hours[1]) * 100 + Number((hours[2] ?? "").padEnd(2, "0"));
  return hundredths * 3 % 5 ? undefined : hundredths * 3 / 5;
}
