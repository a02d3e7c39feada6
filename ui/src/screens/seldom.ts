// What most people open once or never, in one piece: the bundler keeps what a start needs in one file only as long as
// few pieces come later.
export { default as Recover } from "./code/Recover.svelte";
export { default as RecoveryCodes } from "./recovery/Codes.svelte";
export { default as RecoveryUsed } from "./recovery/Used.svelte";
export { default as Lock } from "./lock/Lock.svelte";
export { default as Password } from "./password/Password.svelte";
export { default as Settings } from "./settings/Settings.svelte";
export { default as Account } from "./account/Account.svelte";
export { default as People } from "./people/People.svelte";
export { default as Enrolment } from "./enrolment/Enrolment.svelte";
