"use strict";
// Checks certificates within this page: nothing is fetched, and nothing of a file leaves the machine.
const FILE_LIMIT = 1048576, STREAM_LIMIT = 4194304, WORK_LIMIT = 16777216, STREAMS = 512, PLACES = 16777216;
const WORDS = {
  genuine: "Genuine", revoked: "Revoked", superseded: "Superseded", altered: "Altered", unknown: "Unknown",
  unknown_key: "Unknown key", not_a_certificate: "Not a certificate",
};
const encoder = new TextEncoder();

// Bytes, names and signatures

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("not hexadecimal");
  return Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
};
const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const joined = (parts) => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
};
const kidOf = async (key) => hex(await digest(key)).slice(0, 16);
const markOf = async (serial) => hex(await digest(encoder.encode(serial))).slice(0, 32);

function canonical(value) {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error("not a whole number");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  return "{" + Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
}

async function fits(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch { return false; }
}

async function canVerify() {
  // The second vector of RFC 8032: a browser that lacks Ed25519, or gets it wrong, is told of.
  if (!globalThis.crypto || !crypto.subtle || !globalThis.DecompressionStream) return false;
  const key = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const signature = unhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  return await fits(key, Uint8Array.of(0x72), signature) && !await fits(key, Uint8Array.of(0x73), signature);
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
function methodOf(key) {
  let number = BigInt("0xed01" + hex(key)), text = "";
  while (number) { text = BASE58[Number(number % 58n)] + text; number /= 58n; }
  return `did:key:z${text}#z${text}`;
}
function ofBase58(text) {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{1,99}$/.test(text)) throw new Error("not base58btc");
  let number = 0n;
  for (const letter of text.slice(1)) number = number * 58n + BigInt(BASE58.indexOf(letter));
  return unhex(number.toString(16).padStart(128, "0"));
}

// Unpacks no further than the limit; `whole` says that it was one stream with nothing after it.
async function unpack(bytes, format, limit) {
  const stream = new DecompressionStream(format), writer = stream.writable.getWriter();
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader(), parts = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { plain: joined(parts), whole: true };
      parts.push(value);
      length += value.length;
      if (length > limit) { reader.cancel().catch(() => {}); return { plain: joined(parts), whole: false }; }
    }
  } catch { return { plain: joined(parts), whole: false }; }
}

// The kit, each part of it checked before anything is said by it

async function openKit(told) {
  const kit = { keys: new Map(), lists: new Map(), pages: new Map(), asOf: told.keys.as_of || "" };
  for (const member of told.keys.keys) kit.keys.set(member.kid, { ...member, bytes: unhex(member.public_key) });
  await requireHistory(kit);
  for (const list of told.status.lists) await takeList(kit, list);
  for (const page of told.pages) await takePages(kit, page);
  return kit;
}

async function requireHistory(kit) {
  const firsts = new Set();
  for (const [kid, key] of kit.keys) {
    if (await kidOf(key.bytes) !== kid) throw new Error(`key ${kid} doesn’t fit its name`);
    if (!key.predecessor) {
      if (firsts.has(key.district)) throw new Error("a district has two first keys");
      firsts.add(key.district);
      continue;
    }
    const before = kit.keys.get(key.predecessor);
    const vouched = encoder.encode(canonical({
      schema: "pdtracker.succession/1", district: key.district, predecessor: key.predecessor, kid,
      public_key: key.public_key, valid_from: key.valid_from,
    }));
    if (!before || before.district !== key.district || before.valid_from > key.valid_from
      || !await fits(before.bytes, vouched, unhex(key.endorsement || ""))) {
      throw new Error(`key ${kid} isn’t vouched for by the one before it`);
    }
  }
}

function requireTimely(kit, key, asOf, what) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(asOf)) throw new Error(`${what} doesn’t say as of when`);
  if (asOf < kit.asOf) throw new Error(`${what} is older than the list of keys`);
  if (key.valid_until && asOf > key.valid_until) throw new Error(`${what} is signed with a key that had retired`);
}

async function takeList(kit, list) {
  const { proof: { proofValue, ...options }, ...document } = list;
  const key = [...kit.keys.values()].find((one) => methodOf(one.bytes) === options.verificationMethod);
  const message = joined([
    await digest(encoder.encode(canonical(options))), await digest(encoder.encode(canonical(document))),
  ]);
  if (!key || options.cryptosuite !== "eddsa-jcs-2022" || !await fits(key.bytes, message, ofBase58(proofValue))) {
    throw new Error("the signature of a status list doesn’t fit");
  }
  requireTimely(kit, key, document.validFrom, "a status list");
  if (document.validUntil && document.validUntil < new Date().toISOString()) throw new Error("a status list is out of date");
  const subject = document.credentialSubject, text = subject.encodedList;
  if (text[0] !== "u") throw new Error("a status list can’t be read");
  const packed = Uint8Array.from(atob(text.slice(1).replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const { plain, whole } = await unpack(packed, "gzip", PLACES / 8);
  if (!whole || plain.length !== PLACES / 8) throw new Error("a status list can’t be read");
  kit.lists.set(`${key.district} ${subject.statusPurpose}`, { asOf: document.validFrom, bits: plain, elsewhere: subject.elsewhere || {} });
}

async function takePages(kit, { statement, signature, rows }) {
  const key = kit.keys.get(statement.kid);
  if (!key || key.district !== statement.district || statement.schema !== "pdtracker.pages/1"
    || !await fits(key.bytes, encoder.encode(canonical(statement)), unhex(signature))
    || hex(await digest(encoder.encode(rows))) !== statement.sha256) {
    throw new Error("the list of pages doesn’t fit its signature");
  }
  requireTimely(kit, key, statement.as_of, "the list of pages");
  if (!kit.lists.has(`${key.district} revocation`)) throw new Error(`there is no status list of ${key.district}`);
  kit.pages.set(key.district, "\n" + rows);
}

async function isSet(list, serial) {
  const mark = await markOf(serial);
  const place = Object.hasOwn(list.elsewhere, mark) ? list.elsewhere[mark] : parseInt(mark.slice(0, 6), 16);
  return (list.bits[place >> 3] & (0x80 >> (place & 7))) !== 0;
}

async function standingOf(kit, district, snapshot) {
  const revocation = kit.lists.get(`${district} revocation`), refresh = kit.lists.get(`${district} refresh`);
  if (revocation.asOf < snapshot.issued_at) {
    return ["genuine", "No status list speaks for it: whether it was revoked since can’t be told here."];
  }
  const day = revocation.asOf.slice(0, 10);
  if (!await isSet(revocation, snapshot.serial)) return ["genuine", `It stands, as of ${day}.`];
  if (refresh && await isSet(refresh, snapshot.serial)) {
    return ["superseded", `The district replaced it by a newer one, as of ${day}.`];
  }
  return ["revoked", `The district revoked it, as of ${day}.`];
}

// The file

const HEADER = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", BEGINS = ">>\nstream\n", ENDS = "\nendstream\nendobj\n";
const HEAD = /^([1-9][0-9]* 0 obj\n<<[^]*\/Length )(0|[1-9][0-9]{0,6})$/;
const STRUCTURE = /[0-9 \t\n\r\f\v\0]obj|endstream|xref|trailer|%PDF-|%%EOF/;

function lettersOf(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192));
  return text;
}

// The streams of a file in the issuer’s layout; null when any byte of it has another place.
function partsOf(text) {
  if (!text.startsWith(HEADER)) return null;
  const parts = [];
  let at = HEADER.length, begins;
  while ((begins = text.indexOf(BEGINS, at)) >= 0) {
    const head = HEAD.exec(text.slice(at, begins));
    if (!head) return null;
    const start = begins + BEGINS.length, end = start + Number(head[2]);
    if (!text.startsWith(ENDS, end)) return null;
    parts.push({ place: at, head: head[1], start, end });
    at = end + ENDS.length;
  }
  return parts.length && text.slice(at) === `startxref\n${parts[parts.length - 1].place}\n%%EOF\n` ? parts : null;
}

// A digest of all that the file says, but for how its streams are packed.
async function layoutOf(bytes, text) {
  const parts = partsOf(text);
  if (!parts) return null;
  const places = new Map(parts.map((part, number) => [part.place, number])), told = [];
  let left = WORK_LIMIT;
  for (const [number, part] of parts.entries()) {
    let plain = bytes.slice(part.start, part.end);
    if (part.head.includes("/Filter /FlateDecode")) {
      if (plain[0] !== 0x78 || STRUCTURE.test(text.slice(part.start, part.end))) return null;
      const limit = Math.min(left, STREAM_LIMIT), unpacked = await unpack(plain, "deflate", limit);
      if (!unpacked.whole) return null;
      plain = unpacked.plain;
      left -= plain.length;
    }
    if (number === parts.length - 1 && !inOrder(plain, places)) return null;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, part.head.length);
    told.push(length, Uint8Array.from(part.head, (letter) => letter.charCodeAt(0)), await digest(plain));
  }
  return hex(await digest(joined(told))).slice(0, 32);
}

function inOrder(table, places) {
  if (table.length % 7) return false;
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  for (let at = 0; at < table.length; at += 7) {
    if (table[at] !== 1) continue;
    const number = places.get(view.getUint32(at + 1));
    if (number === undefined) return false;
    view.setUint32(at + 1, number);
  }
  return true;
}

// Every signed record in a PDF, wherever it stands: also one that another program put there.
async function recordsOf(bytes, text) {
  const found = new Set(), streams = /stream\r?\n/g;
  let left = WORK_LIMIT, number = 0;
  for (let begin; left > 0 && number < STREAMS && (begin = streams.exec(text)); number += 1) {
    const start = begin.index + begin[0].length;
    let end = text.indexOf("endstream", start);
    if (end < 0) end = text.length;
    let plain = bytes.slice(start, end);
    if (plain[0] === 0x78) plain = (await unpack(plain, "deflate", Math.min(left, STREAM_LIMIT))).plain;
    left -= plain.length + 1024;
    const words = lettersOf(plain).trim();
    if (words.startsWith("{") && words.slice(0, 1024).includes('"pdtracker.signed/1"')) found.add(words);
  }
  return found;
}

function recordOf(words) {
  try {
    const bytes = Uint8Array.from(words, (letter) => letter.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const record = JSON.parse(text), snapshot = record.snapshot;
    if (canonical(record) !== text
      || Object.keys(record).join() !== "algorithm,kid,public_key,schema,signature,snapshot"
      || record.algorithm !== "Ed25519" || record.kid !== snapshot.key
      || !String(snapshot.schema).startsWith("pdtracker.certificate/")
      || ![snapshot.serial, snapshot.code, snapshot.issued_at].every((one) => typeof one === "string")) return null;
    unhex(record.signature);
    unhex(record.public_key);
    return record;
  } catch { return null; }
}

const answer = (verdict, ...reasons) => ({ verdict, reasons, facts: null });

const BADGE = "It looks like an Open Badge. This page checks the PDF files of certificates, and checked nothing of it. Check"
  + " the PDF of the same certificate, or give the badge to any verifier of Open Badges 3.0: README.txt says by which"
  + " keys and lists.";

const isBadge = (text) => /OpenBadgeCredential|openbadgecredential|openbadges:credential/.test(text)
  || /^ey[\w-]+\.[\w-]+\.[\w-]+\s*$/.test(text);

async function check(bytes, kit) {
  if (bytes.length > FILE_LIMIT) return answer("not_a_certificate", "The file is larger than any certificate.");
  const text = lettersOf(bytes);
  if (!text.startsWith("%PDF-")) {
    return answer("not_a_certificate", isBadge(text) ? BADGE : "The file is not a PDF, whatever its name says.");
  }
  const found = await recordsOf(bytes, text);
  if (!found.size) return answer("not_a_certificate", "The PDF carries no signed record that this page can find.");
  if (found.size > 1) return answer("altered", "The PDF carries more than one signed record.");
  const record = recordOf([...found][0]);
  if (!record) return answer("altered", "The attached record can’t be read as one that was issued.");
  const snapshot = record.snapshot, key = kit.keys.get(snapshot.key), used = key ? key.bytes : unhex(record.public_key);
  if (await kidOf(used) !== snapshot.key
    || !await fits(used, encoder.encode(canonical(snapshot)), unhex(record.signature))) {
    return answer("altered", "The signature doesn’t fit the attached record: something in it was changed after it was signed.");
  }
  if (!key) {
    return answer("unknown_key", `It is signed with key ${snapshot.key}, which this kit doesn’t hold. Nothing else was checked.`);
  }
  return await known(bytes, text, snapshot, key.district, kit);
}

async function known(bytes, text, snapshot, district, kit) {
  const rows = kit.pages.get(district) || "", mark = (await markOf(snapshot.serial)).slice(0, 16);
  const at = rows.indexOf(`\n${mark} `);
  if (at < 0) {
    return answer("unknown", "The signature fits, but the kit lists no certificate of this serial: it was issued after"
      + " the kit was made, or it never left the district. Don’t rely on it.");
  }
  const [, whole, layout] = rows.slice(at + 1, at + 83).split(" ");
  let reason = "The signature fits, and the file is byte for byte as it was issued.";
  if (hex(await digest(bytes)).slice(0, 32) !== whole) {
    if (await layoutOf(bytes, text) !== layout) {
      return answer("altered", "The attached record is sound, but the file is not as it was issued: its page was"
        + " changed, or another program saved it again. Don’t rely on what it shows.");
    }
    reason = "The signature fits, and the file is as it was issued; only its compression differs.";
  }
  const [verdict, told] = await standingOf(kit, district, snapshot);
  return { verdict, reasons: [reason, told], facts: snapshot };
}

// What is shown

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function factsOf(facts) {
  const told = [["Holder", facts.holder.name], ["For", facts.title], ["Minutes", `${facts.total_minutes} in all`]];
  for (const category of facts.categories) told.push(["Category", `${category.name}: ${category.minutes} minutes`]);
  for (const session of facts.sessions) told.push(["Session", `${session.title} (${session.host})`]);
  told.push(["Issued by", `${facts.district.name}, ${facts.issued_on}`],
    ["Approved by", `${facts.approval.name}, ${facts.approval.role}`], ["Code", facts.code], ["Serial", facts.serial]);
  return told;
}

function shown(name, found) {
  const box = element("section", undefined, `answer ${found.verdict}`);
  box.append(element("h2", `${WORDS[found.verdict]}: ${name}`));
  for (const reason of found.reasons) box.append(element("p", reason));
  if (found.facts) {
    const list = element("dl");
    for (const [term, words] of factsOf(found.facts)) list.append(element("dt", term), element("dd", words));
    box.append(list);
  }
  return box;
}

async function begin() {
  const say = (words) => { document.getElementById("state").textContent = words; };
  const input = document.getElementById("file"), drop = document.getElementById("drop"), out = document.getElementById("answers");
  if (!await canVerify()) {
    say("This browser can’t check signatures of this kind (Ed25519), so this page says nothing. Use a newer browser, or verify.py, which lies beside this page.");
    return;
  }
  let kit;
  try {
    kit = await openKit(JSON.parse(document.getElementById("kit").textContent));
  } catch (problem) {
    say(`This page can’t be relied on: ${problem.message}.`);
    return;
  }
  const answerAll = async (files) => {
    out.replaceChildren();
    for (const file of files) {
      let found;
      try {
        found = file.size > FILE_LIMIT ? await check(new Uint8Array(FILE_LIMIT + 1), kit) : await check(new Uint8Array(await file.arrayBuffer()), kit);
      } catch { found = answer("not_a_certificate", "The file can’t be read as a certificate."); }
      out.append(shown(file.name, found));
    }
  };
  input.addEventListener("change", () => answerAll([...input.files]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop") answerAll([...event.dataTransfer.files]);
    });
  }
  input.disabled = false;
  const [oldest] = [...kit.lists.values()].map((list) => list.asOf).sort();
  say(oldest ? `Ready. What it knows is as of ${oldest.slice(0, 10)}. Nothing leaves this machine.` : "Ready. Nothing leaves this machine.");
}

begin();
