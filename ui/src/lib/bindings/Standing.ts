import type { UnixSeconds } from "./UnixSeconds";
export type Standing = { since: UnixSeconds | null, required: boolean, recovery_left: number, };
