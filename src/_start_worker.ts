/**
 * Starts a worker from the text of its program, in every runtime, package and bundle alike.
 *
 * A worker's sources are a `_worker.ts` that calls `serveWorker`. `deno task build:workers` bundles it
 * into `_worker_code.ts` beside it: one string, which travels like any other module. So nobody has to
 * know where a file is: not a bundler, not `deno compile`, not CommonJS, which has no `import.meta`.
 * The codec's bytes are left out of it: send the compiled module with the first request.
 *
 * @module
 */
import type { PlainError, WorkerAnswer, WorkerPort } from "./_worker_messages.ts";

/** A worker that runs. */
export interface RunningWorker<Request, Result> {
  /**
   * Sends a request. Requests are answered one at a time, in order.
   *
   * @param request What to do; it is cloned.
   * @param transfer Buffers of the request that are moved instead of copied.
   * @returns The result.
   * @throws {Error} What the worker threw, or that it has ended.
   */
  call(request: Request, transfer?: Transferable[]): Promise<Result>;
  /** Ends the worker at once; requests without an answer are rejected. */
  close(): Promise<void>;
}

/** Options of {@linkcode startWorker}. */
export interface StartOptions {
  /** The worker's name in stack traces, debuggers and errors: words joined by dashes. */
  readonly name: string;
  /**
   * Classes of errors that a caller tells apart with `instanceof`; all others become `Error` with the
   * name and the fields that they had.
   *
   * @default the classes of JavaScript itself that take a message alone
   */
  readonly errors?: readonly (new (message: string) => Error)[];
}

/** The part of `node:worker_threads` that is used. */
interface WorkerThread extends WorkerPort {
  on(event: "message" | "error" | "exit", listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

interface Globals {
  readonly process?: {
    readonly getBuiltinModule?: (name: "node:worker_threads") => {
      readonly Worker: new (
        code: string,
        options: { eval: true; name: string },
      ) => WorkerThread;
    };
  };
}

/** What both kinds of workers can do. */
interface Thread {
  post(message: unknown, transfer: Transferable[]): void;
  /** Whether the process waits for this worker. */
  hold(wanted: boolean): void;
  end(): Promise<void>;
}

interface Listeners {
  message(data: unknown): void;
  /** It has failed or ended. */
  ended(reason: unknown): void;
}

const BUILT_IN = [TypeError, RangeError, SyntaxError, EvalError, URIError, ReferenceError];

/** `node:worker_threads`: Node, Deno and Bun. An idle worker does not keep the process alive. */
function startThread(
  { Worker }: ReturnType<NonNullable<NonNullable<Globals["process"]>["getBuiltinModule"]>>,
  code: string,
  name: string,
  listeners: Listeners,
): Thread {
  // A function, because the names would be global otherwise; `require` is missing where the process
  // was started with --input-type=module.
  const program = `((require, workerPort) => {${code}\n})(` +
    `process.getBuiltinModule, process.getBuiltinModule("node:worker_threads").parentPort)\n` +
    `//# sourceURL=${name}.js`;
  const worker = new Worker(program, { eval: true, name });
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
function startWeb(code: string, name: string, listeners: Listeners): Thread {
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

function start(code: string, name: string, listeners: Listeners): Thread {
  const threads = (globalThis as Globals).process?.getBuiltinModule?.("node:worker_threads");
  if (threads !== undefined) return startThread(threads, code, name, listeners);
  if (typeof Worker === "function") return startWeb(code, name, listeners);
  throw new Error("this runtime has no workers");
}

/** The error as it was thrown in the worker, with its class where that is known here. */
function revive(error: PlainError, classes: NonNullable<StartOptions["errors"]>): Error {
  const known = [...classes, ...BUILT_IN].find(({ name }) => name === error.name) ?? Error;
  const revived = Object.assign(new known(error.message), error.fields);
  if (revived.name !== error.name) {
    Object.defineProperty(revived, "name", { value: error.name, configurable: true });
  }
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}

/**
 * Starts a worker and waits until it runs.
 *
 * @param code `WORKER_CODE` of a `_worker_code.ts`.
 * @param options Its name, and the errors that it throws.
 * @returns The running worker. While no request is open, it does not keep a process alive.
 * @throws {Error} If there are no workers, or a page's policy forbids this one.
 */
export async function startWorker<Request, Result>(
  code: string,
  options: StartOptions,
): Promise<RunningWorker<Request, Result>> {
  const { name, errors = [] } = options;
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let end: Error | undefined;
  let lastId = 0;
  let thread: Thread | undefined;

  /** A place for an answer; the process waits as long as there is one. */
  const expect = (id: number): Promise<unknown> => {
    const place = {} as PromiseWithResolvers<unknown>;
    place.promise = new Promise((resolve, reject) => Object.assign(place, { resolve, reject }));
    open.set(id, place);
    thread?.hold(true);
    return place.promise;
  };
  const settle = (id: number, action: (place: PromiseWithResolvers<unknown>) => void): void => {
    const place = open.get(id);
    open.delete(id);
    if (open.size === 0) thread?.hold(false);
    if (place) action(place);
  };
  const ended = (reason: unknown): void => {
    const why = reason instanceof Error ? reason.message : String(reason);
    end ??= new Error(`Cannot use the worker ${name}: ${why}`, { cause: reason });
    for (const id of [...open.keys()]) settle(id, ({ reject }) => reject(end));
  };
  const message = (data: unknown): void => {
    const answer = data as WorkerAnswer;
    if ("ready" in answer) settle(0, ({ resolve }) => resolve(undefined));
    else if ("error" in answer) {
      settle(answer.id, ({ reject }) => reject(revive(answer.error, errors)));
    } else settle(answer.id, ({ resolve }) => resolve(answer.result));
  };

  const ready = expect(0);
  try {
    thread = start(code, name, { message, ended });
  } catch (cause) {
    ended(cause);
  }
  try {
    await ready;
  } catch (error) {
    await thread?.end();
    throw error;
  }
  const running = thread!;
  return {
    call(request, transfer = []) {
      if (end !== undefined) return Promise.reject(end);
      const id = ++lastId;
      const result = expect(id) as Promise<Result>;
      try {
        running.post({ id, request }, transfer);
      } catch (error) {
        settle(id, ({ reject }) => reject(error)); // it cannot be cloned
      }
      return result;
    },
    async close() {
      ended("it is closed");
      await running.end();
    },
  };
}
