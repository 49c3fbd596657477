/**
 * Repeats a query to the cloud until it returns a result: what was counted, or which readings exist.
 *
 * @module
 */
import { Scope, TimeLimit } from "./_scope.ts";
import {
  HttpAuthenticationError,
  HttpCouldNotVerifyServerError,
  HttpPermissionError,
  RestHttpBaseException,
} from "./errors/mod.ts";
import { sleep } from "./retry.ts";

const LONGEST_PAUSE_MS = 2_000;

/** How often to repeat a query, and for how long. */
interface AskOptions {
  /** Stops the repetition. */
  readonly signal: AbortSignal | undefined;
  /** How long to repeat the query, in milliseconds. */
  readonly timeoutMs: number;
  /** The pause after the first query. Each one after it is twice as long, up to 2 s. */
  readonly firstPauseMs: number;
}

/**
 * Repeats a query until it returns a result.
 *
 * @param ask Sends the query once. It returns undefined while there is no result.
 * @param options How often to repeat it, and for how long.
 * @returns The result, or undefined when the time is up.
 * @throws {RestHttpBaseException} The error of the last query if the time is up, or an error that a repetition
 * cannot fix.
 */
export async function askAgain<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer | undefined>,
  { signal, timeoutMs, firstPauseMs }: AskOptions,
): Promise<Answer | undefined> {
  const scope = new Scope(signal);
  const until = performance.now() + timeoutMs;
  let failure: unknown;
  try {
    for (let pause = firstPauseMs;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const answer = await ask(scope.signal);
        failure = undefined;
        if (answer !== undefined) return answer;
      } catch (error) {
        if (scope.signal.aborted) throw scope.signal.reason;
        if (!mayPass(error)) throw error;
        failure = error;
      }
      // Set after the first query, so that one query is always completed.
      scope.limit(new TimeLimit("timeoutMs", until - performance.now()));
      await sleep(pause, scope.signal);
    }
  } catch (error) {
    if (!(error instanceof TimeLimit)) throw error;
    if (failure !== undefined) throw failure;
    return undefined;
  } finally {
    scope.close();
  }
}

/** Whether the next query may succeed although this one failed. */
function mayPass(error: unknown): boolean {
  return error instanceof RestHttpBaseException && !(error instanceof HttpAuthenticationError ||
    error instanceof HttpPermissionError || error instanceof HttpCouldNotVerifyServerError);
}
