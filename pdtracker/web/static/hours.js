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
 * 90 -> "90 minutes, 1.5 hours".
 * @param {number} minutes
 */
export function minutesPhrase(minutes) {
  const words = `${minutes.toLocaleString("en-US")} ${minutes === 1 ? "minute" : "minutes"}`;
  return minutes % 15 ? words : `${words}, ${hoursText(minutes)} ${minutes === 60 ? "hour" : "hours"}`;
}
