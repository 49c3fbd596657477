/**
 * The slug of a stream.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { highHalf, joinHalves, lowHalf } from "../_integers.ts";
import type { Timestamp } from "../readings/reading_columns.ts";
import { readStream, SlugFault } from "../codec/slugs.ts";
import { Kind } from "../codec/wasm_constants.ts";
import { pair, quad } from "./_hex.ts";
import { Expect, slugError, typeError } from "./_rules.ts";
import { readStart } from "./_start.ts";
import { ArchFxDeviceSlug } from "./device_slug.ts";
import { ArchFxParentSlug, type ParentType } from "./parent_slug.ts";
import { ArchFxVariableID } from "./variable_id.ts";

/** The owner of a stream: a line (`sl`), a site (`ss`), an area (`sa`), or a device without a parent (`sd`). */
export type StreamType = "sl" | "ss" | "sa" | "sd";

/** The parts that {@linkcode ArchFxStreamSlug.fromParts} joins. */
export interface StreamParts {
  /** The parent in any form that {@linkcode ArchFxParentSlug} takes; without one the stream is an `sd`. */
  parent?: number | bigint | string | ArchFxParentSlug | null;
  /** The device or machine in any form that {@linkcode ArchFxDeviceSlug} takes; 0 for none. */
  device?: number | bigint | string | ArchFxDeviceSlug | null;
  /** The variable in any form that {@linkcode ArchFxVariableID} takes. */
  variable: ConstructorParameters<typeof ArchFxVariableID>[0];
  /**
   * The start of the stream: microseconds since the Unix epoch as a number, a bigint or text of up to 16 digits; or a
   * time, exact to the microsecond, as a Date, an instant or ISO 8601 text.
   */
  start?: Timestamp | null;
}

/** The parts that {@linkcode ArchFxStreamSlug.getParts} returns. */
export interface StreamSlugParts {
  /** The parent, `null` for an `sd` stream. */
  parent: ArchFxParentSlug | null;
  /** The device or machine. */
  device: ArchFxDeviceSlug;
  /** The variable. */
  variable: ArchFxVariableID;
  /** The data block of the device: four hexadecimal digits. */
  block: string;
  /** The scope of the device as four hexadecimal digits: `0000`, or for a machine another number. */
  scope: string;
  /** The start as 16 decimal digits, or `null`. */
  start: string | null;
}

const STREAM_TYPES: readonly StreamType[] = ["sl", "ss", "sa", "sd"];
const PARENT_TYPES: readonly (ParentType | null)[] = ["pl", "ps", "pa", null];

/** Parts that `fromParts` has checked, for the constructor. */
class CheckedParts {
  constructor(
    readonly type: number,
    readonly parent: number,
    readonly device: ArchFxDeviceSlug,
    readonly variable: ArchFxVariableID,
    readonly start: bigint | null,
  ) {}
}

/**
 * The slug of a stream: parent, device or machine, variable and, in an archive, the start, such as
 * `sl--0000-0001--0000-0000-0000-0002--0000-5051`. Immutable; compare it with {@linkcode ArchFxStreamSlug.equals} or as
 * text.
 *
 * @example
 * ```ts
 * import { ArchFxStreamSlug } from "@archfx/cloud/slugs";
 * import { assertEquals } from "@std/assert";
 *
 * const slug = ArchFxStreamSlug.fromParts({ parent: "pl--5", device: 10, variable: "5001" });
 * assertEquals(String(slug), "sl--0000-0005--0000-0000-0000-000a--0000-5001");
 * assertEquals(String(slug.parent), "pl--0000-0005");
 * assertEquals(String(slug.device), "d--0000-0000-0000-000a");
 * ```
 */
export class ArchFxStreamSlug {
  readonly #type: number;
  readonly #parentId: number;
  readonly #deviceHigh: number;
  readonly #deviceLow: number;
  readonly #variableId: number;
  readonly #start: bigint | null;
  #text: string | undefined;
  #parent: ArchFxParentSlug | undefined;
  #device: ArchFxDeviceSlug | undefined;
  #variable: ArchFxVariableID | undefined;

  /** @ignore */
  constructor(parts: CheckedParts);
  /**
   * Reads a stream slug.
   *
   * @param slug Text of four or, with a start, five terms, of which the parent may be empty; or a slug to copy.
   * @throws {SlugError} If `slug` is not a stream slug.
   * @throws {TypeError} If `slug` is of another type.
   */
  constructor(slug: string | ArchFxStreamSlug);
  constructor(slug: string | ArchFxStreamSlug | CheckedParts) {
    if (typeof slug === "string") {
      const stream = readStream(slug);
      if (stream instanceof SlugFault) throw slugError(stream, Expect.stream, slug);
      this.#type = stream.kind - Kind.lineStream;
      this.#parentId = stream.parent;
      this.#deviceLow = stream.deviceLow;
      this.#deviceHigh = stream.deviceHigh;
      this.#variableId = stream.variable;
      this.#start = stream.start;
      if (stream.isCanonical) this.#text = slug;
    } else if (slug instanceof ArchFxStreamSlug) {
      this.#type = slug.#type;
      this.#parentId = slug.#parentId;
      this.#deviceLow = slug.#deviceLow;
      this.#deviceHigh = slug.#deviceHigh;
      this.#variableId = slug.#variableId;
      this.#start = slug.#start;
      this.#text = slug.#text;
    } else if (slug instanceof CheckedParts) {
      this.#type = slug.type;
      this.#parentId = slug.parent;
      this.#deviceHigh = highHalf(slug.device.id);
      this.#deviceLow = lowHalf(slug.device.id);
      this.#variableId = slug.variable.id;
      this.#start = slug.start;
      this.#device = slug.device;
      this.#variable = slug.variable;
    } else {
      throw typeError(slug, "a stream slug", "text or an ArchFxStreamSlug");
    }
  }

  /**
   * Makes the slug of a stream from its parts.
   *
   * @param parts The parts. If the parent is missing, `null` or `""`, the result is an `sd` stream. If the device is
   * missing, `null` or `""`, it is 0, as in the streams of a line, a site or an area itself.
   * @returns The slug.
   * @throws {SlugError} If a part is not a slug of its kind, or the start is negative or has more than 16 digits.
   * @throws {TypeError} If a part is of another type.
   *
   * @example
   * ```ts
   * import { ArchFxStreamSlug } from "@archfx/cloud/slugs";
   * import { assertEquals } from "@std/assert";
   *
   * const start = new Date("2021-02-09T00:15:26.628Z");
   * const slug = ArchFxStreamSlug.fromParts({ parent: "ps--1", variable: [1, 0x5051], start });
   * assertEquals(
   *   String(slug),
   *   "ss--0000-0001--0000-0000-0000-0000--0001-5051--1612829726628000",
   * );
   * ```
   */
  static fromParts(parts: StreamParts): ArchFxStreamSlug {
    if (typeof parts !== "object" || parts === null) {
      throw typeError(parts, "a stream slug", "an object of its parts");
    }
    const { parent, device, variable, start } = parts;
    let type = STREAM_TYPES.indexOf("sd");
    let parentId = 0;
    if (parent !== undefined && parent !== null && parent !== "") {
      const slug = parent instanceof ArchFxParentSlug ? parent : new ArchFxParentSlug(parent);
      type = PARENT_TYPES.indexOf(slug.type);
      parentId = slug.id;
    }
    const noDevice = device === undefined || device === null || device === "";
    const checked = new CheckedParts(
      type,
      parentId,
      device instanceof ArchFxDeviceSlug ? device : new ArchFxDeviceSlug(noDevice ? 0 : device),
      variable instanceof ArchFxVariableID ? variable : new ArchFxVariableID(variable),
      start === undefined || start === null ? null : readStart(start),
    );
    return new ArchFxStreamSlug(checked);
  }

  /** The type of the stream: `sl`, `ss`, `sa` or `sd`. */
  get type(): StreamType {
    return STREAM_TYPES[this.#type];
  }

  /** The parent; `null` for an `sd` stream, which has no parent. */
  get parent(): ArchFxParentSlug | null {
    const type = PARENT_TYPES[this.#type];
    return type === null ? null : this.#parent ??= new ArchFxParentSlug(this.#parentId, type);
  }

  /** The device or machine; 0 for the streams of a line, a site or an area itself. */
  get device(): ArchFxDeviceSlug {
    return this.#device ??= new ArchFxDeviceSlug(
      joinHalves(this.#deviceHigh, this.#deviceLow),
    );
  }

  /** The variable. */
  get variable(): ArchFxVariableID {
    return this.#variable ??= new ArchFxVariableID(this.#variableId);
  }

  /** The start of the stream in microseconds since the Unix epoch; `null` if the slug has no start. */
  get start(): bigint | null {
    return this.#start;
  }

  /**
   * Splits the slug into its parts.
   *
   * @returns Parent, device and variable as slugs; block, scope and start as text.
   *
   * @example
   * ```ts
   * import { ArchFxStreamSlug } from "@archfx/cloud/slugs";
   * import { assertEquals } from "@std/assert";
   *
   * const parts = new ArchFxStreamSlug("sl--1--0001-0000-0002--5051--7").getParts();
   * assertEquals(String(parts.device), "d--0000-0001-0000-0002");
   * assertEquals([parts.block, parts.scope, parts.start], ["0000", "0001", "0000000000000007"]);
   * ```
   */
  getParts(): StreamSlugParts {
    const device = this.device.formattedId();
    return {
      parent: this.parent,
      device: this.device,
      variable: this.variable,
      block: device.slice(0, 4),
      scope: device.slice(5, 9),
      start: this.#startText(),
    };
  }

  #startText(): string | null {
    return this.#start === null ? null : String(this.#start).padStart(16, "0");
  }

  /**
   * The id without the prefix.
   *
   * @returns Parent, device, variable and, if present, start, joined by `--`.
   */
  formattedId(): string {
    const id = `${pair(this.#parentId)}--${quad(this.#deviceHigh, this.#deviceLow)}--${
      pair(this.#variableId)
    }`;
    return this.#start === null ? id : `${id}--${this.#startText()}`;
  }

  /**
   * Whether another slug is the same.
   *
   * @param other The other slug; a value that is not a stream slug is never the same.
   * @returns Whether every part is the same.
   */
  equals(other: unknown): boolean {
    return other instanceof ArchFxStreamSlug && other.toString() === this.toString();
  }

  /**
   * The slug as text.
   *
   * @returns The canonical text, such as `sl--0000-0001--0000-0000-0000-0002--0000-5051`.
   */
  toString(): string {
    return this.#text ??= `${this.type}--${this.formattedId()}`;
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
    inspectable(this.prototype, (slug) => `ArchFxStreamSlug("${slug}")`);
  }
}
