// The layer tree as a keyboard knows it: which nodes are to be seen, and where a key leads. Pure.
import { findTyped } from "$lib/find";

/** A layer, or a class of one. */
export interface TreeNode {
  id: string;
  /** The layer's id, for both. */
  layer: string;
  /** The class; null for the layer itself. */
  kind: string | null;
  title: string;
  /** Null when there is nothing to fold. */
  open: boolean | null;
}

/** What a key asks for. */
export type Move = { to: string } | { fold: string; open: boolean } | { toggle: string } | { choose: string };

/** Where a key leads from a node; null when it is no key of the tree. */
export function moveFor(key: string, nodes: readonly TreeNode[], at: string): Move | null {
  const index = nodes.findIndex(({ id }) => id === at);
  const node = nodes[index];
  if (!node) return null;
  const go = (to: number): Move => ({ to: nodes[Math.min(Math.max(to, 0), nodes.length - 1)]?.id ?? at });
  switch (key) {
    case "ArrowDown":
      return go(index + 1);
    case "ArrowUp":
      return go(index - 1);
    case "Home":
      return go(0);
    case "End":
      return go(nodes.length - 1);
    case "ArrowRight":
      if (node.open === null) return { to: at };
      return node.open ? go(index + 1) : { fold: node.layer, open: true };
    case "ArrowLeft":
      if (node.kind !== null) return { to: node.layer };
      return node.open ? { fold: node.layer, open: false } : { to: at };
    case " ":
      return { toggle: at };
    case "Enter":
      return { choose: at };
    default:
      return null;
  }
}

/** The node that a typed word leads to; null when none begins with it. */
export function typedTo(typed: string, nodes: readonly TreeNode[], at: string): string | null {
  const from = nodes.findIndex(({ id }) => id === at);
  return nodes[findTyped(typed, from, nodes.length, (i) => nodes[i]?.title ?? "")]?.id ?? null;
}
