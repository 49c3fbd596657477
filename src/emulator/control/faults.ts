/** Faults on demand: what goes wrong, for which calls, and how often. */
import { inspectable } from "../../_inspect.ts";

/** Which calls a fault affects. */
export interface FaultTarget {
  /** The method; without it, any method. */
  readonly method?: string;
  /** The start of the path, with or without `/api/v1/`; by default any path of the API. */
  readonly path?: string;
  /**
   * How many calls it affects.
   *
   * @default {1}
   */
  readonly times?: number | "always";
  /**
   * How many matching calls pass before the first one is affected.
   *
   * @default {0}
   */
  readonly after?: number;
}

/** What goes wrong. */
export type FaultKind =
  /** Responds with this status instead of doing the work, like a proxy: with HTML, or with the given JSON. */
  | {
    readonly kind: "status";
    readonly status: number;
    /** Seconds, or an HTTP date: the Retry-After header. */
    readonly retryAfter?: number | string;
    readonly body?: unknown;
  }
  /** The call waits before anything else happens. */
  | { readonly kind: "delay"; readonly milliseconds: number }
  /**
   * The connection breaks: before the work; during it, when half of the body is read and nothing is stored; after
   * it, when everything is stored but no response is sent; or in the middle of the response.
   */
  | { readonly kind: "drop"; readonly phase: "before" | "during" | "after" | "answer" }
  /** The links of a list have this origin instead of the emulator's. */
  | { readonly kind: "next"; readonly origin: string }
  /** 302 (or another 3xx) to the same path at this origin. */
  | { readonly kind: "redirect"; readonly origin: string; readonly status?: number }
  /** The access token of the call is treated as expired. */
  | { readonly kind: "expired-token" }
  /**
   * A report is stored and answered with 201 and the number of its readings, but is never counted: its worker
   * fails permanently.
   */
  | { readonly kind: "worker-fails" }
  /** SQLite rejects every write, for all calls, until the fault is removed. */
  | { readonly kind: "read-only" }
  /** SQLite gets no more disk space, for all calls, until the fault is removed. */
  | { readonly kind: "disk-full" };

/** A fault to set. */
export type FaultSpec = FaultKind & FaultTarget;

/** A fault that is set. */
export type Fault = FaultSpec & {
  readonly id: string;
  /** How many calls it has affected. */
  readonly struck: number;
};

/** A fault with its id. */
export type SetFault = FaultSpec & { readonly id: string };

/**
 * Says that the connection must be cut. It is thrown to the server that holds the connection, or to the caller of
 * `fetch`.
 *
 * @example
 * ```ts
 * import { ConnectionDropped, createEmulator } from "@archfx/cloud/emulator";
 * import { assertRejects } from "@std/assert";
 *
 * await using emulator = await createEmulator({ seed: "empty" });
 * emulator.faults.add({ kind: "drop", path: "server/", phase: "before" });
 * await assertRejects(
 *   () => emulator.fetch("http://emulator/api/v1/server/"),
 *   ConnectionDropped,
 * );
 * ```
 */
export class ConnectionDropped extends TypeError {
  /** The name of the class. */
  override readonly name = "ConnectionDropped";
  /** Set for a cut in the middle of the response. */
  readonly partial: Response | undefined;

  /** Makes the error. `partial` is the response that must be cut off. */
  constructor(partial?: Response) {
    super("Cannot respond: a fault drops the connection");
    this.partial = partial;
  }

  /**
   * The error for JSON: name, message, and whether a response had begun, without the stack.
   *
   * @returns A plain object.
   */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, partial: this.partial !== undefined };
  }
}

const PHASES = ["before", "during", "after", "answer"];
const KINDS = [
  "status",
  "delay",
  "drop",
  "next",
  "redirect",
  "expired-token",
  "worker-fails",
  "read-only",
  "disk-full",
];

/**
 * The faults that are set.
 *
 * @example A call that fails twice, then succeeds
 * ```ts
 * import { createEmulator } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator();
 * emulator.faults.add({ kind: "status", status: 503, path: "server/", times: 2 });
 * const statuses = [];
 * for (let i = 0; i < 3; i++) {
 *   const response = await emulator.fetch("http://emulator/api/v1/server/");
 *   statuses.push(response.status);
 *   await response.body?.cancel();
 * }
 * assertEquals(statuses, [503, 503, 200]);
 * ```
 */
export class Faults {
  #faults: { fault: SetFault; passed: number; struck: number }[] = [];
  #next = 1;
  #changed: () => void;

  /** Makes an empty list of faults; `changed` is called whenever it changes. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /**
   * Sets a fault.
   *
   * @returns Its id.
   * @throws TypeError for an unknown or invalid option.
   */
  add(spec: FaultSpec): string {
    check(spec);
    const id = `fault-${this.#next++}`;
    this.#faults.push({ fault: { ...spec, id }, passed: 0, struck: 0 });
    this.#changed();
    return id;
  }

  /** The faults that are set and not used up. */
  list(): Fault[] {
    return this.#faults.map(({ fault, struck }) => ({ ...fault, struck }));
  }

  /** Removes one fault; returns whether it existed. */
  remove(id: string): boolean {
    const before = this.#faults.length;
    this.#faults = this.#faults.filter(({ fault }) => fault.id !== id);
    this.#changed();
    return this.#faults.length < before;
  }

  /** Removes all. */
  clear(): void {
    this.#faults = [];
    this.#changed();
  }

  /** How many are set. */
  toString(): string {
    return `Faults(${this.#faults.length} set)`;
  }

  /** The faults that are set. */
  toJSON(): Fault[] {
    return this.list();
  }

  static {
    inspectable(this.prototype, String);
  }

  /** Whether the store must reject writes. */
  get readOnly(): boolean {
    return this.#faults.some(({ fault }) => fault.kind === "read-only");
  }

  /** Whether the store must get no more disk space. */
  get diskFull(): boolean {
    return this.#faults.some(({ fault }) => fault.kind === "disk-full");
  }

  /** The faults that affect a call, in the order in which they were set. This counts as one use of each. */
  take(method: string, path: string): SetFault[] {
    const struck = this.#faults.filter((entry) => {
      const { fault } = entry;
      if (isLasting(fault) || !matches(fault, method, path)) return false;
      if (entry.passed < (fault.after ?? 0)) {
        entry.passed++;
        return false;
      }
      entry.struck++;
      return true;
    });
    this.#faults = this.#faults.filter(({ fault, struck }) =>
      fault.times === "always" || struck < (fault.times ?? 1)
    );
    if (struck.length > 0) this.#changed();
    return struck.map(({ fault }) => fault);
  }
}

/** Faults of the store do not affect single calls. */
function isLasting({ kind }: FaultKind): boolean {
  return kind === "read-only" || kind === "disk-full";
}

function matches({ method, path = "" }: FaultTarget, calledMethod: string, called: string) {
  if (method !== undefined && method.toUpperCase() !== calledMethod) return false;
  const prefix = path.startsWith("/") ? path : `/api/v1/${path}`;
  return called.startsWith(prefix);
}

function check(spec: FaultSpec): void {
  const fail = (name: string, value: unknown, rule: string) => {
    throw new TypeError(
      `Cannot set the fault: "${name}" ${rule}; the current value is ${JSON.stringify(value)}`,
    );
  };
  if (typeof spec !== "object" || spec === null) fail("fault", spec, "must be an object");
  if (!KINDS.includes(spec.kind)) fail("kind", spec.kind, `must be one of ${KINDS.join(", ")}`);
  const { times = 1, after = 0, path, method } = spec;
  if (times !== "always" && !(Number.isSafeInteger(times) && times > 0)) {
    fail("times", times, 'must be a positive integer or "always"');
  }
  if (!Number.isSafeInteger(after) || after < 0) fail("after", after, "must not be negative");
  if (path !== undefined && typeof path !== "string") fail("path", path, "must be text");
  if (method !== undefined && typeof method !== "string") fail("method", method, "must be text");
  switch (spec.kind) {
    case "status":
      if (!Number.isInteger(spec.status) || spec.status < 200 || spec.status > 599) {
        fail("status", spec.status, "must be from 200 to 599");
      }
      break;
    case "delay":
      if (!(spec.milliseconds >= 0 && spec.milliseconds <= 600_000)) {
        fail("milliseconds", spec.milliseconds, "must be from 0 to 600000");
      }
      break;
    case "drop":
      if (!PHASES.includes(spec.phase)) {
        fail("phase", spec.phase, `must be one of ${PHASES.join(", ")}`);
      }
      break;
    case "redirect":
      if (spec.status !== undefined && ![301, 302, 303, 307, 308].includes(spec.status)) {
        fail("status", spec.status, "must be a redirect");
      }
      checkOrigin(spec.origin, fail);
      break;
    case "next":
      checkOrigin(spec.origin, fail);
  }
}

function checkOrigin(
  origin: unknown,
  fail: (name: string, value: unknown, rule: string) => void,
): void {
  if (typeof origin !== "string" || !/^https?:\/\/[^/?#\s]+$/.test(origin)) {
    fail("origin", origin, "must be an origin, such as http://other.example");
  }
}
