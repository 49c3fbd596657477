/// <reference lib="dom" />
/**
 * The messages for an emulator that has stopped or was replaced by another one.
 *
 * @module
 */
import { duration } from "../../../inspector/format.ts";
import type { About } from "./cloud.ts";

const KEY = "archfx-console-instance";

/** The message for an emulator that cannot be reached. */
export function stopped(since: Date): string {
  return `The emulator has stopped or cannot be reached. The data shown is from ${
    since.toISOString().slice(11, 19)
  } UTC; the page follows by itself once the emulator runs again: archfx emulator --port ${
    location.port || "80"
  }`;
}

/**
 * Remember which emulator this is.
 *
 * @returns a message if this tab saw another emulator before; empty if it is the same
 */
export function restarted(known: About | undefined): string {
  if (known === undefined) return "";
  const before = sessionStorage.getItem(KEY);
  sessionStorage.setItem(KEY, known.instance);
  if (before === null || before === known.instance) return "";
  const since = duration(Math.max(0, Date.now() - Date.parse(known.startedAt)));
  return `The emulator was started again ${since} ago. ` +
    (known.memory
      ? "Its store is in memory, so what was stored before is gone. With --db FILE the store is kept."
      : "Its store is a file, so what was stored before is still there.");
}
