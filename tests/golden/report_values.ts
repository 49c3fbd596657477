/**
 * The tagged values of reports.json and decode.json as JavaScript values; README.md here explains the tags.
 *
 * @module
 */
import { ExtData, Float } from "../../src/reports/mod.ts";
import * as slugs from "../../src/slugs/mod.ts";
import type { Tagged } from "./golden.ts";
import { bytesFromHex } from "./hex.ts";
import { untag as untagScalar } from "./values.ts";

/** An instant as `Temporal` has it, exact to the microsecond. */
export class Instant {
  constructor(readonly epochNanoseconds: bigint) {}
}

/** Something that has no form in msgpack. */
class Unsupported {
  readonly #text = "unsupported";
  toString(): string {
    return this.#text;
  }
}

/** A function of `range` to the number that the formula gives for it. */
export function formula(text: string): (i: number) => number {
  const formulas: Record<string, (i: number) => number> = {
    "i*0.5": (i) => i * 0.5,
    "i": (i) => i,
    "i/3": (i) => i / 3,
    "i%7": (i) => i % 7,
    "-i*0.25-1": (i) => -i * 0.25 - 1,
  };
  return formulas[text];
}

/** The JavaScript value of a tagged one; floats that are whole become what `float` makes of them. */
export function value(tagged: Tagged, float: (number: number) => unknown): Tagged {
  const inner = (item: Tagged): Tagged => value(item, float);
  if (tagged === null || typeof tagged !== "object") return tagged;
  if (Array.isArray(tagged)) return tagged.map(inner);
  const [tag, content] = Object.entries<Tagged>(tagged)[0] ?? ["", null];
  switch (tag) {
    case "$float":
      return float(Number(content.replace("inf", "Infinity")));
    case "$bigint":
      return BigInt(content);
    case "$bytes":
    case "$bytearray":
      return bytesFromHex(content);
    case "$datetime":
      if ("bad_offset_s" in tagged) return new Unsupported();
      return new Instant((untagScalar(tagged, () => null) as Instant).epochNanoseconds);
    case "$tuple":
      return content.map(inner);
    case "$map":
      return new Map(content.map(([key, item]: [Tagged, Tagged]) => [inner(key), inner(item)]));
    case "$ext":
      return new ExtData(content[0], bytesFromHex(content[1]));
    case "$timestamp":
      return timestamp(content[0], content[1]);
    case "$unsupported":
      return new Unsupported();
    case "$slug":
      return slugOf(content);
    case "$gen":
      return generated(tagged, inner);
  }
  return Object.fromEntries(
    Object.entries<Tagged>(tagged).map(([key, item]) => [key, inner(item)]),
  );
}

/** As free-form data: whole floats stay floats. */
export function freeForm(tagged: Tagged): Tagged {
  return value(tagged, (number) => new Float(number));
}

/** As what decoding gives: JavaScript has one type of numbers. */
export function decoded(tagged: Tagged): Tagged {
  return value(tagged, (number) => number);
}

/** A timestamp of msgpack in the form that Python writes: the shortest. */
function timestamp(seconds: Tagged, nanoseconds: number): ExtData {
  const whole = BigInt(typeof seconds === "object" ? seconds.$bigint : seconds);
  const wide = whole < 0n || whole >= 2n ** 34n;
  const data = new Uint8Array(wide ? 12 : nanoseconds > 0 || whole >= 2n ** 32n ? 8 : 4);
  const view = new DataView(data.buffer);
  if (wide) {
    view.setUint32(0, nanoseconds);
    view.setBigInt64(4, whole);
  } else if (data.length === 8) view.setBigUint64(0, BigInt(nanoseconds) << 34n | whole);
  else view.setUint32(0, Number(whole));
  return new ExtData(-1, data);
}

function slugOf({ fn, args }: Tagged): unknown {
  // deno-lint-ignore no-explicit-any
  return new (slugs as any)[fn](...args.map(decoded));
}

function generated(tagged: Tagged, inner: (item: Tagged) => Tagged): Tagged {
  const { n } = tagged;
  const count = Array.from({ length: n }, (_, i) => i);
  switch (tagged.$gen) {
    case "str":
      return tagged.unit.repeat(n);
    case "bytes":
      return bytesFromHex(tagged.unit.repeat(n));
    case "range":
      return count;
    case "list":
      return count.map(() => inner(tagged.item));
    case "map":
      return Object.fromEntries(count.map((i) => [`k${i}`, i]));
    default:
      return count.reduce(
        (leaf) => tagged.kind === "list" ? [leaf] : { k: leaf },
        inner(tagged.leaf),
      );
  }
}
