// A certificate's square, read by the camera or from a picture of it, leads to its page. All of it happens here: no
// picture leaves the machine. Where the browser reads no squares that is said, and the code is typed.

const EVERY = 250; // milliseconds between looks
const CODE = /(?:^|\/verify\/)([0-9A-HJKMNP-TV-Z]{16})$/;

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-scan]"));
if (box) reader().then((detector) => begin(box, detector));

/** What reads squares here, or null: some browsers have the name of it and no square that they know. */
async function reader() {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  const formats = Detector ? await Detector.getSupportedFormats().catch(() => []) : [];
  return formats.includes("qr_code") ? new Detector({ formats: ["qr_code"] }) : null;
}

/** @param {HTMLElement} box @param {any} detector */
function begin(box, detector) {
  const button = /** @type {HTMLButtonElement} */ (box.querySelector("button"));
  const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));
  const told = /** @type {HTMLElement} */ (box.querySelector("[data-scan-told]"));
  box.hidden = false;
  if (!detector) {
    told.textContent = "This browser can’t read QR codes itself. Point your phone’s own camera at the certificate’s: it leads to its page.";
    return;
  }
  pictures(detector, told);
  if (!navigator.mediaDevices) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      told.textContent = "The camera can’t be opened. Allow it for this site in the browser, or type the code.";
      return;
    }
    button.hidden = true;
    video.hidden = false;
    told.textContent = "Hold the certificate’s QR code before the camera.";
    await video.play();
    const looking = setInterval(async () => {
      const read = await squares(detector, video);
      if (!read.length) return;
      const code = read.map(code_in).find(Boolean);
      if (!code) {
        told.textContent = "This is not the QR code of a certificate.";
        return;
      }
      clearInterval(looking);
      for (const track of /** @type {MediaStream} */ (video.srcObject).getTracks()) track.stop();
      location.assign(`/verify/${code}`);
    }, EVERY);
  });
}

/** A picture of a certificate that somebody chooses is no file of ours: its square is read here, and its page offered.
 * @param {any} detector @param {HTMLElement} told */
function pictures(detector, told) {
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector("input[type=file]"));
  input?.addEventListener("change", async () => {
    const file = input.files?.[0];
    told.textContent = "";
    if (!file?.type.startsWith("image/")) return;
    const picture = await createImageBitmap(file).catch(() => null);
    const code = picture && (await squares(detector, picture)).map(code_in).find(Boolean);
    if (!code) return;
    const link = document.createElement("a");
    link.href = `/verify/${code}`;
    link.textContent = `Check ${(code.match(/.{4}/g) ?? []).join(" ")}`;
    told.append("The picture shows a certificate’s QR code. ", link);
  });
}

/** @param {any} detector @param {HTMLVideoElement | ImageBitmap} seen @returns {Promise<string[]>} */
async function squares(detector, seen) {
  const found = await detector.detect(seen).catch(() => []);
  return found.map((/** @type {{rawValue: string}} */ one) => one.rawValue);
}

/** The code that a square holds, whoever's address is around it; we never go anywhere else.
 * @param {string} read */
function code_in(read) {
  return CODE.exec(read.trim())?.[1] ?? "";
}
