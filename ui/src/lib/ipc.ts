// The only file that names @tauri-apps: everything that leaves the window goes through here.
import { Channel, invoke } from "@tauri-apps/api/core";
import { Failed, Kept, UNEXPECTED, type Backend } from "$lib/backend";
import type { Failure } from "$lib/bindings/Failure";
import type { Happened } from "$lib/bindings/Happened";
import { withFreshSignIn } from "$lib/fresh.svelte";
import type { GateProgress } from "$lib/bindings/GateProgress";
import type { Refused } from "$lib/bindings/Refused";
import type { Update } from "$lib/bindings/Update";

/** The program behind this window. */
export const backend: Backend = {
  gateCheck: (onProgress) => pass("gate_check", onProgress),
  importUpdate: (onProgress) => pass("import_update", onProgress),
  network: () => ask("network"),
  setNetwork: (change) => ask("set_network", { change }),
  copySecret: (text) => ask("copy_secret", { text }),
  resume: () => ask("session_resume"),
  password: (email, password, stay) => ask("sign_in_password", { email, password, stay }),
  enrolment: () => ask("sign_in_enrolment"),
  confirm: (code) => ask("sign_in_confirm", { code }),
  code: (code) => ask("sign_in_code", { code }),
  recover: (code) => ask("sign_in_recover", { code }),
  secondStep: () => ask("second_step"),
  secondStepPrepare: () => ask("second_step_prepare"),
  secondStepReplace: (code) => ask("second_step_replace", { code }),
  secondStepRemove: () => ask("second_step_remove"),
  recoveryCodesRenew: () => ask("recovery_codes_renew"),
  cancel: () => ask("sign_in_cancel"),
  passwordForgotten: (email) => ask("password_forgotten", { email }),
  passwordCode: (code) => ask("password_code", { code }),
  passwordStrength: (password, rules) => ask("password_strength", { password, rules }),
  passwordSet: (password, stay, language) => ask("password_set", { password, stay, language }),
  passwordRules: () => ask("password_rules"),
  passwordChange: (old, password, code) => ask("password_change", { old, new: password, code }),
  signOut: () => ask("sign_out"),
  async listen(onHappened) {
    const channel = new Channel<Happened>();
    channel.onmessage = onHappened;
    await ask("session_watch", { channel });
  },
  devices: () => ask("devices"),
  endDevice: (session) => ask("end_device", { session }),
  endOtherDevices: () => ask("end_other_devices"),
  prove: (password, code) => ask("prove", { password, code }),
  lock: () => ask("lock"),
  unlock: (password, code) => ask("unlock", { password, code }),
  stirred: () => ask("stirred"),
  lockSettings: () => ask("lock_settings"),
  setLock: (choice) => ask("set_lock", { choice }),
  people: () => ask("people"),
  personAdd: (name, email, role, language) => ask("person_add", { name, email, role, language }),
  personLetter: (person) => ask("person_letter", { person }),
  personUnlock: (person) => ask("person_unlock", { person }),
  personLogins: (person, on) => ask("person_logins", { person, on }),
  personSecondStep: (person) => ask("person_second_step", { person }),
  projects: () => ask("projects"),
  sketch: (project) => ask("project_sketch", { project }),
  open: (project) => ask("project_open", { project }),
  layer: (project, version, layer) => ask("layer", { project, version, layer }),
  painted: (screen) => ask("painted", { screen }),
  setTheme: (theme) => ask("set_theme", { theme }),
  simplerDrawing: () => ask("simpler_drawing"),
  simplerDrawingSeen: () => ask("simpler_drawing_seen"),
  async updateWatch(onUpdate) {
    const channel = new Channel<Update>();
    channel.onmessage = onUpdate;
    await ask("update_watch", { channel });
  },
  updatePause: (paused) => ask("update_pause", { paused }),
  restart: () => ask("restart"),
  whatsNew: (language) => ask("whats_new", { language }),
  whatsNewSeen: () => ask("whats_new_seen"),
  quit: () => ask("quit"),
};

/** The gate's commands tell how far they are, and are refused with all that the gate shows. */
async function pass<T>(command: string, onProgress: (progress: GateProgress) => void): Promise<T> {
  const progress = new Channel<GateProgress>();
  progress.onmessage = onProgress;
  try {
    return await invoke<T>(command, { progress });
  } catch (thrown) {
    throw new Kept(isRefused(thrown) ? thrown : unexplained(thrown));
  }
}

/** What takes a fresh sign-in asks the person for one, and goes on. */
function ask<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  return withFreshSignIn(async () => {
    try {
      return await invoke<T>(command, args);
    } catch (thrown) {
      throw new Failed(isFailure(thrown) ? thrown : UNEXPECTED);
    }
  });
}

function isFailure(thrown: unknown): thrown is Failure {
  return has(thrown, "code") && has(thrown, "reference");
}

function isRefused(thrown: unknown): thrown is Refused {
  return isFailure(thrown) && has(thrown, "details") && has(thrown, "at");
}

function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === "object" && value !== null && key in value;
}

/** When not even the gate's command ran: the window says so itself, in the gate's form. */
function unexplained(thrown: unknown): Refused {
  return {
    ...UNEXPECTED,
    at: Math.floor(Date.now() / 1000),
    version: "",
    newest: null,
    clockOffBy: null,
    host: "",
    issuer: null,
    room: null,
    details: String(thrown),
  };
}
