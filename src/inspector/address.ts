/// <reference lib="dom" />
/**
 * The state of a page in its address, after the `#`: a reload, a bookmark and the Back button keep what is
 * shown. The file that is open stays with the entry of the history, where the browser can keep it.
 *
 * @module
 */

/** Values to set; null takes one away. */
export type Changes = Readonly<Record<string, string | null>>;

/** One part of a page and its values in the address. */
export interface Address {
  get(name: string): string | null;
  /** Change values: as a step that Back returns from, or in place. */
  set(changes: Changes, how: "step" | "in place"): void;
  /** Call a listener when the user goes back or forward; returns a function that ends this. */
  onMove(listener: () => void): () => void;
}

let kept: File | undefined;

/**
 * The values of one part of the page.
 *
 * @param prefix what its names begin with, where several parts share a page
 */
export function address(prefix = ""): Address {
  return {
    get: (name) => values().get(prefix + name),
    set(changes, how) {
      const next = values();
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) next.delete(prefix + name);
        else next.set(prefix + name, value);
      }
      // Commas and the like are as good as their codes there, and can be read.
      const hash = `#${String(next).replace(/%2C/g, ",").replace(/%3A/g, ":")}`;
      if (hash === (location.hash || "#")) return;
      if (how === "step") history.pushState(entry(), "", hash);
      else history.replaceState(entry(), "", hash);
    },
    onMove(listener) {
      const moved = () => {
        keepFile(kept);
        listener();
      };
      addEventListener("popstate", moved);
      return () => removeEventListener("popstate", moved);
    },
  };
}

/** The file that was open before a reload, where the browser kept it. */
export function keptFile(): File | undefined {
  const file: unknown = history.state?.file;
  return kept = file instanceof File ? file : undefined;
}

/** Keep the file that is open over a reload; undefined forgets it. */
export function keepFile(file: File | undefined): void {
  kept = file;
  try {
    history.replaceState(entry(), "");
  } catch {
    // A browser that cannot keep files, or not such a large one: then a reload begins without it.
    history.replaceState(null, "");
  }
}

function entry(): { file: File } | null {
  return kept === undefined ? null : { file: kept };
}

function values(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** A range as the address has it: seconds since the Unix epoch. */
export function rangeText(range: { from: number; to: number } | undefined): string | null {
  return range === undefined ? null : `${range.from.toFixed(6)},${range.to.toFixed(6)}`;
}

/** The range that a text of the address says; undefined where it says none. */
export function rangeOf(text: string | null): { from: number; to: number } | undefined {
  const [from, to] = (text ?? "").split(",").map(Number);
  return Number.isFinite(from) && to > from ? { from, to } : undefined;
}
