/**
 * Starts a worker from the text of its program, in the same way in every runtime, package and bundle.
 *
 * A worker's sources are a `_worker.ts` that calls `serveWorker`. `deno task build:workers` bundles it
 * into `_worker_code.ts` beside it: one string, which is imported like any other module. So bundlers,
 * `deno compile` and CommonJS (which has no `import.meta`) do not need the path of a file.
 * The string does not contain the codec's bytes: send the compiled module with the first request.
 *
 * @module
 */
import { errorMessage } from "./_error_fields.ts";
import type { PlainError, WorkerAnswer, WorkerRequest } from "./_worker_messages.ts";

/** A worker that runs. */
export interface RunningWorker<Request, Result> {
  /**
   * Sends a request. Requests are handled one at a time, in order.
   *
   * @param request The request, which is cloned.
   * @param transfer Buffers of the request that are transferred instead of copied.
   * @returns The result.
   * @throws {Error} The error that the worker threw, or an error if the worker has ended.
   */
  call(request: Request, transfer?: Transferable[]): Promise<Result>;
  /** Ends the worker immediately; requests without a response are rejected. */
  close(): Promise<void>;
}

/** Options of {@linkcode startWorker}. */
export interface StartOptions {
  /** The worker's name in stack traces, debuggers and errors: words joined by dashes. */
  readonly name: string;
  /**
   * Classes of errors that a caller checks with `instanceof`; all others become `Error` with the original
   * name and fields.
   *
   * @default the built-in classes whose only required argument is a message
   */
  readonly errors?: readonly (new (message: string) => Error)[];
}

/** A thread of Node. Its messages are those that `serveWorker` posts. */
interface WorkerThread<Request, Result> {
  postMessage(message: WorkerRequest<Request>, transfer?: Transferable[]): void;
  on(event: "message", listener: (value: WorkerAnswer<Result>) => void): void;
  on(event: "error" | "exit", listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

/** The part of `node:worker_threads` that is used. */
interface WorkerThreads {
  readonly Worker: new <Request, Result>(
    code: string,
    options: { eval: true; name: string },
  ) => WorkerThread<Request, Result>;
}

interface Globals {
  readonly process?: {
    readonly getBuiltinModule?: (name: "node:worker_threads") => WorkerThreads | undefined;
  };
}

/** The common interface of both kinds of workers. */
interface Thread<Request> {
  post(message: WorkerRequest<Request>, transfer: Transferable[]): void;
  /** Whether the process waits for this worker. */
  hold(wanted: boolean): void;
  end(): Promise<void>;
}

interface Listeners<Result> {
  message(answer: WorkerAnswer<Result>): void;
  /** Called when it has failed or ended. */
  ended(reason: unknown): void;
}

const BUILT_IN = [TypeError, RangeError, SyntaxError, EvalError, URIError, ReferenceError];

/** `node:worker_threads`: Node, Deno and Bun. An idle worker does not keep the process alive. */
function startThread<Request, Result>(
  { Worker }: WorkerThreads,
  code: string,
  name: string,
  listeners: Listeners<Result>,
): Thread<Request> {
  // A function, because the names would be global otherwise; `require` does not exist if the process
  // was started with --input-type=module.
  const program = `((require, workerPort) => {${code}\n})(` +
    `process.getBuiltinModule, process.getBuiltinModule("node:worker_threads").parentPort)\n` +
    `//# sourceURL=${name}.js`;
  const worker = new Worker<Request, Result>(program, { eval: true, name });
  worker.on("message", listeners.message);
  worker.on("error", listeners.ended);
  worker.on("exit", (code) => listeners.ended(new Error(`it has ended with exit code ${code}`)));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: (wanted) => wanted ? worker.ref() : worker.unref(),
    end: async () => void await worker.terminate(),
  };
}

/** A Web Worker: browsers. */
function startWeb<Request, Result>(
  code: string,
  name: string,
  listeners: Listeners<Result>,
): Thread<Request> {
  const program = `((workerPort) => {${code}\n})(self)\n//# sourceURL=${name}.js`;
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(url, { name });
  worker.onmessage = ({ data }) => {
    URL.revokeObjectURL(url);
    listeners.message(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    URL.revokeObjectURL(url);
    listeners.ended(new Error(event.message || "the page does not allow workers from blob: URLs"));
  };
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold() {},
    end: () => Promise.resolve(worker.terminate()),
  };
}

function start<Request, Result>(
  code: string,
  name: string,
  listeners: Listeners<Result>,
): Thread<Request> {
  const globals: Globals = globalThis;
  const threads = globals.process?.getBuiltinModule?.("node:worker_threads");
  if (threads !== undefined) return startThread(threads, code, name, listeners);
  if (typeof Worker === "function") return startWeb(code, name, listeners);
  throw new Error("this runtime has no workers");
}

/** The error that was thrown in the worker, with its class if that is known here. */
function revive(error: PlainError, classes: NonNullable<StartOptions["errors"]>): Error {
  const known = [...classes, ...BUILT_IN].find(({ name }) => name === error.name) ?? Error;
  const revived = Object.assign(new known(error.message), error.fields);
  if (revived.name !== error.name) {
    Object.defineProperty(revived, "name", { value: error.name, configurable: true });
  }
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}

/** A response that a caller waits for. `Promise.withResolvers` does not exist before Node 22. */
interface Awaiting<Result> {
  readonly promise: Promise<Result>;
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

function awaited<Result>(): Awaiting<Result> {
  let resolve!: (result: Result) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Result>((...both) => [resolve, reject] = both);
  return { promise, resolve, reject };
}

/**
 * Starts a worker and waits until it runs.
 *
 * @param code `WORKER_CODE` of a `_worker_code.ts`.
 * @param options Its name, and the errors that it throws.
 * @returns The running worker. While no request is open, it does not keep a process alive.
 * @throws {Error} If the runtime has no workers, or the policy of a page forbids this one.
 */
export async function startWorker<Request, Result>(
  code: string,
  options: StartOptions,
): Promise<RunningWorker<Request, Result>> {
  const { name, errors = [] } = options;
  const open = new Map<number, Awaiting<Result>>();
  const ready = awaited<void>();
  let end: Error | undefined;
  let lastId = 0;
  let thread: Thread<Request> | undefined;

  /** Adds a response to wait for; the process does not end while it is pending. */
  const expect = (id: number): Promise<Result> => {
    const answer = awaited<Result>();
    open.set(id, answer);
    thread?.hold(true);
    return answer.promise;
  };
  /** Removes and returns a request that has its response. */
  const answered = (id: number): Awaiting<Result> | undefined => {
    const answer = open.get(id);
    open.delete(id);
    if (open.size === 0) thread?.hold(false);
    return answer;
  };
  const ended = (reason: unknown): void => {
    const why = errorMessage(reason);
    end ??= new Error(`Cannot use the worker ${name}: ${why}`, { cause: reason });
    ready.reject(end);
    thread?.hold(false);
    for (const id of [...open.keys()]) answered(id)?.reject(end);
  };
  const message = (answer: WorkerAnswer<Result>): void => {
    if ("ready" in answer) {
      thread?.hold(false);
      ready.resolve();
    } else if ("error" in answer) answered(answer.id)?.reject(revive(answer.error, errors));
    else answered(answer.id)?.resolve(answer.result);
  };

  try {
    thread = start<Request, Result>(code, name, { message, ended });
  } catch (cause) {
    ended(cause);
  }
  try {
    await ready.promise;
  } catch (error) {
    await thread?.end();
    throw error;
  }
  const running = thread!;
  return {
    call(request, transfer = []) {
      if (end !== undefined) return Promise.reject(end);
      const id = ++lastId;
      const result = expect(id);
      try {
        running.post({ id, request }, transfer);
      } catch (error) {
        answered(id)?.reject(error); // it cannot be cloned
      }
      return result;
    },
    async close() {
      ended("it is closed");
      await running.end();
    },
  };
}
