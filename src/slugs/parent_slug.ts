/**
 * The slug of a site, an area or a line.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { readParent, SlugFault } from "../codec/slugs.ts";
import { pair } from "./_hex.ts";
import { Expect, mustBeInteger, slugError, typeError } from "./_rules.ts";
import { SlugError } from "./slug_error.ts";

/** The type of a parent: a line (`pl`), a site (`ps`) or an area (`pa`). */
export type ParentType = "pl" | "ps" | "pa";

const TYPES: readonly (ParentType | undefined)[] = [undefined, "pl", "ps", "pa"];
const TARGET = "a parent slug";

/**
 * The slug of the parent of devices and machines: a line `pl--0000-0001`, a site `ps--0000-0001` or an area
 * `pa--0000-0001`. Immutable; compare it with {@linkcode ArchFxParentSlug.equals} or as text.
 *
 * @example
 * ```ts
 * import { ArchFxParentSlug } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(String(new ArchFxParentSlug(5)), "pl--0000-0005");
 * assertEquals(String(new ArchFxParentSlug("12", "ps")), "ps--0000-0012");
 * assertEquals(new ArchFxParentSlug("pa--0001-0000").id, 65536);
 * ```
 */
export class ArchFxParentSlug {
  readonly #type: ParentType;
  readonly #id: number;
  #text: string | undefined;

  /**
   * Reads a parent slug, or makes one from an id.
   *
   * @param id A number from 0 to 2^32-1; hexadecimal text with or without a prefix; or a slug to copy.
   * @param ptype The type if `id` does not have one; it is ignored if `id` has a prefix or is a slug to copy.
   * @throws {SlugError} If `id` is not a parent slug, or `ptype` is not one of the three types.
   * @throws {TypeError} If an argument is of another type.
   */
  constructor(id: number | bigint | string | ArchFxParentSlug, ptype: ParentType = "pl") {
    if (typeof ptype !== "string") throw typeError(ptype, "a parent type", '"pl", "ps" or "pa"');
    if (TYPES.indexOf(ptype, 1) < 0) {
      throw new SlugError(ptype, "a parent type", 'it must be "pl", "ps" or "pa"');
    }
    this.#type = ptype;
    if (typeof id === "string") {
      const parent = readParent(id);
      if (parent instanceof SlugFault) throw slugError(parent, Expect.parent, id);
      this.#id = parent.id;
      if (id[2] === "-" && id[3] === "-") this.#type = TYPES[parent.kind]!;
      if (parent.isCanonical) this.#text = id;
    } else if (typeof id === "number" || typeof id === "bigint") {
      mustBeInteger(id, 0xffffffff, TARGET);
      this.#id = Number(id);
    } else if (id instanceof ArchFxParentSlug) {
      this.#type = id.#type;
      this.#id = id.#id;
      this.#text = id.#text;
    } else {
      throw typeError(id, TARGET, "a number, a bigint, text or an ArchFxParentSlug");
    }
  }

  /** The type of the parent: `pl`, `ps` or `pa`. */
  get type(): ParentType {
    return this.#type;
  }

  /** The id, from 0 to 2^32-1. */
  get id(): number {
    return this.#id;
  }

  /**
   * The id without the prefix.
   *
   * @returns Two groups of four hexadecimal digits, such as `0000-0005`.
   */
  formattedId(): string {
    return pair(this.#id);
  }

  /**
   * Whether another slug is the same.
   *
   * @param other The other slug; a value that is not a parent slug is never the same.
   * @returns Whether type and id are the same.
   */
  equals(other: unknown): boolean {
    return other instanceof ArchFxParentSlug && other.#id === this.#id &&
      other.#type === this.#type;
  }

  /**
   * The slug as text.
   *
   * @returns The canonical text, such as `pl--0000-0005`.
   */
  toString(): string {
    return this.#text ??= `${this.#type}--${pair(this.#id)}`;
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
    inspectable(this.prototype, (slug) => `ArchFxParentSlug("${slug}")`);
  }
}
