// A layer's way from the platform to map and table.
import { failureOf } from "$lib/backend";
import type { Failure } from "$lib/bindings/Failure";
import { parseLayer, rowsOf } from "$lib/features";
import { backend } from "$lib/ipc";
import type { Chart, Look } from "$lib/map/chart";
import { OneByOne, breath, turnOf } from "./coming";
import type { LayerState } from "./layers.svelte";

const BROKEN: Failure = { code: "answer-broken", reference: "N-10", retryAfter: null };

/** The latest version of a project, on a chart. */
export interface Source {
  project: string;
  version: number;
  chart: Chart;
  /** Whether the screen was left. */
  gone: () => boolean;
  /** Takes failures that end the session; true when it did. */
  ended: (failure: Failure) => boolean;
}

/** Asks for layers' bytes while the map is still being made. What fails is told when the layer is loaded. */
export function askFor(layers: readonly LayerState[], project: string, version: number): void {
  for (const state of inTurn(layers)) {
    state.coming = backend.layer(project, version, state.layer.id);
    state.coming.catch(() => undefined);
  }
}

/** Loads layers, those that lie below first. What fails is said on its layer. */
export function loadLayers(layers: readonly LayerState[], source: Source): void {
  const drawing = new OneByOne();
  for (const state of inTurn(layers)) void load(state, source, drawing);
}

function inTurn(layers: readonly LayerState[]): LayerState[] {
  return [...layers].sort((a, b) => turnOf(a.layer.theme) - turnOf(b.layer.theme));
}

/** How a layer is to be drawn now. */
export function lookOf({ visible, opacity, without }: LayerState): Look {
  return { visible, opacity, without };
}

async function load(state: LayerState, { project, version, chart, gone, ended }: Source, drawing: OneByOne): Promise<void> {
  state.stage = "loading";
  state.failure = null;
  const { layer, order } = state;
  const fail = (failure: Failure) => {
    state.failure = failure;
    state.stage = "failed";
  };
  try {
    const { coming } = state;
    // Whoever tries again asks anew.
    state.coming = null;
    const bytes = await (coming ?? backend.layer(project, version, layer.id));
    await drawing.add(turnOf(layer.theme), async () => {
      if (gone()) return;
      const data = parseLayer(bytes);
      if (data === null) return fail(BROKEN);
      await breath();
      await chart.put(layer.id, layer.theme, order, lookOf(state), data, breath);
      if (gone()) return;
      state.rows = rowsOf(layer.id, layer.theme, data);
      state.stage = "ready";
      await breath();
    });
  } catch (thrown) {
    if (gone()) return;
    const failure = failureOf(thrown);
    if (!ended(failure)) fail(failure);
  }
}
