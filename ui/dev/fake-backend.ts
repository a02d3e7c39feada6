// An invented backend for looking at screens in a plain browser (`npm run dev`, `npm run pictures`). The address
// chooses what it answers: ?gate=offline&session=in&projects=empty&layers=broken&remembered=keychain-absent&system=proxy&issuer=Inspect%20Oy&slow=1
// &update=ready&new=1&simpler=1&import=update-file-old&outdated=1
// Nothing of this is in a build for people: only `--mode fake` names this file.
import type { Backend } from "$lib/backend";
import { Failed, Kept } from "$lib/backend";
import type { Code } from "$lib/bindings/Code";
import type { Device } from "$lib/bindings/Device";
import type { LockChoice } from "$lib/bindings/LockChoice";
import type { LockSettings } from "$lib/bindings/LockSettings";
import { withFreshSignIn } from "$lib/fresh.svelte";
import type { GateProgress } from "$lib/bindings/GateProgress";
import type { Layer } from "$lib/bindings/Layer";
import type { Me } from "$lib/bindings/Me";
import type { Network } from "$lib/bindings/Network";
import type { PasswordRules } from "$lib/bindings/PasswordRules";
import type { Colleague } from "$lib/bindings/Colleague";
import type { Role } from "$lib/bindings/Role";
import type { Remembered } from "$lib/bindings/Remembered";
import type { Sketch } from "$lib/bindings/Sketch";
import type { Summary } from "$lib/bindings/Summary";
import type { Theme } from "$lib/bindings/Theme";
import type { Update } from "$lib/bindings/Update";
import type { UpdateState } from "$lib/bindings/UpdateState";
import buildings from "$sample/buildings.geojson?raw";
import landuse from "$sample/landuse.geojson?raw";
import streets from "$sample/streets.geojson?raw";
import transit from "$sample/transit.geojson?raw";
import trees from "$sample/trees.geojson?raw";
import water from "$sample/water.geojson?raw";
import type { FeatureCollection } from "geojson";
import { PEOPLE, inventPeople } from "./people";
import { PROJECTS, aino, inventProjects, viewOf } from "./projects";
import { sketchOf } from "./town";

/** Found in the bundle, it gives the fake away. */
export const MARK = "polder-fake-backend";

const asked = new URLSearchParams(location.search);
const now = Math.floor(Date.now() / 1000);
const pause = (ms: number) => new Promise((done) => setTimeout(done, asked.has("slow") ? ms * 20 : ms));
const forever = () => new Promise<never>(() => undefined);

const fails = (code: string, reference = "X-00", retryAfter: number | null = null) =>
  new Failed({ code: code as Code, reference, retryAfter });

const me: Me = {
  user: aino.id, session: "11".repeat(16), name: aino.name, email: "aino.virtanen@hel.example",
  domain: "22".repeat(16), domain_name: "Helsinki, City planning", role: (asked.get("role") as Role | null) ?? "editor", second_step: true,
};

// Who is new reads a welcome first; on most pictures nobody is.
if (!asked.has("welcome")) localStorage.setItem(`polder.welcomed.${me.user}`, "true");
const passwordRules: PasswordRules = { name: me.name, email: me.email, domain_name: me.domain_name, minimum: 15, score: 3 };

const remembered = (): Remembered => {
  const why = asked.get("remembered");
  return why ? { kept: false, why: why as Code } : { kept: true, why: null };
};

const files: [string, string, Theme, string][] = [
  ["landuse", "Land use", "landuse", landuse],
  ["water", "Water", "water", water],
  ["streets", "Streets", "streets", streets],
  ["buildings", "Buildings", "buildings", buildings],
  ["trees", "Street trees", "trees", trees],
  ["transit", "Transit stops", "transit", transit],
];
const layers: Layer[] = files.map(([id, title, theme, text]) => ({
  id, title, theme, bytes: text.length, sha256: "0".repeat(64),
  features: (JSON.parse(text) as { features: unknown[] }).features.length,
}));

const many = Number(asked.get("projects"));
const projects: Summary[] = inventProjects(many > 0 ? many : PROJECTS, now);
const sample = layers.map(({ theme }, i) => ({ theme, data: JSON.parse(files[i]?.[3] ?? "") as FeatureCollection }));
const sketched = new Map<string, Sketch>();

let listed = 0;
let network: Network = {
  choice: "system", host: null, port: null, user: null, passwordKept: "no",
  system: asked.get("system") === "pac" ? { kind: "pac" }
    : asked.get("system") === "proxy" ? { kind: "proxy", host: "proxy.hel.example", port: 3128 }
      : { kind: "none" },
};

/** Answers as the real one would. */
export const backend: Backend = {
  async gateCheck(onProgress) {
    const kept = asked.get("gate");
    for (const step of ["reaching", "verifying", "comparing"] as const) {
      // ?gate=comparing&bytes=0.62 stands still at that part of the program.
      const total = step === "comparing" ? 19_000_000 : 0;
      const part = asked.has("bytes") ? Number(asked.get("bytes")) : 1;
      for (const done of kept === step ? [part] : kept ? [0] : [0, 0.4, 0.8, 1]) onProgress({ step, done: Math.round(total * done), total, version: null });
      if (kept === step) return forever();
      await pause(60);
    }
    if (kept === "downloading" || kept === "unpacking" || kept === "starting") return get(kept, onProgress);
    if (kept === "update-interrupted") onProgress({ step: "downloading", done: 3_900_000, total: 6_400_000, version: "2.5.0" });
    if (kept) throw refused(kept);
    return {
      version: "2.5.0", checkedAt: now - 40, host: "polder.hel.example",
      verified: { program: "3f9a52c07be1d846".repeat(4), key: "E7620F1842B4E81F", validUntil: now + 86_400 },
    };
  },
  async importUpdate(onProgress) {
    const found = asked.get("import");
    await pause(100);
    if (found === "none") return false;
    if (found) throw refused(found);
    return get("unpacking", onProgress);
  },
  async network() {
    await pause(50);
    return network;
  },
  async setNetwork({ choice, host, port, user, password }) {
    await pause(200);
    if (asked.has("unkept")) throw fails(asked.get("unkept") ?? "", "D-01");
    if (choice !== "manual") {
      network = { ...network, choice, host: null, port: null, user: null, passwordKept: "no" };
      return network;
    }
    const field = !/^[a-z0-9._:-]+$/i.test(host ?? "") ? "host"
      : !Number.isInteger(port) || (port ?? 0) < 1 || (port ?? 0) > 65_535 ? "port"
        : (user ?? "").includes(":") ? "user" : null;
    if (field) throw new Failed({ code: "malformed", reference: "P-01", retryAfter: null, field });
    const kept = asked.get("remembered") ? "this-run" : "keychain";
    const passwordKept = !user || password === "" ? "no" : password === null ? network.passwordKept : kept;
    network = { ...network, choice, host, port, user: user || null, passwordKept };
    return network;
  },
  async copySecret(text) {
    await navigator.clipboard.writeText(text);
  },
  async resume() {
    if (asked.has("resuming")) return forever();
    await pause(20);
    if (asked.get("session") === "locked") return { state: "locked", me, code: asked.has("code") };
    if (asked.get("session") === "in") return { state: "signed-in", me, remembered: remembered() };
    return { state: "signed-out", why: (asked.get("why") as Code | null) ?? null };
  },
  async password(_email, password) {
    await pause(200);
    if (asked.has("failure")) throw fails(asked.get("failure") ?? "", "N-01");
    if (password === "wrong") throw fails("credentials-wrong", "S-01");
    if (asked.has("locked")) {
      // The time stands still, so that each picture has as much of it left.
      performance.now = () => 100_000;
      throw fails(asked.get("locked") ?? "", "S-20", ["too-many-tries", "address-blocked"].includes(asked.get("locked") ?? "") ? 1800 : null);
    }
    if (asked.get("step") === "enrol") return { step: "enrol", domainName: me.domain_name };
    return { step: "code", domainName: me.domain_name };
  },
  async enrolment() {
    await pause(100);
    if (asked.get("enrolment") === "error") throw fails("timed-out", "N-03");
    return { qr: sampleQr(), key: "K5QX IZLS NRUW 4ZJA MRUW U23F GEZD GNBV" };
  },
  async confirm(code) {
    await pause(200);
    if (code === "000000") throw fails("code-wrong", "S-02");
    return { me, remembered: remembered(), recovery: [...RECOVERY] };
  },
  async code(code) {
    await pause(200);
    if (code === "000000") throw codeWrong();
    if (code === "222222") throw fails("too-many-tries", "S-20", 29);
    if (code === "111111") throw fails("sign-in-over", "S-03");
    return { me, remembered: remembered() };
  },
  async recover(code) {
    await pause(200);
    if (!code.startsWith("7k")) throw fails("recovery-code-wrong", "S-24");
    return { me, remembered: remembered(), left: Number(asked.get("left") ?? 9) };
  },
  async secondStep() {
    await pause(50);
    if (asked.get("second") === "waiting") return forever();
    if (asked.get("second") === "error") throw fails("timed-out", "N-03");
    const off = asked.get("second") === "off";
    return { since: off ? null : now - 40 * 86_400, required: asked.get("second") === "required", recovery_left: off ? 0 : Number(asked.get("left") ?? 7) };
  },
  async secondStepPrepare() {
    await pause(100);
    return { qr: sampleQr(), key: "K5QX IZLS NRUW 4ZJA MRUW U23F GEZD GNBV" };
  },
  async secondStepReplace(code) {
    await pause(200);
    if (code === "000000") throw codeWrong();
    return [...RECOVERY];
  },
  async secondStepRemove() {
    await pause(200);
    if (asked.get("second") === "required") throw fails("second-step-required", "S-25");
  },
  async recoveryCodesRenew() {
    await pause(200);
    return [...RECOVERY];
  },
  cancel: async () => undefined,
  async passwordForgotten() {
    await pause(100);
    if (asked.has("failure")) throw fails(asked.get("failure") ?? "", "N-01");
  },
  async passwordCode(code) {
    await pause(100);
    if (/^0+$/.test(code.replace(/[^0-9a-z]/gi, ""))) throw fails("password-code-wrong", "S-10");
    return passwordRules;
  },
  async passwordStrength(password, rules) {
    const missing = Math.max(0, rules.minimum - [...password].length);
    const score = /^(.)\1*$|password|1234/.test(password) ? 0 : Math.min(4, Math.floor(new Set(password).size / 4));
    return { score, missing, enough: missing === 0 && score >= rules.score, hints: score === 0 ? ["common", "few-words", "more-words"] : score < 3 ? ["more-words"] : [] };
  },
  async passwordSet(password) {
    await pause(200);
    if (password.startsWith("trustno1")) throw fails("password-common", "S-12");
    return asked.get("step") === "enrol" ? { step: "enrol", domainName: me.domain_name } : { step: "code", domainName: me.domain_name };
  },
  async passwordRules() {
    await pause(20);
    return passwordRules;
  },
  async passwordChange(old, _password, code) {
    await pause(200);
    if (!proven && code === null) throw fails("code-needed", "S-43");
    if (code === "000000") throw fails("code-wrong", "S-02");
    if (old === "wrong") throw fails("old-password-wrong", "S-14");
  },
  async signOut() {
    await pause(200);
    if (asked.has("signout")) throw fails(asked.get("signout") ?? "", "N-01");
  },
  async listen(onHappened) {
    if (asked.has("maintenance")) {
      // Tonight, whenever that is looked at.
      const tonight = new Date();
      tonight.setHours(20, 0, 0, 0);
      const from = Math.floor(tonight.getTime() / 1000);
      onHappened({ kind: "maintenance", maintenance: { from, until: from + 7200 } });
    }
  },
  async devices() {
    await pause(50);
    if (asked.get("devices") === "error") throw fails("timed-out", "N-03");
    const alone = asked.get("devices") === "one";
    return { devices: alone ? devices.slice(0, 1) : devices, remembered: remembered(), staySeconds: asked.has("strict") ? 0 : 604_800 };
  },
  endDevice: (session) =>
    withFreshSignIn(async () => {
      await pause(100);
      if (!proven) throw fails("fresh-sign-in-needed", "S-41");
      devices = devices.filter((device) => device.session !== session);
    }),
  endOtherDevices: () =>
    withFreshSignIn(async () => {
      await pause(100);
      if (!proven) throw fails("fresh-sign-in-needed", "S-41");
      const ended = devices.length - 1;
      devices = devices.slice(0, 1);
      return ended;
    }),
  async prove(password) {
    await pause(100);
    if (password === "wrong") throw fails("password-wrong", "S-42");
    proven = true;
  },
  lock: forever,
  async unlock(password) {
    await pause(100);
    if (password === "wrong") throw fails("password-wrong", "S-42");
    return { me, remembered: remembered() };
  },
  stirred: async () => undefined,
  async lockSettings() {
    return lockSettings();
  },
  async setLock(choice) {
    chosen = choice;
    return lockSettings();
  },
  async people() {
    await pause(50);
    if (asked.get("people") === "waiting") return forever();
    if (asked.get("people") === "error") throw fails("timed-out", "N-03");
    if (asked.get("people") === "offline" && (looked += 1) > 1) throw fails("offline", "N-01");
    return [...people];
  },
  personAdd: (name, email, role) =>
    aboutPeople(async () => {
      if (people.some((each) => each.email === email)) throw fails("email-taken", "P-10");
      if (email.endsWith(".")) throw fails("malformed", "P-01");
      const user = (0xf000 + people.length).toString(16).repeat(8);
      people = [...people, { ...plainMe, user, name, email, role, invited: true, code_until: now + 7 * 86_400, second_step: false, last_seen: null }];
      return user;
    }),
  personLetter: (user) => changePerson(user, { code_until: now + 7 * 86_400 }),
  personUnlock: (user) => changePerson(user, { closed: null }),
  personLogins: (user, on) => changePerson(user, { off: !on }),
  personSecondStep: (user) => changePerson(user, { second_step: false, invited: true, code_until: now + 7 * 86_400 }),
  async projects() {
    await pause(50);
    if (asked.get("projects") === "error") throw fails("timed-out", "N-03");
    if (asked.has("outdated")) throw fails("client-outdated", "S-12");
    if (asked.get("projects") === "waiting") return forever();
    if (asked.get("projects") === "offline" && (listed += 1) > 1) throw fails("offline", "N-01");
    return { projects: asked.get("projects") === "empty" ? [] : projects };
  },
  async sketch(id) {
    await pause(80);
    if (asked.get("sketches") === "waiting") return forever();
    if (asked.get("sketches") === "error") throw fails("not-found", "P-03");
    const view = viewOf(id);
    const key = JSON.stringify(view);
    const found = sketched.get(key) ?? sketchOf(view, sample);
    sketched.set(key, found);
    return found;
  },
  async open(id) {
    await pause(50);
    const found = projects.find((each) => each.id === id);
    if (!found || asked.get("open") === "error") throw fails("not-found", "P-03");
    if (asked.get("open") === "waiting") return forever();
    return {
      project: found,
      manifest: { area: [24.935, 60.164, 24.953, 60.179], attribution: "© OpenStreetMap contributors", layers: found.name.startsWith("Old church") ? [] : layers },
    };
  },
  async layer(_project, _version, id) {
    const at = files.findIndex(([name]) => name === id);
    await pause(30 * (at + 1));
    if (asked.get("layers") === "waiting" && at > 1) return forever();
    if (asked.get("layers") === "broken" && id === "trees") throw fails("offline", "N-01");
    if (asked.get("layers") === "broken" && id === "water") return new TextEncoder().encode("{ no json").buffer;
    return new TextEncoder().encode(files[at]?.[3] ?? "").buffer;
  },
  painted: async () => undefined,
  setTheme: async () => undefined,
  simplerDrawing: () => Promise.resolve(asked.has("simpler")),
  simplerDrawingSeen: () => Promise.resolve(),
  async updateWatch(onUpdate) {
    watching = onUpdate;
    onUpdate(update);
  },
  async updatePause(paused) {
    await pause(50);
    if (asked.has("unpaused")) throw fails(asked.get("unpaused") ?? "", "G-12");
    update = { ...update, state: paused ? "paused" : "fetching" };
    watching(update);
  },
  restart: forever,
  async whatsNew(language) {
    await pause(50);
    if (asked.get("new") === "none") return null;
    if (asked.get("new") === "error") throw fails("offline", "N-01");
    return { version: "2.5.0", notes: NOTES[language], seen: !asked.has("new") };
  },
  whatsNewSeen: async () => undefined,
  quit: async () => undefined,
};

let proven = asked.has("fresh");
let looked = 0;
const plainMe: Colleague = {
  user: me.user, name: me.name, email: me.email, role: me.role, invited: false, code_until: null, off: false, second_step: true, closed: null, last_seen: now,
};
const crowd = Number(asked.get("people"));
let people: Colleague[] = inventPeople(asked.get("people") === "alone" ? 0 : crowd > 0 ? crowd : PEOPLE, now, plainMe);

/** What a manager does about people asks who they are. */
function aboutPeople<T>(act: () => Promise<T>): Promise<T> {
  return withFreshSignIn(async () => {
    await pause(100);
    if (!proven) throw fails("fresh-sign-in-needed", "S-41");
    if (asked.has("refused")) throw fails(asked.get("refused") ?? "", "X-01");
    return act();
  });
}

const changePerson = (user: string, to: Partial<Colleague>) =>
  aboutPeople(async () => {
    people = people.map((each) => (each.user === user ? { ...each, ...to } : each));
  });

let devices: Device[] = [
  {
    session: me.session, current: true, name: "kontor-7", system: "Debian GNU/Linux 12 (bookworm)", address: "192.0.2.14",
    signed_in_at: now - 3 * 86_400, last_used_at: now, stay: true, locked: false,
  },
  {
    session: "33".repeat(16), current: false, name: "l\u00e4pp\u00e4ri", system: "Windows", address: "2001:db8:4::7",
    signed_in_at: now - 6 * 86_400, last_used_at: now - 12 * 60, stay: true, locked: true,
  },
  {
    session: "44".repeat(16), current: false, name: "", system: "", address: null,
    signed_in_at: now - 20 * 86_400, last_used_at: now - 86_400, stay: false, locked: false,
  },
];
let chosen: LockChoice = { afterMinutes: 15, withScreen: true, beforeSleep: false };

function lockSettings(): LockSettings {
  if (!asked.has("strict")) return { chosen, held: chosen, domainMinutes: 0, domainOnLeave: false };
  const afterMinutes = Math.min(chosen.afterMinutes || 10, 10);
  return { chosen, held: { afterMinutes, withScreen: true, beforeSleep: true }, domainMinutes: 10, domainOnLeave: true };
}
const RECOVERY = [
  "7k2m-q9xt-3hvw-8cde", "p4rn-0a6y-zj1s-5gbf", "x8wd-2ect-m7qv-9k3h", "0nzr-6pya-b4sj-1tgm", "h5vc-8dwx-e2kq-7f9n",
  "s3jt-1zpb-y6ma-4r0g", "9qfk-w7he-c5xd-2nvt", "a1ys-4bgr-0pjz-6m8k", "d6xe-3qwc-t9hv-5f2n", "r0mj-7sza-k8yp-1gbt",
];
/** ?off=-200 is a computer that is slow; ?ahead=180 an authenticator that is fast. */
const codeWrong = () => new Failed({
  code: "code-wrong", reference: "S-02", retryAfter: null,
  clock: { platform: FIXED, here: FIXED + Number(asked.get("off") ?? 0), authenticatorAhead: asked.has("ahead") ? Number(asked.get("ahead")) : null },
});
/** So that each picture shows the same. */
const FIXED = 1_795_000_000;

const NOTES = {
  en: `Maps of large areas are drawn in half the time, and the table of features keeps its place while a layer comes in.

Versions can be compared side by side: what was added, moved or taken away stands in words beside the map.

Mended: a colour that was chosen for a layer was forgotten when the project was opened on another computer. <b>Text</b> of others is text.`,
  nl: `Kaarten van grote gebieden worden in de helft van de tijd getekend, en de tabel van objecten blijft staan terwijl een kaartlaag binnenkomt.

Versies zijn naast elkaar te vergelijken: wat erbij kwam, verschoof of verdween staat in woorden naast de kaart.

Hersteld: een kleur die voor een kaartlaag was gekozen, raakte vergeten als het project op een andere computer openging. <b>Tekst</b> van anderen is tekst.`,
};

let watching: (update: Update) => void = () => undefined;
const fetched = asked.get("update") === "ready" ? 6_400_000 : 3_072_000;
let update: Update = asked.has("update")
  ? { state: asked.get("update") as UpdateState, version: "2.6.0", done: fetched, total: 6_400_000 }
  : { state: "none", version: null, done: 0, total: 0 };

/** A newer version on its way, which stands still where the address says: the window would end with it. */
async function get(at: "downloading" | "unpacking" | "starting", onProgress: (progress: GateProgress) => void): Promise<never> {
  const version = "2.5.0";
  const total = at === "unpacking" ? 58_000_000 : at === "starting" ? 0 : 6_400_000;
  const part = Number(asked.get("bytes") ?? 0.48) * total;
  // By then the gate is drawn, which hears all of it.
  await pause(300);
  if (at !== "downloading") onProgress({ step: at, done: Math.round(part), total, version });
  else {
    // The time that it took is invented, so that each picture tells the same speed.
    let seconds = 100;
    performance.now = () => seconds * 1000;
    for (let left = 4; left >= 0; left -= 0.5) {
      seconds += 0.5;
      onProgress({ step: at, done: Math.round(part - left * 333_000), total, version });
    }
  }
  return forever();
}

function refused(code: string): Kept {
  return new Kept({
    code: code as Code, reference: asked.get("reference") ?? "G-07", at: now, version: "2.4.1",
    newest: ["outdated", "release-does-not-start", "update-not-offered"].includes(code) ? "2.5.0" : null,
    clockOffBy: asked.has("off") ? Number(asked.get("off")) : null, host: "polder.hel.example", issuer: asked.get("issuer"),
    room: asked.has("room") ? { needed: 58_000_000, free: 21_000_000 } : null,
    details: code === "folder-cannot-hold-programs" ? "sudo apt install /tmp/polder-2.5.0/polder_2.5.0_amd64.deb" : `${MARK}\nPolder 2.4.1, linux-x86_64\ncode ${code}`,
  });
}

/** Something that looks like a QR code; it says nothing. */
function sampleQr(): string {
  let path = "";
  let state = 7;
  for (let y = 0; y < 41; y += 1) {
    for (let x = 0; x < 41; x += 1) {
      state = Math.imul(state ^ (state >>> 13), 1_274_126_177) + x * 374_761_393 + y * 668_265_263;
      state ^= state >>> 16;
      const eye = (x < 7 && y < 7) || (x > 33 && y < 7) || (x < 7 && y > 33);
      const [ex, ey] = [x > 33 ? x - 34 : x, y > 33 ? y - 34 : y];
      const ring = Math.max(Math.abs(ex - 3), Math.abs(ey - 3));
      if (eye ? ring !== 2 : (state & 4) === 0) path += `M${x} ${y}h1v1h-1z`;
    }
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 41 41" shape-rendering="crispEdges"><path d="${path}"/></svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}
