/**
 * The slug of a streamer.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { readIndex, SlugFault } from "../codec/slugs.ts";
import { group } from "./_hex.ts";
import { Expect, mustBeInteger, slugError, typeError } from "./_rules.ts";
import { ArchFxDeviceSlug } from "./device_slug.ts";

const INDEX = "the index of a streamer";

/**
 * The slug of one streamer of a device, `t--0000-0000-0000-0001--0001`. Immutable; compare it with
 * {@linkcode ArchFxStreamerSlug.equals} or as text.
 *
 * @example
 * ```ts
 * import { ArchFxStreamerSlug } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * const slug = new ArchFxStreamerSlug("d--1234", "10");
 * assertEquals(String(slug), "t--0000-0000-0000-1234--000a");
 * assertEquals(slug.index, 10);
 * ```
 */
export class ArchFxStreamerSlug {
  readonly #device: ArchFxDeviceSlug;
  readonly #index: number;

  /**
   * Makes the slug of a streamer.
   *
   * @param device The device, in any form that {@linkcode ArchFxDeviceSlug} takes.
   * @param index The index of the streamer in the device, from 0 to 65535: a number, or **decimal** text.
   * @throws {SlugError} If `device` is not a device slug, or `index` is not an integer from 0 to 65535.
   * @throws {TypeError} If an argument is of another type.
   */
  constructor(device: number | bigint | string | ArchFxDeviceSlug, index: number | string) {
    this.#device = device instanceof ArchFxDeviceSlug ? device : new ArchFxDeviceSlug(device);
    if (typeof index === "string") {
      const read = readIndex(index);
      if (read instanceof SlugFault) throw slugError(read, Expect.index, index);
      this.#index = read;
    } else if (typeof index === "number") {
      mustBeInteger(index, 0xffff, INDEX);
      this.#index = index;
    } else {
      throw typeError(index, INDEX, "a number or text");
    }
  }

  /** The device. */
  get device(): ArchFxDeviceSlug {
    return this.#device;
  }

  /** The index of the streamer in the device, from 0 to 65535. */
  get index(): number {
    return this.#index;
  }

  /**
   * The id without the prefix.
   *
   * @returns Device and index, such as `0000-0000-0000-1234--000a`.
   */
  formattedId(): string {
    return `${this.#device.formattedId()}--${group(this.#index)}`;
  }

  /**
   * Whether another slug is the same.
   *
   * @param other The other slug; a value that is not a streamer slug is never the same.
   * @returns Whether device and index are the same.
   */
  equals(other: unknown): boolean {
    return other instanceof ArchFxStreamerSlug && other.#index === this.#index &&
      other.#device.equals(this.#device);
  }

  /**
   * The slug as text.
   *
   * @returns The canonical text, such as `t--0000-0000-0000-1234--000a`.
   */
  toString(): string {
    return `t--${this.formattedId()}`;
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
    inspectable(this.prototype, (slug) => `ArchFxStreamerSlug("${slug}")`);
  }
}
