/**
 * Removes unfinished files when a signal ends the process.
 *
 * @module
 */
import { unlinkSync } from "node:fs";
import process from "node:process";

const SIGNALS: readonly NodeJS.Signals[] = process.platform === "win32"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

const parts = new Set<string>();

/**
 * Removes a file if SIGINT, SIGTERM or SIGHUP ends the process before it is finished.
 *
 * If the program handles the signal itself, nothing is removed.
 *
 * @param path The file.
 * @returns A function to call when the file is finished or removed.
 */
export function removeOnSignal(path: string): () => void {
  if (parts.size === 0) { for (const signal of SIGNALS) process.on(signal, onSignal); }
  parts.add(path);
  return () => {
    parts.delete(path);
    if (parts.size === 0) stopListening();
  };
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  for (const part of parts) {
    try {
      unlinkSync(part);
    } catch { /* Renamed or removed at this moment. */ }
  }
  parts.clear();
  stopListening();
  // Without a listener, the signal has its default effect: it ends the process.
  process.kill(process.pid, signal);
}
