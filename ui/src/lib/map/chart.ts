// The map itself. OpenLayers is named in this folder only.
import Feature from "ol/Feature";
import { defaults } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import OlMap from "ol/Map";
import { getPointResolution, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import View from "ol/View";
import { getCenter, intersects, type Extent } from "ol/extent";
import type { FeatureCollection } from "geojson";
import type { Manifest } from "$lib/bindings/Manifest";
import type { Theme } from "$lib/bindings/Theme";
import { Drawn, HELD, PROJECTION, type Look } from "./drawn";
import { nearestFirst, type Box } from "./nearest";
import { onThemeChange } from "./palette";
import { firstResolution } from "./scale";
import { drawing } from "./styles";

/** What the map tells its surroundings. */
export interface Told {
  /** A feature was clicked, or empty ground. */
  picked(key: string | null): void;
  /** The view changed: metres per pixel on the ground, and the centre in degrees. */
  moved(metresPerPixel: number, longitude: number, latitude: number): void;
  /** The pointer is over this place, in degrees; null when it left. */
  pointed(place: [longitude: number, latitude: number] | null): void;
}

export type { Look };

/** The open project's map. */
export interface Chart {
  readonly map: OlMap;
  /** Draws a layer, chunk by chunk; `order` counts from the bottom. Each feature is known as `<id>:<its place in the file>`. */
  put(id: string, theme: Theme, order: number, look: Look, data: FeatureCollection, pause: () => Promise<void>): Promise<void>;
  show(id: string, look: Look): void;
  /** Marks what the person holds. */
  hold(key: string | null): void;
  /** Brings a feature into view if it is not, nearer when asked for. */
  bring(key: string, near: boolean): void;
  /** Shows all of a layer. */
  showAll(layer: string): void;
  /** Where a feature lies in the map's box: left, top, right, bottom. */
  boxOf(key: string): Box | null;
  /** The keys of all features in view, nearest to the middle first. */
  nearest(): string[];
  all(): void;
  zoom(by: number): void;
  /** Moves the view by so many pixels. */
  pan(right: number, down: number): void;
  dispose(): void;
}

/** Makes the map in an element; the area of a version fills it. */
export function chart(target: HTMLElement, { area }: Manifest, told: Told): Chart {
  const extent = transformExtent(area, "EPSG:4326", PROJECTION);
  const middle = getCenter(extent);
  // How many ground metres one unit of the projection is here: half at Helsinki.
  const ground = getPointResolution(PROJECTION, 1, middle, "m");
  let styles = drawing(1 / ground);

  const view = new View({ projection: PROJECTION, center: middle, resolution: 4, maxZoom: 22, minZoom: 8 });
  const held = new VectorLayer({ source: new VectorSource(), zIndex: HELD, style: styles.held, declutter: true });
  // Nobody means to turn the map round, and keys are the screen's affair.
  const interactions = defaults({ altShiftDragRotate: false, pinchRotate: false, keyboard: false });
  const map = new OlMap({ target, view, layers: [held], controls: [], interactions });
  const layers = new Map<string, Drawn>();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const duration = () => (calm.matches ? 0 : 200);
  let gone = false;

  const tell = () => {
    const resolution = view.getResolution();
    const [longitude = 0, latitude = 0] = toLonLat(view.getCenter() ?? middle);
    if (resolution !== undefined) told.moved(resolution * ground, longitude, latitude);
  };
  view.on(["change:center", "change:resolution"], tell);
  map.on("click", ({ pixel }) => {
    const hit = map.forEachFeatureAtPixel(pixel, (feature) => String(feature.getId()), {
      hitTolerance: 4,
      layerFilter: (layer) => [...layers.values()].some((drawn) => drawn.is(layer)),
    });
    told.picked(hit ?? null);
  });
  map.on("pointermove", ({ coordinate, dragging }) => {
    if (dragging) return;
    const [longitude = 0, latitude = 0] = toLonLat(coordinate);
    told.pointed([longitude, latitude]);
  });
  const left = () => told.pointed(null);
  target.addEventListener("pointerleave", left);
  const stopWatching = onThemeChange(() => {
    styles = drawing(1 / ground);
    held.setStyle(styles.held);
    for (const drawn of layers.values()) drawn.restyle(styles);
  });

  const find = (key: string): Feature | null => layers.get(key.slice(0, key.lastIndexOf(":")))?.find(key) ?? null;
  const extentOf = (key: string): Extent | null => find(key)?.getGeometry()?.getExtent() ?? null;
  const fit = (box: Extent, padding: number, maxZoom: number) =>
    view.fit(box, { padding: Array<number>(4).fill(padding), maxZoom, duration: duration() });

  const [width = 1, height = 1] = map.getSize() ?? [];
  view.setResolution(firstResolution(extent as unknown as Box, width, height));
  tell();
  return {
    map,
    async put(id, theme, order, look, data, pause) {
      layers.get(id)?.remove();
      const drawn = new Drawn(id, theme, order, map, styles);
      layers.set(id, drawn);
      drawn.show(look);
      await drawn.fill(data, pause, () => gone || layers.get(id) !== drawn);
    },
    show: (id, look) => layers.get(id)?.show(look),
    hold(key) {
      const source = held.getSource();
      const geometry = key === null ? undefined : find(key)?.getGeometry();
      source?.clear();
      if (geometry) source?.addFeature(new Feature(geometry));
    },
    bring(key, near) {
      const box = extentOf(key);
      if (!box) return;
      if (near) fit(box, 80, 18.5);
      else if (!intersects(view.calculateExtent(map.getSize()), box)) {
        view.animate({ center: getCenter(box), duration: duration() });
      }
    },
    showAll(id) {
      const box = layers.get(id)?.extent();
      if (box) fit(box, 32, 18.5);
    },
    boxOf(key) {
      const bounds = extentOf(key);
      const from = bounds && map.getPixelFromCoordinate([bounds[0] ?? 0, bounds[3] ?? 0]);
      const to = bounds && map.getPixelFromCoordinate([bounds[2] ?? 0, bounds[1] ?? 0]);
      return from && to ? [from[0] ?? 0, from[1] ?? 0, to[0] ?? 0, to[1] ?? 0] : null;
    },
    nearest() {
      const top = [...layers.values()].reverse();
      const boxes = top.flatMap((drawn) =>
        drawn.seen().map((feature) => [String(feature.getId()), feature.getGeometry()?.getExtent() as unknown as Box] as const),
      );
      return nearestFirst(boxes, view.calculateExtent(map.getSize()) as unknown as Box);
    },
    all: () => fit(extent, 16, 22),
    zoom(by) {
      view.animate({ zoom: (view.getZoom() ?? 15) + by, duration: duration() });
    },
    pan(right, down) {
      const [x = 0, y = 0] = view.getCenter() ?? middle;
      const resolution = view.getResolution() ?? 1;
      // A key that is held down repeats before the way is done.
      view.cancelAnimations();
      view.animate({ center: [x + right * resolution, y - down * resolution], duration: duration() / 2 });
    },
    dispose() {
      gone = true;
      stopWatching();
      target.removeEventListener("pointerleave", left);
      map.setTarget(undefined);
      map.dispose();
    },
  };
}
