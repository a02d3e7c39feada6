// placeholder until made from Rust
export type Clocks = { platform: number, here: number, authenticatorAhead: number | null, };
