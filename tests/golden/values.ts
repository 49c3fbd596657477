/**
 * The tagged values of slugs.json and convert.json as JavaScript values; README.md here explains the tags.
 *
 * @module
 */
import type { Tagged } from "./golden.ts";
import { bytesFromHex } from "./hex.ts";

/** The JavaScript value of a tagged one; `makeSlug` makes the slugs. */
export function untag(value: Tagged, makeSlug: (call: Tagged) => unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => untag(item, makeSlug));
  const [tag, content] = Object.entries<Tagged>(value)[0] ?? [];
  switch (tag) {
    case "$bigint":
      return BigInt(content);
    case "$float":
      return Number(content.replace("inf", "Infinity"));
    case "$bytes":
      return bytesFromHex(content);
    case "$tuple":
      return untag(content, makeSlug);
    case "$slug":
      return makeSlug(content);
    case "$datetime":
      return instant(content);
    case "$gen":
      return value.unit.repeat(value.n);
    case "$unsupported":
      return { unsupported: content };
  }
  return value;
}

/** An instant to the microsecond; a time without an offset is UTC. */
function instant(text: string): { epochNanoseconds: bigint } {
  const [, date, time, fraction, sign, offset] =
    /^(.{10})T(.{8})(?:\.(\d{6}))?(?:([+-])(.+))?$/.exec(text)!;
  const [hours, minutes, seconds] = (offset ?? "0:0:0").split(":").map(Number);
  const shift = (hours * 3600 + minutes * 60 + (seconds ?? 0)) * (sign === "-" ? -1 : 1);
  const ms = Date.parse(`${date}T${time}Z`) - shift * 1000;
  return { epochNanoseconds: (BigInt(ms) * 1000n + BigInt(fraction ?? 0)) * 1000n };
}
