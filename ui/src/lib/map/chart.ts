// The map itself. OpenLayers is named in this folder only.
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import LineString from "ol/geom/LineString";
import VectorLayer from "ol/layer/Vector";
import OlMap from "ol/Map";
import { getPointResolution, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import type { StyleFunction } from "ol/style/Style";
import View from "ol/View";
import { intersects, type Extent } from "ol/extent";
import type { FeatureCollection } from "geojson";
import type { Manifest } from "$lib/bindings/Manifest";
import type { Theme } from "$lib/bindings/Theme";
import { chains } from "./chains";
import { classOf } from "./classes";
import { onThemeChange } from "./palette";
import { drawing } from "./styles";

/** What the map tells its surroundings. */
export interface Told {
  /** A feature was clicked, or empty ground. */
  picked(key: string | null): void;
  /** The view changed: metres per pixel on the ground, and the centre in degrees. */
  moved(metresPerPixel: number, longitude: number, latitude: number): void;
}

/** The open project's map. */
export interface Chart {
  readonly map: OlMap;
  /** Draws a layer; `order` counts from the bottom. Each feature is known as `<id>:<its place in the file>`. */
  put(id: string, theme: Theme, order: number, data: FeatureCollection): void;
  show(id: string, visible: boolean): void;
  /** Marks what the person holds. */
  hold(key: string | null): void;
  /** Brings a feature into view if it is not, nearer when asked for. */
  bring(key: string, near: boolean): void;
  /** Whether a feature lies below a box of the page. */
  isBelow(key: string, box: DOMRect): boolean;
  all(): void;
  zoom(by: number): void;
  dispose(): void;
}

const PROJECTION = "EPSG:3857";
/** Above every layer of a version: names, then what names must keep clear of, then what the person holds. */
const NAMES = 1000;
const SIGNS = 1001;
const HELD = 1002;

/** Makes the map in an element and fits it to the area of a version. */
export function chart(target: HTMLElement, { area }: Manifest, told: Told): Chart {
  const extent = transformExtent(area, "EPSG:4326", PROJECTION);
  const middle = [((extent[0] ?? 0) + (extent[2] ?? 0)) / 2, ((extent[1] ?? 0) + (extent[3] ?? 0)) / 2];
  // How many ground metres one unit of the projection is here: half at Helsinki.
  const ground = getPointResolution(PROJECTION, 1, middle, "m");
  let styles = drawing(1 / ground);

  const view = new View({ projection: PROJECTION, center: middle, resolution: 4, maxZoom: 22, minZoom: 10 });
  const held = new VectorLayer({ source: new VectorSource(), zIndex: HELD, style: styles.held, declutter: true });
  const map = new OlMap({ target, view, layers: [held], controls: [] });
  const layers = new Map<string, { theme: Theme; drawn: VectorLayer; above: VectorLayer | null }>();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const duration = () => (calm.matches ? 0 : 200);
  const format = new GeoJSON({ featureProjection: PROJECTION });

  const tell = () => {
    const resolution = view.getResolution();
    const [longitude = 0, latitude = 0] = toLonLat(view.getCenter() ?? middle);
    if (resolution !== undefined) told.moved(resolution * ground, longitude, latitude);
  };
  view.on("change", tell);
  map.on("click", ({ pixel }) => {
    const hit = map.forEachFeatureAtPixel(pixel, (feature) => String(feature.getId()), {
      hitTolerance: 4,
      layerFilter: (layer) => layer !== held && ![...layers.values()].some(({ above }) => above === layer),
    });
    told.picked(hit ?? null);
  });
  const stopWatching = onThemeChange(() => {
    styles = drawing(1 / ground);
    held.setStyle(styles.held);
    for (const { theme, drawn, above } of layers.values()) {
      drawn.setStyle(styles.theme(theme));
      above?.setStyle(theme === "streets" ? styles.streetNames : styles.theme(theme));
    }
  });

  const find = (key: string): Feature | null => {
    const layer = layers.get(key.slice(0, key.lastIndexOf(":")));
    return layer?.drawn.getSource()?.getFeatureById(key) as Feature | null ?? null;
  };
  const extentOf = (key: string): Extent | null => find(key)?.getGeometry()?.getExtent() ?? null;
  const all = (time: number) => view.fit(extent, { padding: [16, 16, 16, 16], duration: time });

  all(0);
  return {
    map,
    put(id, theme, order, data) {
      const features = format.readFeatures(data) as Feature[];
      features.forEach((feature, i) => feature.setId(`${id}:${i}`));
      const drawn = new VectorLayer({
        source: new VectorSource({ features }),
        zIndex: order,
        style: styles.theme(theme),
        // For all alike: labels of one layer are drawn above the pictures of another only if both take part.
        declutter: true,
        // Panning draws a little beyond the edge and moves that, rather than drawing anew.
        renderBuffer: 120,
      });
      const above =
        theme === "streets"
          ? upper(joinedStreets(features), styles.streetNames, NAMES)
          : theme === "transit"
            ? upper(features.filter(isStation), styles.theme(theme), SIGNS)
            : null;
      layers.set(id, { theme, drawn, above });
      map.addLayer(drawn);
      if (above) map.addLayer(above);
    },
    show(id, visible) {
      const layer = layers.get(id);
      layer?.drawn.setVisible(visible);
      layer?.above?.setVisible(visible);
    },
    hold(key) {
      const source = held.getSource();
      const geometry = key === null ? undefined : find(key)?.getGeometry();
      source?.clear();
      if (geometry) source?.addFeature(new Feature(geometry));
    },
    bring(key, near) {
      const box = extentOf(key);
      if (!box) return;
      if (near) {
        view.fit(box, { padding: [80, 80, 80, 80], maxZoom: 18.5, duration: duration() });
      } else if (!intersects(view.calculateExtent(map.getSize()), box)) {
        view.animate({
          center: [((box[0] ?? 0) + (box[2] ?? 0)) / 2, ((box[1] ?? 0) + (box[3] ?? 0)) / 2],
          duration: duration(),
        });
      }
    },
    isBelow(key, box) {
      const bounds = extentOf(key);
      const page = target.getBoundingClientRect();
      const from = bounds && map.getPixelFromCoordinate([bounds[0] ?? 0, bounds[3] ?? 0]);
      const to = bounds && map.getPixelFromCoordinate([bounds[2] ?? 0, bounds[1] ?? 0]);
      if (!from || !to) return false;
      const [x1 = 0, y1 = 0] = from;
      const [x2 = 0, y2 = 0] = to;
      return (
        page.left + x1 < box.right && page.left + x2 > box.left && page.top + y1 < box.bottom && page.top + y2 > box.top
      );
    },
    all: () => all(duration()),
    zoom(by) {
      view.animate({ zoom: (view.getZoom() ?? 15) + by, duration: duration() });
    },
    dispose() {
      stopWatching();
      map.setTarget(undefined);
      map.dispose();
    },
  };
}

/** What is drawn above all layers for the sake of one: it is never what a click means. */
function upper(features: Feature[], style: StyleFunction, zIndex: number): VectorLayer {
  return new VectorLayer({ source: new VectorSource({ features }), zIndex, style, declutter: true, renderBuffer: 120 });
}

/** Stations are drawn once more above the names, which then keep clear of them. */
function isStation(feature: Feature): boolean {
  return classOf("transit", feature.getProperties()) === "station";
}

/** Streets joined by name, invisible but for their names. */
function joinedStreets(features: Feature[]): Feature[] {
  const pieces = features.flatMap((feature) => {
    const geometry = feature.getGeometry();
    const name: unknown = feature.get("name");
    const kind = classOf("streets", feature.getProperties());
    if (typeof name !== "string" || !(geometry instanceof LineString) || kind === "foot" || kind === "cycle") return [];
    const large = kind === "main" || kind === "through";
    return [{ key: JSON.stringify([name, large]), line: geometry.getCoordinates() }];
  });
  return chains(pieces).map(({ key, line }) => {
    const [name, large] = JSON.parse(key) as [string, boolean];
    return new Feature({ geometry: new LineString(line as number[][]), name, large });
  });
}
