/**
 * Reads single slugs in WebAssembly: a text becomes numbers.
 *
 * @module
 */
import { readSlug, slugRegion } from "./slug_region.ts";
import { Expect, Kind } from "./wasm_constants.ts";

/** What is wrong with a text. */
export class SlugFault {
  constructor(
    /** The rule that it breaks, one of `Rule`. */
    readonly rule: number,
    /** The index of the character that breaks it. */
    readonly at: number,
  ) {}
}

/** A parent slug. */
interface ParentText {
  readonly id: number;
  /** One of `Kind`; `Kind.line` if the text has no prefix. */
  readonly kind: number;
  readonly isCanonical: boolean;
}

/** A device slug. Its id is two halves of 32 bits, since a bigint costs more than all the rest. */
interface DeviceText {
  readonly high: number;
  readonly low: number;
  readonly isCanonical: boolean;
}

/** A stream slug. */
interface StreamText {
  /** One of `Kind`. */
  readonly kind: number;
  readonly parent: number;
  readonly deviceHigh: number;
  readonly deviceLow: number;
  readonly variable: number;
  /** The start in microseconds since the Unix epoch, or null. */
  readonly start: bigint | null;
  readonly isCanonical: boolean;
}

/** The fault of the text that was read last. */
function faultOf(kind: number): SlugFault {
  return new SlugFault(-kind, slugRegion().kernel.slugBrokenAt());
}

/** Reads a parent slug, with or without a prefix. */
export function readParent(text: string): ParentText | SlugFault {
  const kind = readSlug(text, Expect.parent);
  if (kind < 0) return faultOf(kind);
  const isCanonical = kind >= Kind.canonical;
  return { id: slugRegion().parents[0], kind: kind & ~Kind.canonical, isCanonical };
}

/** Reads a device slug, with or without a prefix. */
export function readDevice(text: string): DeviceText | SlugFault {
  const kind = readSlug(text, Expect.device);
  if (kind < 0) return faultOf(kind);
  const { deviceHalves } = slugRegion();
  return { high: deviceHalves[1], low: deviceHalves[0], isCanonical: kind >= Kind.canonical };
}

/** Reads a variable id. */
export function readVariable(text: string): number | SlugFault {
  const kind = readSlug(text, Expect.variable);
  return kind < 0 ? faultOf(kind) : slugRegion().variables[0];
}

/** Reads a stream slug. */
export function readStream(text: string): StreamText | SlugFault {
  const kind = readSlug(text, Expect.stream);
  if (kind < 0) return faultOf(kind);
  const { parents, deviceHalves, variables, starts, startHalves } = slugRegion();
  return {
    kind: kind & ~Kind.canonical,
    parent: parents[0],
    deviceHigh: deviceHalves[1],
    deviceLow: deviceHalves[0],
    variable: variables[0],
    start: startHalves[1] < 0 ? null : starts[0],
    isCanonical: kind >= Kind.canonical,
  };
}

/** Reads one half of a variable id: one group of up to 16 bits. */
export function readHalf(text: string): number | SlugFault {
  const kind = readSlug(text, Expect.half);
  return kind < 0 ? faultOf(kind) : slugRegion().deviceHalves[0];
}

/** Reads the index of a streamer: decimal digits. */
export function readIndex(text: string): number | SlugFault {
  const kind = readSlug(text, Expect.index);
  return kind < 0 ? faultOf(kind) : slugRegion().deviceHalves[0];
}

/** Reads the start of a stream: up to 16 decimal digits. */
export function readStart(text: string): bigint | SlugFault {
  const kind = readSlug(text, Expect.start);
  return kind < 0 ? faultOf(kind) : slugRegion().devices[0];
}

/** Reads groups of hexadecimal digits, up to 64 bits. */
export function readGroups(text: string): bigint | SlugFault {
  const kind = readSlug(text, Expect.groups);
  return kind < 0 ? faultOf(kind) : slugRegion().devices[0];
}
