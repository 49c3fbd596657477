/**
 * The libraries for comparison, loaded by name; they are in bench/package.json.
 *
 * @module
 */

/** One library that encodes and decodes values. */
export interface Peer {
  readonly name: string;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

// deno-lint-ignore no-explicit-any -- their types do not matter here
const load = (name: string): Promise<any> => import(name);

const text = new TextEncoder();
const back = new TextDecoder();

/** Loads them. */
export async function loadPeers(): Promise<Peer[]> {
  const [msgpackr, msgpack, std] = await Promise.all([
    load("msgpackr"),
    load("@msgpack/msgpack"),
    load("deno-std/msgpack/mod.js"),
  ]);
  // Plain maps without the record extension, so that other languages can read them.
  const packr = new msgpackr.Packr({ useRecords: false });
  return [
    {
      name: "msgpackr",
      encode: (value) => packr.pack(value),
      decode: (bytes) => packr.unpack(bytes),
    },
    { name: "@msgpack/msgpack", encode: msgpack.encode, decode: msgpack.decode },
    { name: "deno-std/msgpack", encode: std.encode, decode: std.decode },
    {
      name: "JSON",
      encode: (value) => text.encode(JSON.stringify(value)),
      decode: (bytes) => JSON.parse(back.decode(bytes)),
    },
  ];
}

/** The CSV reader of the Deno standard library. */
export async function loadCsv(): Promise<(text: string) => Record<string, string>[]> {
  const { parse } = await load("deno-std/csv/mod.js");
  return (csv) => parse(csv, { skipFirstRow: true });
}
