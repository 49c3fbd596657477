/**
 * The retry rules: which attempts are repeated, and after how long.
 *
 * Full jitter (a random wait up to a bound that doubles) keeps many clients from coming back at once.
 * A wait that the server asks for with Retry-After is never shortened: if it does not fit, the call fails.
 *
 * @module
 */
import { after } from "./_scope.ts";

/** The first wait is random up to this. */
const BASE_MS = 300;
/** The longest wait, unless the server asks for a longer one. */
const CAP_MS = 20_000;
/** Added at random to a wait that the server asks for, so that its clients do not all return at once. */
const SPREAD_MS = 250;

/** Methods that may be sent twice with the same effect. */
const REPEATABLE = new Set(["GET", "PUT", "DELETE"]);

/** Whether a method is repeated by default. */
export function isRepeatable(method: string): boolean {
  return REPEATABLE.has(method);
}

/** Whether a call with this status may succeed if it is repeated. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599);
}

/** How long to wait after attempt `attempt` (from 1), in milliseconds. */
export function waitMs(
  attempt: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number {
  if (retryAfterMs !== undefined) return retryAfterMs + random() * SPREAD_MS;
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
}

/** Sleeps, or rejects with the signal's reason; leaves neither timer nor listener behind. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = after(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
