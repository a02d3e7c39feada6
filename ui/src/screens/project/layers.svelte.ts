import type { Failure } from "$lib/bindings/Failure";
import type { Layer } from "$lib/bindings/Layer";
import { columnsOf, type Row } from "$lib/features";
import { CLASSES, type Class } from "$lib/map/classes";
import type { LayerLook } from "./choices";

/** A class in the legend. */
export interface Entry {
  kind: Class;
  features: number;
}

/** One layer of the open version: how far it has come in, and how the person looks at it. */
export class LayerState {
  visible = $state(true);
  folded = $state(false);
  opacity = $state(1);
  /** Classes that are not drawn. */
  without = $state.raw<ReadonlySet<string>>(new Set());
  stage = $state<"loading" | "ready" | "failed">("loading");
  failure = $state.raw<Failure | null>(null);
  rows = $state.raw<Row[]>([]);
  /** Its bytes, on their way since before there was a map to put them on. */
  coming: Promise<ArrayBuffer> | null = null;

  /** The classes that occur, as the legend lists them. */
  readonly legend: Entry[] = $derived.by(() => {
    const counted = new Map<Class, number>();
    for (const { kind } of this.rows) counted.set(kind, (counted.get(kind) ?? 0) + 1);
    // A layer of one class explains itself.
    if (counted.size < 2) return [];
    return CLASSES[this.layer.theme]
      .map((kind) => ({ kind, features: counted.get(kind) ?? 0 }))
      .filter(({ features }) => features > 0);
  });
  /** The rows of classes that are drawn. */
  readonly drawn: Row[] = $derived(
    this.without.size === 0 ? this.rows : this.rows.filter(({ kind }) => !this.without.has(kind)),
  );
  readonly columns: string[] = $derived(columnsOf(this.rows));

  constructor(
    readonly layer: Layer,
    /** Its place from the bottom. */
    readonly order: number,
    look: LayerLook,
  ) {
    this.visible = !look.hidden;
    this.folded = look.folded;
    this.opacity = look.opacity;
    this.without = new Set(look.without);
  }

  /** As it is kept for the next time. */
  get look(): LayerLook {
    return { hidden: !this.visible, folded: this.folded, opacity: this.opacity, without: [...this.without] };
  }

  /** Draws a class, or no longer. */
  toggle(kind: string): void {
    const without = new Set(this.without);
    if (!without.delete(kind)) without.add(kind);
    this.without = without;
  }
}

/** The layer and feature behind a key, when its layer is in. */
export function findRow(layers: readonly LayerState[], key: string | null): { state: LayerState; row: Row } | null {
  if (key === null) return null;
  const cut = key.lastIndexOf(":");
  const state = layers.find(({ layer }) => layer.id === key.slice(0, cut));
  const row = state?.rows[Number(key.slice(cut + 1))];
  return state && row ? { state, row } : null;
}

