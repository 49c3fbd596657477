/// <reference lib="dom" />
/**
 * Keeps the state of a page in its address, after the `#`, so that a reload, a bookmark and the Back button
 * restore the view. The open file is kept with the history entry, if the browser can do that.
 *
 * @module
 */

/** Values to set; null removes one. */
export type Changes = Readonly<Record<string, string | null>>;

/** One part of a page and its values in the address. */
export interface Address {
  get(name: string): string | null;
  /** Change values, as a new step in the history or in place. */
  set(changes: Changes, how: "step" | "in place"): void;
  /** Call a listener when the user goes back or forward; returns a function that ends this. */
  onMove(listener: () => void): () => void;
}

let kept: File | undefined;

/**
 * The values of one part of the page.
 *
 * @param prefix the prefix of its names, if several parts share a page
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
      // Commas and similar characters are valid there, and easier to read than their codes.
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

/** The file that was open before a reload, if the browser kept it. */
export function keptFile(): File | undefined {
  const file: unknown = history.state?.file;
  return kept = file instanceof File ? file : undefined;
}

/** Keep the open file for a reload; undefined removes it. */
export function keepFile(file: File | undefined): void {
  kept = file;
  try {
    history.replaceState(entry(), "");
  } catch {
    // The browser cannot keep files, or not such a large one. A reload then starts without the file.
    history.replaceState(null, "");
  }
}

function entry(): { file: File } | null {
  return kept === undefined ? null : { file: kept };
}

function values(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** A range as text for the address: seconds since the Unix epoch. */
export function rangeText(range: { from: number; to: number } | undefined): string | null {
  return range === undefined ? null : `${range.from.toFixed(6)},${range.to.toFixed(6)}`;
}

/** Parses a range from the address; undefined if there is none. */
export function rangeOf(text: string | null): { from: number; to: number } | undefined {
  const [from, to] = (text ?? "").split(",").map(Number);
  return Number.isFinite(from) && to > from ? { from, to } : undefined;
}
