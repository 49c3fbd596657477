/**
 * The one WebAssembly instance: compiled on first use, never on import.
 *
 * @module
 */
import { WASM_BASE64 } from "./wasm_bytes.ts";

/** What the module exports; `wasm/index.ts` is its source. */
export interface WasmExports {
  /** It is never shared; the types of some hosts leave that open. */
  readonly memory: { readonly buffer: ArrayBuffer };
  slugRead(length: number, expect: number): number;
  slugBrokenAt(): number;
  slugReadLines(length: number, last: boolean, carriageReturns: boolean): number;
  slugLinesRead(): number;
  slugFormatLines(rows: number): number;
  csvPlan(all: boolean): void;
  csvScan(from: number, length: number, row: number, firstId: bigint, step: bigint): number;
  scanCount(what: number): number;
  scanFirst(isLate: boolean): bigint;
  ndjsonArray(isArray: boolean): void;
  ndjsonKey(index: number, role: number, length: number): void;
  ndjsonScan(
    from: number,
    length: number,
    last: boolean,
    row: number,
    keys: number,
    required: number,
    stream: number,
    firstId: bigint,
    step: bigint,
  ): number;
  ndjsonLineStart(): number;
  ndjsonLineEnd(): number;
  ndjsonSpans(): number;
  ndjsonJoined(): number;
  csvBytesRead(): number;
  csvLinesRead(): number;
  csvSlowValues(): number;
  formatCsv(from: number, to: number, at: number, lead: number): number;
  formatTime(micros: bigint): number;
  parseTimeText(length: number): bigint;
  widenIds(readings: number): void;
  checkedIds(readings: number): number;
  takeIntegers(readings: number): void;
  measure(readings: number): number;
  encodeEvents(readings: number): number;
  encodeFreeEvents(readings: number): number;
  encodeFloats(count: number): void;
  encodeNumbers(count: number): number;
  beginEvents(): void;
  decodeEvents(
    from: number,
    length: number,
    offset: number,
    beyond: number,
    wanted: number,
    maxDepth: number,
    passed: boolean,
  ): number;
  eventOffset(): number;
  rowsRead(): number;
  spansRead(): number;
  stoppedAt(): number;
}

/** The instance with the views over its memory, made once: memory never grows. */
interface Wasm {
  readonly module: WebAssembly.Module;
  readonly kernel: WasmExports;
  readonly u8: Uint8Array;
}

let current: Wasm | undefined;

function instantiate(module: WebAssembly.Module): Wasm {
  const kernel = new WebAssembly.Instance(module).exports as unknown as WasmExports;
  return { module, kernel, u8: new Uint8Array(kernel.memory.buffer) };
}

interface BytesOfText {
  readonly BYTES_PER_ELEMENT: number;
  readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
}

function embeddedBytes(): Uint8Array<ArrayBuffer> {
  // Where there is one: in a process that has just begun, the loop takes longer than all else.
  const { fromBase64 }: BytesOfText = Uint8Array;
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, WASM_BASE64);
  const binary = atob(WASM_BASE64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function compileEmbedded(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(embeddedBytes());
  } catch (cause) {
    throw new Error(
      "Cannot compile the codec as this host forbids compiling bytes: " +
        "call init with the module archfx-cloud/codec.wasm first",
      { cause },
    );
  }
}

/**
 * The instance, compiled at the first call.
 *
 * @throws {Error} If the host forbids compiling bytes and `init` was given no module.
 */
export function wasm(): Wasm {
  return current ??= instantiate(compileEmbedded());
}

/**
 * The compiled module, for a worker: there it is passed to {@linkcode init}.
 *
 * @throws {Error} As `wasm`.
 */
export function codecModule(): WebAssembly.Module {
  return wasm().module;
}

/**
 * Makes the codec ready before its first use, from a module of the host's where it forbids compiling
 * bytes (Cloudflare Workers). Optional everywhere else.
 *
 * @param module `archfx-cloud/codec.wasm` as the host imports it; the embedded module by default.
 * @throws {TypeError} If `module` is given and is not a WebAssembly.Module.
 *
 * @example
 * ```ts
 * import { init } from "@archfx/cloud";
 *
 * await init(); // compiles now, off the main thread where the host can
 * ```
 */
export async function init(module?: WebAssembly.Module): Promise<void> {
  if (module !== undefined && !(module instanceof WebAssembly.Module)) {
    throw new TypeError("Cannot initialize the codec as the module is not a WebAssembly.Module");
  }
  if (current) return;
  const compiled = module ?? await WebAssembly.compile(embeddedBytes());
  // A slug made meanwhile has made the instance: one that is in use is never replaced.
  current ??= instantiate(compiled);
}
