/**
 * The one WebAssembly instance: compiled on first use, never on import.
 *
 * @module
 */
import { WASM_BASE64 } from "./wasm_bytes.ts";

/** The exports of the module; `wasm/index.ts` is its source. */
export interface WasmExports {
  /** Never a shared buffer, though the types of some hosts would allow one. */
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

/** The instance with the views over its memory, which are created once: memory never grows. */
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
  // Used if the engine has it: in a process that has just started, the loop below takes longer than all the rest.
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
      "Cannot compile the codec: this host forbids compiling bytes; " +
        "call init with the module archfx-cloud/codec.wasm first",
      { cause },
    );
  }
}

/**
 * The instance, compiled by the first call.
 *
 * @throws {Error} If the host forbids compiling bytes and `init` was not called with a module.
 */
export function wasm(): Wasm {
  return current ??= instantiate(compileEmbedded());
}

/**
 * The compiled module, for a worker, which passes it to {@linkcode init}.
 *
 * @throws {Error} As `wasm`.
 */
export function codecModule(): WebAssembly.Module {
  return wasm().module;
}

/**
 * Makes the codec ready before its first use. A host that forbids compiling bytes (Cloudflare Workers) needs this
 * call, with a module that the host has compiled. It is optional everywhere else.
 *
 * @param module `archfx-cloud/codec.wasm` as the host imports it; the embedded module by default.
 * @throws {TypeError} If `module` is given and is not a WebAssembly.Module.
 *
 * @example
 * ```ts
 * import { init } from "@archfx/cloud";
 *
 * await init(); // compiles now, outside the main thread if the host can do this
 * ```
 */
export async function init(module?: WebAssembly.Module): Promise<void> {
  if (module !== undefined && !(module instanceof WebAssembly.Module)) {
    throw new TypeError("Cannot initialize the codec: the module is not a WebAssembly.Module");
  }
  if (current) return;
  const compiled = module ?? await WebAssembly.compile(embeddedBytes());
  // A slug may have created the instance meanwhile: an instance that is in use is never replaced.
  current ??= instantiate(compiled);
}
