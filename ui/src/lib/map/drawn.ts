// One layer of a version on the map: what it draws in its place, and what it draws above all layers.
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import LineString from "ol/geom/LineString";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import VectorSource from "ol/source/Vector";
import type { StyleFunction } from "ol/style/Style";
import type { FeatureCollection } from "geojson";
import type { Theme } from "$lib/bindings/Theme";
import { chains } from "./chains";
import { classOf } from "./classes";
import type { Drawing } from "./styles";

/** Above every layer of a version: names, then what names must keep clear of, then what the person holds. */
const NAMES = 1000;
const SIGNS = 1001;
export const HELD = 1002;
/** Features read at once, a few milliseconds' work; then more each time, since every change draws all anew. */
const CHUNK = 400;
const LARGEST = 3200;

export const PROJECTION = "EPSG:3857";

/** How a layer is to be seen. */
export interface Look {
  visible: boolean;
  opacity: number;
  /** Classes that are not drawn. */
  without: ReadonlySet<string>;
}

/** A layer on the map. */
export class Drawn {
  readonly #layer: VectorLayer;
  readonly #above: VectorLayer | null;
  #look: Look = { visible: true, opacity: 1, without: new Set() };

  constructor(
    readonly id: string,
    readonly theme: Theme,
    order: number,
    private readonly map: OlMap,
    styles: Drawing,
  ) {
    const on = (zIndex: number) =>
      new VectorLayer({
        source: new VectorSource(),
        zIndex,
        // For all alike: labels of one layer are drawn above the pictures of another only if both take part.
        declutter: true,
        // Panning draws a little beyond the edge and moves that, rather than drawing anew.
        renderBuffer: 120,
      });
    this.#layer = on(order);
    this.#above = theme === "streets" ? on(NAMES) : theme === "transit" ? on(SIGNS) : null;
    this.restyle(styles);
    map.addLayer(this.#layer);
    if (this.#above) map.addLayer(this.#above);
  }

  /** Reads features in chunks with a pause after each; they are drawn as they come. Stops when told so. */
  async fill(data: FeatureCollection, pause: () => Promise<void>, stopped: () => boolean): Promise<void> {
    const format = new GeoJSON({ featureProjection: PROJECTION });
    let from = 0;
    while (from < data.features.length && !stopped()) {
      const size = Math.min(Math.max(from, CHUNK), LARGEST);
      const features = format.readFeatures({ ...data, features: data.features.slice(from, from + size) }) as Feature[];
      for (const [i, feature] of features.entries()) {
        feature.setId(`${this.id}:${from + i}`);
        feature.set(KIND, classOf(this.theme, feature.getProperties()), true);
      }
      this.#layer.getSource()?.addFeatures(features);
      from += size;
      await pause();
    }
    if (!stopped()) this.#fillAbove();
  }

  /** Removes all features, to be filled anew. */
  clear(): void {
    this.#layer.getSource()?.clear();
    this.#above?.getSource()?.clear();
  }

  /** Shows it in another way. */
  show(look: Look): void {
    const classes = look.without !== this.#look.without;
    this.#look = look;
    for (const layer of this.#both()) {
      layer.setVisible(look.visible);
      layer.setOpacity(look.opacity);
    }
    if (!classes) return;
    this.#fillAbove();
    this.#layer.changed();
  }

  /** Draws in the colours of now. */
  restyle(styles: Drawing): void {
    this.#layer.setStyle(this.#drawnOnly(styles.theme(this.theme)));
    this.#above?.setStyle(this.theme === "streets" ? styles.streetNames : styles.theme(this.theme));
  }

  /** Whether a click on a layer of the map's means this one. */
  is(layer: unknown): boolean {
    return layer === this.#layer;
  }

  find(key: string): Feature | null {
    return (this.#layer.getSource()?.getFeatureById(key) as Feature | null | undefined) ?? null;
  }

  /** The features that are drawn now. */
  seen(): Feature[] {
    if (!this.#look.visible) return [];
    return this.#features().filter((feature) => !this.#look.without.has(kindOf(feature)));
  }

  extent(): number[] | null {
    const source = this.#layer.getSource();
    return source && this.#features().length > 0 ? (source.getExtent() ?? null) : null;
  }

  remove(): void {
    for (const layer of this.#both()) this.map.removeLayer(layer);
  }

  #features(): Feature[] {
    return (this.#layer.getSource()?.getFeatures() ?? []) as Feature[];
  }

  #both(): VectorLayer[] {
    return this.#above ? [this.#layer, this.#above] : [this.#layer];
  }

  #drawnOnly(style: StyleFunction): StyleFunction {
    return (feature, resolution) =>
      this.#look.without.has(String(feature.get(KIND))) ? undefined : style(feature, resolution);
  }

  /** What is drawn above all layers for the sake of this one is never what a click means. */
  #fillAbove(): void {
    const source = this.#above?.getSource();
    if (!source) return;
    const drawn = this.#features().filter((feature) => !this.#look.without.has(kindOf(feature)));
    source.clear();
    // Stations are drawn once more above the names, which then keep clear of them.
    source.addFeatures(
      this.theme === "streets" ? joinedStreets(drawn) : drawn.filter((feature) => kindOf(feature) === "station"),
    );
  }
}

/** Where a feature's class stands; a name that no file uses. */
const KIND = "polder:class";

export function kindOf(feature: Feature): string {
  return String(feature.get(KIND));
}

/** Streets joined by name, invisible but for their names. */
function joinedStreets(features: Feature[]): Feature[] {
  const pieces = features.flatMap((feature) => {
    const geometry = feature.getGeometry();
    const name: unknown = feature.get("name");
    const kind = kindOf(feature);
    if (typeof name !== "string" || !(geometry instanceof LineString) || kind === "foot" || kind === "cycle") return [];
    const large = kind === "main" || kind === "through";
    return [{ key: JSON.stringify([name, large]), line: geometry.getCoordinates() }];
  });
  return chains(pieces).map(({ key, line }) => {
    const [name, large] = JSON.parse(key) as [string, boolean];
    return new Feature({ geometry: new LineString(line as number[][]), name, large });
  });
}
