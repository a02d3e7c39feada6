import type { Admitted } from "$lib/bindings/Admitted";
import type { Colleague } from "$lib/bindings/Colleague";
import type { Enrolled } from "$lib/bindings/Enrolled";
import type { Enrolment } from "$lib/bindings/Enrolment";
import type { Failure } from "$lib/bindings/Failure";
import type { Happened } from "$lib/bindings/Happened";
import type { GateProgress } from "$lib/bindings/GateProgress";
import type { Listed } from "$lib/bindings/Listed";
import type { LockChoice } from "$lib/bindings/LockChoice";
import type { LockSettings } from "$lib/bindings/LockSettings";
import type { MyDevices } from "$lib/bindings/MyDevices";
import type { Network } from "$lib/bindings/Network";
import type { NetworkChange } from "$lib/bindings/NetworkChange";
import type { Next } from "$lib/bindings/Next";
import type { Opened } from "$lib/bindings/Opened";
import type { PasswordRules } from "$lib/bindings/PasswordRules";
import type { Recovered } from "$lib/bindings/Recovered";
import type { Refused } from "$lib/bindings/Refused";
import type { Resumed } from "$lib/bindings/Resumed";
import type { Role } from "$lib/bindings/Role";
import type { Screen } from "$lib/bindings/Screen";
import type { SignedIn } from "$lib/bindings/SignedIn";
import type { Sketch } from "$lib/bindings/Sketch";
import type { Strength } from "$lib/bindings/Strength";
import type { Standing } from "$lib/bindings/Standing";
import type { ThemeChoice } from "$lib/bindings/ThemeChoice";
import type { Update } from "$lib/bindings/Update";
import type { WhatsNew } from "$lib/bindings/WhatsNew";
import type { Language } from "$lib/fluent/index.svelte";

/**
 * All that the window can ask of the program behind it. Every promise is kept or broken by {@link Failed};
 * the gate's two by {@link Kept}.
 */
export interface Backend {
  /**
   * Asks whether this is the newest verified release; tells how far it is. When it is not, the newest is fetched, put
   * in place and started: the window then ends with the promise open.
   */
  gateCheck(onProgress: (progress: GateProgress) => void): Promise<Admitted>;
  /**
   * Lets the person choose an update file and puts it in place after the same checks; tells how far it is. False when
   * none was chosen; else the window ends, as with an update that was fetched.
   */
  importUpdate(onProgress: (progress: GateProgress) => void): Promise<boolean>;
  /** How the platform is reached, and what this computer is set to; for whoever is not signed in. */
  network(): Promise<Network>;
  /** Another way to the platform, from the next check of the gate on. A failure names the field that does not read. */
  setNetwork(change: NetworkChange): Promise<Network>;
  /** Puts a secret into the clipboard, past the history that clipboard managers keep. */
  copySecret(text: string): Promise<void>;
  /** Whether an earlier sign-in still holds. */
  resume(): Promise<Resumed>;
  /** The first step of signing in. */
  password(email: string, password: string, stay: boolean): Promise<Next>;
  /** What goes into the authenticator of somebody who has no second step yet. */
  enrolment(): Promise<Enrolment>;
  /** The first code of a new second step; its recovery codes are shown this once. */
  confirm(code: string): Promise<Enrolled>;
  /** The code of an existing second step. */
  code(code: string): Promise<SignedIn>;
  /** A recovery code instead. */
  recover(code: string): Promise<Recovered>;
  /** How one's own second step stands. */
  secondStep(): Promise<Standing>;
  /** What goes into another authenticator; the one in force stays until its first code. */
  secondStepPrepare(): Promise<Enrolment>;
  /** That first code; the recovery codes that come with it are shown this once. */
  secondStepReplace(code: string): Promise<string[]>;
  /** Does without a second step. */
  secondStepRemove(): Promise<void>;
  /** Ten new recovery codes, shown this once. */
  recoveryCodesRenew(): Promise<string[]>;
  /** Forgets a sign-in that is under way. */
  cancel(): Promise<void>;
  /** Asks for a letter with a code for a new password; nobody is told whether there is such an account. */
  passwordForgotten(email: string): Promise<void>;
  /** Looks at a code from a letter: whose password it sets, and what that must be. */
  passwordCode(code: string): Promise<PasswordRules>;
  /** What a new password is worth, judged on this computer. */
  passwordStrength(password: string, rules: PasswordRules): Promise<Strength>;
  /** Sets a password with the code that was looked at, and goes on signing in. */
  passwordSet(password: string, stay: boolean, language: Language): Promise<Next>;
  /** What the next password of whoever is signed in must be. */
  passwordRules(): Promise<PasswordRules>;
  /**
   * Another password for the one that is known; everywhere else the person is signed out. Where `code-needed` comes back,
   * it is asked again with a code of the second step.
   */
  passwordChange(old: string, password: string, code: string | null): Promise<void>;
  /** Ends the session here and on the platform. */
  signOut(): Promise<void>;
  /** Tells what happens while somebody is signed in, for as long as this page is there. */
  listen(onHappened: (happened: Happened) => void): Promise<void>;
  /** The devices on which the person is signed in. */
  devices(): Promise<MyDevices>;
  /** Signs one of them out. Asks for a fresh sign-in by itself where that is needed. */
  endDevice(session: string): Promise<void>;
  /** Signs all others out; says how many that were. Asks for a fresh sign-in by itself where that is needed. */
  endOtherDevices(): Promise<number>;
  /** Makes the sign-in fresh again. */
  prove(password: string, code: string | null): Promise<void>;
  /** Locks: this page is let go, and another comes in its place. */
  lock(): Promise<void>;
  /** Unlocks. */
  unlock(password: string, code: string | null): Promise<SignedIn>;
  /** Says that somebody uses the window. */
  stirred(): Promise<void>;
  /** When this window locks by itself. */
  lockSettings(): Promise<LockSettings>;
  /** Another choice of that. */
  setLock(choice: LockChoice): Promise<LockSettings>;
  /** Everybody in the domain; for its managers, as all that follows about people. */
  people(): Promise<Colleague[]>;
  /** Makes an account, whose owner gets a letter; says whose. What is done about people asks for a fresh sign-in by itself. */
  personAdd(name: string, email: string, role: Role, language: Language): Promise<string>;
  /** Sends somebody who has no password yet a code for one, once more. */
  personLetter(person: string): Promise<void>;
  /** Lets devices that somebody's account does not know sign in again. */
  personUnlock(person: string): Promise<void>;
  /** Switches somebody's signing in on or off. */
  personLogins(person: string, on: boolean): Promise<void>;
  /** Takes away a second step that somebody lost, and the password with it; a letter lets them begin anew. */
  personSecondStep(person: string): Promise<void>;
  /** What the signed-in person may open. */
  projects(): Promise<Listed>;
  /** A small picture of a project's area, from its latest version. */
  sketch(project: string): Promise<Sketch>;
  /** A project's latest version. */
  open(project: string): Promise<Opened>;
  /** A layer's bytes as they were saved. */
  layer(project: string, version: number, layer: string): Promise<ArrayBuffer>;
  /** Says that a screen is painted and can be used. */
  painted(screen: Screen): Promise<void>;
  /** Lets the window's own frame be as light or dark as the page. */
  setTheme(theme: ThemeChoice): Promise<void>;
  /** Whether to tell the person that the window is drawn in a simpler way, because it had stayed empty. */
  simplerDrawing(): Promise<boolean>;
  /** They read it. */
  simplerDrawingSeen(): Promise<void>;
  /** Tells how the next version stands, now and whenever that changes. Whoever asks last is told. */
  updateWatch(onUpdate: (update: Update) => void): Promise<void>;
  /** Fetches no newer version for the time being, or does again. */
  updatePause(paused: boolean): Promise<void>;
  /** Ends the program and starts it again, in the newest version that is in place. */
  restart(): Promise<void>;
  /** What is new in this version; null when its makers say nothing. */
  whatsNew(language: Language): Promise<WhatsNew | null>;
  /** Says that a person was shown what is new. */
  whatsNewSeen(): Promise<void>;
  /** Ends the program. */
  quit(): Promise<void>;
}

/** The gate stays shut. */
export class Kept extends Error {
  override name = "Kept";
  constructor(readonly refused: Refused) {
    super(refused.code);
  }
}

/** What was asked did not happen. */
export class Failed extends Error {
  override name = "Failed";
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}

/** The failure that stands for whatever the program behind the window would never say. */
export const UNEXPECTED: Failure = { code: "unexpected", reference: "C-01", retryAfter: null };

/** What a person is told about anything that was thrown. */
export function failureOf(thrown: unknown): Failure {
  return thrown instanceof Failed ? thrown.failure : UNEXPECTED;
}
