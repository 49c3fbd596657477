/**
 * A question that is asked again until it has its answer: what the cloud has counted, and what it shows.
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

/** How often, and for how long. */
interface AskOptions {
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
  /** How long an answer is awaited. */
  readonly timeoutMs: number;
  /** The pause after the first query. Each one after it is twice as long, up to 2 s. */
  readonly firstPauseMs: number;
}

/**
 * Asks until there is an answer.
 *
 * @param ask One query; undefined as long as the answer is not there.
 * @param options How often, and for how long.
 * @returns The answer; undefined when the time is up.
 * @throws {RestHttpBaseException} What the last query failed with when the time was up, or an error that will not pass.
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
      // Set after the first query, which is to have an answer whatever the limit is.
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

/** Whether the next query may be answered, though this one failed: the report has been sent in any case. */
function mayPass(error: unknown): boolean {
  return error instanceof RestHttpBaseException && !(error instanceof HttpAuthenticationError ||
    error instanceof HttpPermissionError || error instanceof HttpCouldNotVerifyServerError);
}
