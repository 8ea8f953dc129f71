// The scanner: badges by the camera, where the browser can read squares, or by hand; kept while there is no network.
import { keep, nonce, now, post, whose } from "./check-in.js";

const EVERY = 250, SAME = 5_000; // milliseconds between looks, and within which one badge is one scan

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
if (box && location.pathname.endsWith("/scanner")) {
  box.hidden = false;
  const form = box.querySelector("form");
  if (form) scan(form, box);
}

/** @param {HTMLFormElement} form @param {HTMLElement} box */
function scan(form, box) {
  const badge = /** @type {HTMLInputElement} */ (form.elements.namedItem("badge"));
  const list = box.querySelector("[data-scanned]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const read = badge.value.trim();
    badge.value = "";
    badge.focus();
    if (read) take(read);
  });
  if ("BarcodeDetector" in window && navigator.mediaDevices) camera(box, take);

  /** @param {string} read */
  async function take(read) {
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    Object.assign(fields, { badge: read, nonce: nonce() });
    const at = now(), answer = await post(location.pathname, fields);
    if (answer) {
      const said = await answer.json().catch(() => ({}));
      const fault = said.errors && Object.values(said.errors)[0];
      return say(answer.ok ? said.sentence : fault || said.sentence || "Load the page again.", !answer.ok);
    }
    const { csrf_token: _, ...rest } = fields;
    keep({ url: location.pathname, fields: rest, at, by: whose() });
    say("No network. The scan is kept here and sent later.", true);
  }

  /** @param {string} words @param {boolean} bad */
  function say(words, bad) {
    const line = document.createElement("li");
    line.className = bad ? "wait" : "";
    line.append(words);
    list?.prepend(line);
    while (list && list.childElementCount > 8) list.lastElementChild?.remove();
  }
}

/** @param {HTMLElement} box @param {(read: string) => void} take */
function camera(box, take) {
  const button = /** @type {HTMLButtonElement} */ (box.querySelector("[data-camera]"));
  const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      button.textContent = "The camera is not allowed here";
      return;
    }
    button.hidden = true;
    video.hidden = false;
    await video.play();
    const detector = new (/** @type {any} */ (window).BarcodeDetector)({ formats: ["qr_code"] });
    const seen = new Map();
    setInterval(async () => {
      const codes = await detector.detect(video).catch(() => []);
      for (const { rawValue } of codes) {
        if (Date.now() - (seen.get(rawValue) ?? 0) < SAME) continue;
        seen.set(rawValue, Date.now());
        take(rawValue);
      }
    }, EVERY);
  });
}
