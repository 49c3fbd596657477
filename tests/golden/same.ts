/**
 * Whether two decoded values are the same, with maps and objects compared by their entries in order.
 *
 * @module
 */

import { ExtData } from "../../src/reports/mod.ts";

/** Seconds and nanoseconds of a timestamp of msgpack, whose three forms mean the same. */
function stamp({ data }: ExtData): string {
  const view = new DataView(data.buffer, data.byteOffset);
  if (data.length === 4) return `${view.getUint32(0)} 0`;
  if (data.length === 12) return `${view.getBigInt64(4)} ${view.getUint32(0)}`;
  const word = view.getBigUint64(0);
  return `${word & 2n ** 34n - 1n} ${word >> 34n}`;
}

/** Whether `here` is `there`: −0 is not 0, and every NaN is the same. */
export function same(here: unknown, there: unknown): boolean {
  if (typeof here === "bigint" || typeof there === "bigint") return here === there;
  if (typeof here !== "object" || here === null) return Object.is(here, there);
  if (typeof there !== "object" || there === null) return false;
  if (here instanceof Uint8Array || there instanceof Uint8Array) {
    return here instanceof Uint8Array && there instanceof Uint8Array &&
      here.length === there.length && here.every((byte, i) => byte === there[i]);
  }
  if (here instanceof ExtData && there instanceof ExtData && here.code === -1) {
    return there.code === -1 && stamp(here) === stamp(there);
  }
  if (Array.isArray(here)) {
    return Array.isArray(there) && here.length === there.length &&
      here.every((item, i) => same(item, there[i]));
  }
  const [a, b] = [entries(here), entries(there)];
  return a.length === b.length &&
    a.every(([key, item], i) => same(key, b[i][0]) && same(item, b[i][1]));
}

/** The entries of a map, or of an object with the keys of digits first, as JavaScript orders them. */
function entries(value: object): [unknown, unknown][] {
  const pairs: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  if (!pairs.every(([key]) => typeof key === "string")) return pairs;
  const own = Object.fromEntries(pairs) as Record<string, unknown>;
  return Object.entries(own);
}
