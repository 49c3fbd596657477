/**
 * The slug of a device or a machine.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { highHalf, joinHalves, lowHalf } from "../_integers.ts";
import { readDevice, SlugFault } from "../codec/slugs.ts";
import { quad } from "./_hex.ts";
import { Expect, mustBeInteger, slugError, typeError } from "./_rules.ts";
import { SlugError } from "./slug_error.ts";

const TARGET = "a device slug";

/** Options of {@linkcode ArchFxDeviceSlug}. */
export interface DeviceSlugOptions {
  /**
   * Whether the first group, the data block, may be different from 0.
   *
   * @default {true}
   */
  allow64Bits?: boolean;
}

/**
 * The slug of a device, `d--0000-0000-0000-0001`, or of a machine, which is a device in a scope other than 0:
 * `d--0000-0001-0000-0001`. Immutable; compare it with {@linkcode ArchFxDeviceSlug.equals} or as text.
 *
 * @example
 * ```ts
 * import { ArchFxDeviceSlug } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(String(new ArchFxDeviceSlug(10)), "d--0000-0000-0000-000a");
 * assertEquals(String(new ArchFxDeviceSlug("d--1234")), "d--0000-0000-0000-1234");
 * assertEquals(new ArchFxDeviceSlug("d--0001-0000-0001").id, 4294967297n);
 * ```
 */
export class ArchFxDeviceSlug {
  readonly #high: number;
  readonly #low: number;
  #text: string | undefined;

  /**
   * Reads a device slug, or makes one from an id.
   *
   * @param id A number from 0 to 2^64-1; hexadecimal text with `d--`, `m--` or no prefix; or a slug to copy.
   * @param options Whether ids of more than 48 bits are accepted.
   * @throws {SlugError} If `id` is not a device slug.
   * @throws {TypeError} If an argument is of another type.
   */
  constructor(
    id: number | bigint | string | ArchFxDeviceSlug,
    options?: DeviceSlugOptions,
  ) {
    if (typeof id === "string") {
      const device = readDevice(id);
      if (device instanceof SlugFault) throw slugError(device, Expect.device, id);
      this.#low = device.low;
      this.#high = device.high;
      if (device.isCanonical) this.#text = id;
    } else if (typeof id === "number" || typeof id === "bigint") {
      mustBeInteger(id, 0xffffffffffffffffn, TARGET);
      const big = BigInt(id);
      this.#high = highHalf(big);
      this.#low = lowHalf(big);
    } else if (id instanceof ArchFxDeviceSlug) {
      this.#high = id.#high;
      this.#low = id.#low;
      this.#text = id.#text;
    } else {
      throw typeError(id, TARGET, "a number, a bigint, text or an ArchFxDeviceSlug");
    }
    if (options !== undefined) this.#check(id, options);
  }

  #check(id: unknown, { allow64Bits = true }: DeviceSlugOptions): void {
    if (typeof allow64Bits !== "boolean") {
      throw typeError(allow64Bits, "option allow64Bits", "a boolean");
    }
    if (!allow64Bits && this.#high > 0xffff) {
      throw new SlugError(id, TARGET, "it must be below 2^48 if allow64Bits is false");
    }
  }

  /** The id, from 0 to 2^64-1. */
  get id(): bigint {
    return joinHalves(this.#high, this.#low);
  }

  /**
   * The id without the prefix.
   *
   * @returns Four groups of four hexadecimal digits, such as `0000-0000-0000-000a`.
   */
  formattedId(): string {
    return quad(this.#high, this.#low);
  }

  /**
   * Whether another slug is the same.
   *
   * @param other The other slug; a value that is not a device slug is never the same.
   * @returns Whether the ids are the same.
   */
  equals(other: unknown): boolean {
    return other instanceof ArchFxDeviceSlug && other.#low === this.#low &&
      other.#high === this.#high;
  }

  /**
   * The slug as text.
   *
   * @returns The canonical text, such as `d--0000-0000-0000-000a`.
   */
  toString(): string {
    return this.#text ??= `d--${quad(this.#high, this.#low)}`;
  }

  /**
   * The slug for `JSON.stringify`.
   *
   * @returns The canonical text.
   */
  toJSON(): string {
    return this.toString();
  }

  static {
    inspectable(this.prototype, (slug) => `ArchFxDeviceSlug("${slug}")`);
  }
}
