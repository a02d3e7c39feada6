/// <reference types="vite/client" />
/// <reference types="svelte" />

interface ImportMetaEnv {
  /** "1" in builds for window tests, which may then reach the map. */
  readonly VITE_E2E?: string;
}

interface Window {
  /** The open project's map; only in builds for window tests. */
  __polderMap?: import("ol/Map").default | undefined;
}
