// What a person chose about a project's layers and about the panels beside the map.
import { fields, keep, recall, texts, within } from "$lib/kept";

/** How one layer is looked at. */
export interface LayerLook {
  hidden: boolean;
  folded: boolean;
  /** 0 to 1. */
  opacity: number;
  /** Classes that are not drawn. */
  without: string[];
}

/** Sizes of what stands beside the map. */
export interface Panels {
  /** Pixels. */
  layers: number;
  shown: boolean;
  /** The table's share of the height, in per cent. */
  table: number;
}

export const LAYERS = { least: 220, usual: 264, most: 400 } as const;
export const TABLE = { least: 20, usual: 40, most: 80 } as const;

/** A layer as it comes. */
export const PLAIN: LayerLook = { hidden: false, folded: false, opacity: 1, without: [] };

/** How this person looked at a project's layers, by layer. */
export function recallLayers(user: string, project: string): (layer: string) => LayerLook {
  const all = recall(`project.${user}.${project}`, fields);
  return (layer) => {
    const { hidden, folded, opacity, without } = fields(all[layer]);
    return {
      hidden: hidden === true,
      folded: folded === true,
      opacity: within(0, 1, opacity, 1),
      without: texts(without, 50),
    };
  };
}

/** Keeps what differs from the usual; nothing at all when nothing does. */
export function keepLayers(user: string, project: string, looks: ReadonlyMap<string, LayerLook>): void {
  const told = [...looks].filter(
    ([, { hidden, folded, opacity, without }]) => hidden || folded || opacity < 1 || without.length > 0,
  );
  keep(`project.${user}.${project}`, told.length === 0 ? undefined : Object.fromEntries(told));
}

export function recallPanels(user: string): Panels {
  return recall(`panels.${user}`, (value) => {
    const { layers, shown, table } = fields(value);
    return {
      layers: within(LAYERS.least, LAYERS.most, layers, LAYERS.usual),
      shown: shown !== false,
      table: within(TABLE.least, TABLE.most, table, TABLE.usual),
    };
  });
}

export function keepPanels(user: string, panels: Panels): void {
  keep(`panels.${user}`, panels);
}
