/**
 * The side of the worker: `_worker.ts` calls {@linkcode serveWorker} once. The side of the program is
 * `_start_worker.ts`.
 *
 * @module
 */
import type { PlainError, WorkerAnswer, WorkerRequest } from "./_worker_messages.ts";

/** The message port of the worker. Both sides declare the requests with the types of one module. */
interface WorkerPort<Request, Result> {
  postMessage(message: WorkerAnswer<Result>, transfer?: Transferable[]): void;
  onmessage: ((event: { data: WorkerRequest<Request> }) => void) | null;
}

/** The port, which `_start_worker.ts` passes to the text of every worker. */
declare const workerPort: WorkerPort<unknown, unknown>;

/** Returns a value that can be cloned; any other value becomes text. */
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
 * Handles requests one at a time, in the order in which they were made.
 *
 * @param handle Returns the result of a request; if it throws, `call` throws the same error. Buffers that it
 * adds to `transfer` are transferred instead of copied.
 */
export function serveWorker<Request, Result>(
  handle: (request: Request, transfer: Transferable[]) => Result | Promise<Result>,
): void {
  const port: WorkerPort<Request, Result> = workerPort;
  const post = (answer: WorkerAnswer<Result>, transfer: Transferable[] = []) =>
    port.postMessage(answer, transfer);
  const answer = async ({ id, request }: WorkerRequest<Request>) => {
    try {
      const transfer: Transferable[] = [];
      const result = await handle(request, transfer);
      post({ id, result }, transfer);
    } catch (error) {
      post({ id, error: plain(error) });
    }
  };
  let last = Promise.resolve();
  port.onmessage = ({ data }) => {
    last = last.then(() => answer(data));
  };
  post({ ready: true });
}
