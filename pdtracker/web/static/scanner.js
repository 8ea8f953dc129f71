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
  // The page for no network knows nothing of the address at which it stands; a phone's own camera led there.
  if (!form.elements.namedItem("csrf_token")) badge.value = new URLSearchParams(location.search).get("badge") ?? "";
  const known = document.querySelector("[data-read]");
  known?.addEventListener("submit", (event) => {
    event.preventDefault();
    const { badge, mark } = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    known.remove();
    take(String(badge), String(mark));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const read = badge.value.trim();
    badge.value = "";
    badge.focus();
    if (read) take(read);
  });
  reader().then((detector) => detector && camera(box, detector, take, say));

  /** @param {string} read @param {string} [mark] what they do, when it isn’t what the form says */
  async function take(read, mark) {
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    Object.assign(fields, { badge: read, nonce: nonce(), ...(mark && { mark }) });
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

/** What reads squares here, or null: some browsers have the name of it and no square that they know. */
async function reader() {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  if (!Detector || !navigator.mediaDevices) return null;
  const formats = await Detector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new Detector({ formats: ["qr_code"] }) : null;
}

/** @param {HTMLElement} box @param {{detect(video: HTMLVideoElement): Promise<{rawValue: string}[]>}} detector @param {(read: string) => void} take @param {(words: string, bad: boolean) => void} say */
function camera(box, detector, take, say) {
  const button = /** @type {HTMLButtonElement} */ (box.querySelector("[data-camera]"));
  const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));
  const otherwise = /** @type {HTMLElement | null} */ (box.querySelector("[data-no-camera]"));
  button.hidden = false;
  if (otherwise) otherwise.hidden = true;
  button.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      button.hidden = true;
      if (otherwise) otherwise.hidden = false;
      return say("The camera can’t be opened. Allow it for this site in the browser, or use the phone’s own.", true);
    }
    button.hidden = true;
    video.hidden = false;
    await video.play();
    const seen = new Map();
    setInterval(async () => {
      const codes = await detector.detect(video).catch(() => []);
      for (const { rawValue } of codes) {
        if (Date.now() - (seen.get(rawValue) ?? 0) < SAME) continue;
        seen.set(rawValue, Date.now());
        navigator.vibrate?.(60);
        take(rawValue);
      }
    }, EVERY);
  });
}
