/**
 * The id of a variable.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { readHalf as readHalfText, readVariable, SlugFault } from "../codec/slugs.ts";
import { group, pair } from "./_hex.ts";
import { Expect, mustBeInteger, slugError, typeError } from "./_rules.ts";
import { SlugError } from "./slug_error.ts";

const TARGET = "a variable id";

/** Reads one half of a pair: a number, or hexadecimal text of one group. */
function readHalf(half: unknown, name: "scope" | "variable"): number {
  if (typeof half === "number") {
    mustBeInteger(half, 0xffff, `the ${name} of a variable id`);
    return half;
  }
  if (typeof half !== "string") {
    throw typeError(half, `the ${name} of a variable id`, "a number or text");
  }
  const read = readHalfText(half);
  if (read instanceof SlugFault) throw slugError(read, Expect.half, half);
  return read;
}

/**
 * The id of a variable, `0000-5051`: a scope and a variable in that scope. It is unique only within a device or a
 * machine. Immutable; compare it with {@linkcode ArchFxVariableID.equals} or as text.
 *
 * @example
 * ```ts
 * import { ArchFxVariableID } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * const id = new ArchFxVariableID("1-5051");
 * assertEquals(String(id), "0001-5051");
 * assertEquals([id.scope, id.varId], [1, 0x5051]);
 * assertEquals(String(new ArchFxVariableID(["1", "51"])), "0001-0051");
 * ```
 */
export class ArchFxVariableID {
  readonly #id: number;
  #text: string | undefined;

  /**
   * Reads a variable id, or makes one from its numbers.
   *
   * @param id A number from 0 to 2^32-1; hexadecimal text; a pair of scope and variable, each a number or the
   * hexadecimal text of one group; or an id to copy.
   * @throws {SlugError} If `id` is not a variable id.
   * @throws {TypeError} If `id` is of another type.
   */
  constructor(
    id:
      | number
      | bigint
      | string
      | readonly [scope: number | string, variable: number | string]
      | ArchFxVariableID,
  ) {
    if (typeof id === "string") {
      const read = readVariable(id);
      if (read instanceof SlugFault) throw slugError(read, Expect.variable, id);
      this.#id = read;
    } else if (typeof id === "number" || typeof id === "bigint") {
      mustBeInteger(id, 0xffffffff, TARGET);
      this.#id = Number(id);
    } else if (id instanceof ArchFxVariableID) {
      this.#id = id.#id;
      this.#text = id.#text;
    } else if (Array.isArray(id)) {
      if (id.length !== 2) {
        throw new SlugError(`[${id}]`, TARGET, "a pair must have a scope and a variable");
      }
      const scope = readHalf(id[0], "scope");
      this.#id = (scope << 16 | readHalf(id[1], "variable")) >>> 0;
    } else {
      throw typeError(id, TARGET, "a number, a bigint, text, a pair or an ArchFxVariableID");
    }
  }

  /** The whole id, from 0 to 2^32-1. */
  get id(): number {
    return this.#id;
  }

  /** The variable in its scope: the low 16 bits. */
  get varId(): number {
    return this.#id & 0xffff;
  }

  /** The variable in its scope as four hexadecimal digits. */
  get varHex(): string {
    return group(this.varId);
  }

  /** The scope: the high 16 bits. */
  get scope(): number {
    return this.#id >>> 16;
  }

  /** The scope as four hexadecimal digits. */
  get scopeHex(): string {
    return group(this.scope);
  }

  /**
   * The id as text: a variable id has no prefix.
   *
   * @returns The same as `toString()`.
   */
  formattedId(): string {
    return this.toString();
  }

  /**
   * Whether another id is the same.
   *
   * @param other The other id; a value that is not a variable id is never the same.
   * @returns Whether the ids are the same.
   */
  equals(other: unknown): boolean {
    return other instanceof ArchFxVariableID && other.#id === this.#id;
  }

  /**
   * The id as text.
   *
   * @returns The canonical text, such as `0001-5051`.
   */
  toString(): string {
    return this.#text ??= pair(this.#id);
  }

  /**
   * The id for `JSON.stringify`.
   *
   * @returns The canonical text.
   */
  toJSON(): string {
    return this.toString();
  }

  static {
    inspectable(this.prototype, (id) => `ArchFxVariableID("${id}")`);
  }
}
