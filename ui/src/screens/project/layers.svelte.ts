import type { Failure } from "$lib/bindings/Failure";
import type { Layer } from "$lib/bindings/Layer";
import type { Row } from "$lib/features";

/** One layer of the open version, and how far it has come in. */
export class LayerState {
  visible = $state(true);
  stage = $state<"loading" | "ready" | "failed">("loading");
  failure = $state.raw<Failure | null>(null);
  rows = $state.raw<Row[]>([]);

  constructor(
    readonly layer: Layer,
    /** Its place from the bottom. */
    readonly order: number,
  ) {}
}

/** The layer and feature behind a key, when its layer is in. */
export function findRow(layers: readonly LayerState[], key: string | null): { state: LayerState; row: Row } | null {
  if (key === null) return null;
  const cut = key.lastIndexOf(":");
  const state = layers.find(({ layer }) => layer.id === key.slice(0, cut));
  const row = state?.rows[Number(key.slice(cut + 1))];
  return state && row ? { state, row } : null;
}
