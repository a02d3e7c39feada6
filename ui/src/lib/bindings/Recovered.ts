import type { Me } from "./Me"; import type { Remembered } from "./Remembered";
export type Recovered = { me: Me, remembered: Remembered, left: number, };
