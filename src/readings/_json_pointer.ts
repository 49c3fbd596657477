/**
 * Keys of nested objects, as JSON pointers (RFC 6901): `/data/temp/value`, `/values/0`.
 *
 * @module
 */

import { isRecord } from "../_is_record.ts";

/** The keys that are pointers. */
export function pointersOf(keys: Iterable<string | undefined>): string[] {
  return [...new Set(keys)].filter((key): key is string => key?.startsWith("/") === true);
}

/** The value that a pointer names; undefined if it does not exist. */
export function pointedAt(value: unknown, pointer: string): unknown {
  let found = value;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isRecord(found) || !Object.hasOwn(found, key)) return undefined;
    if (Array.isArray(found) && !/^(?:0|[1-9]\d*)$/.test(key)) return undefined;
    found = found[key];
  }
  return found;
}
