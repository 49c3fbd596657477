/**
 * The worker's side of a worker: `_worker.ts` calls {@linkcode serveWorker} once. The program's side
 * is `_start_worker.ts`.
 *
 * @module
 */
import type { PlainError, WorkerAnswer, WorkerPort, WorkerRequest } from "./_worker_messages.ts";

/** What `_start_worker.ts` passes to the text of every worker. */
declare const workerPort: WorkerPort;

/** A value that can be cloned; anything else becomes text. */
function cloneable(value: unknown): unknown {
  return /^(?:string|number|bigint|boolean|undefined)$/.test(typeof value) || value === null
    ? value
    : String(value);
}

function plain(thrown: unknown): PlainError {
  if (!(thrown instanceof Error)) return { name: "Error", message: String(thrown), fields: {} };
  const { name, message, stack } = thrown;
  const fields = Object.entries(thrown).map(([key, value]) => [key, cloneable(value)]);
  return { name, message, stack, fields: Object.fromEntries(fields) };
}

/**
 * Answers requests, one at a time, in the order in which they were made.
 *
 * @param handle Returns the result of a request; what it throws is thrown by `call`. Buffers that it
 * adds to `transfer` are moved instead of copied.
 */
export function serveWorker<Request, Result>(
  handle: (request: Request, transfer: Transferable[]) => Result | Promise<Result>,
): void {
  const post = (answer: WorkerAnswer, transfer: Transferable[] = []) =>
    workerPort.postMessage(answer, transfer);
  const answer = async ({ id, request }: WorkerRequest) => {
    try {
      const transfer: Transferable[] = [];
      const result = await handle(request as Request, transfer);
      post({ id, result }, transfer);
    } catch (error) {
      post({ id, error: plain(error) });
    }
  };
  let last = Promise.resolve();
  workerPort.onmessage = ({ data }) => {
    last = last.then(() => answer(data as WorkerRequest));
  };
  post({ ready: true });
}
