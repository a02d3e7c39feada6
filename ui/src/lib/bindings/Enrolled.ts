import type { Me } from "./Me"; import type { Remembered } from "./Remembered";
export type Enrolled = { me: Me, remembered: Remembered, recovery: Array<string>, };
