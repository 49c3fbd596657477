/**
 * The parts of a slug, as data and as a sentence.
 *
 * @module
 */
import { jsonInteger } from "../_inspect.ts";
import { highHalf, lowHalf } from "../_integers.ts";
import { isoTime } from "../_iso_time.ts";
import {
  ArchFxDeviceSlug,
  ArchFxParentSlug,
  ArchFxStreamerSlug,
  ArchFxStreamSlug,
  ArchFxVariableID,
} from "../slugs/mod.ts";

/** The kinds that a text without a prefix may have. */
export const readings = ["site", "area", "line", "device", "variable"] as const;

/** A slug in parts. Members that do not apply to its kind are absent. */
export interface SlugParts {
  /** The input. */
  input: string;
  /** The canonical text. */
  slug: string;
  /** site, area, line, device, machine, variable, stream or streamer. */
  kind: string;
  /** The number, above 2^53-1 as decimal text. */
  id?: number | string;
  /** Of a stream: the slug of the site, area or line. */
  parent?: string;
  /** Of a stream or streamer: the slug of the device or machine. */
  device?: string;
  /** Of a stream: the variable. */
  variable?: string;
  /** Of a variable or machine: the upper half, in hexadecimal. */
  scope?: string;
  /** Of a stream page: its start, µs since the Unix epoch. */
  start?: number | string;
  /** Of a streamer: its index in the device. */
  index?: number;
  /** The whole slug in a sentence. */
  meaning: string;
}

const PARENTS: Record<string, "site" | "area" | "line"> = { ps: "site", pa: "area", pl: "line" };

/**
 * Splits a slug into its parts.
 *
 * @param input The text.
 * @param as The kind of a text without a prefix; a variable by default.
 * @param decimal Whether it is a decimal number, which needs `as`.
 * @throws {SlugError} If it is not a slug.
 */
export function slugParts(
  input: string,
  as?: (typeof readings)[number],
  decimal = false,
): SlugParts {
  const prefix = /^([^-]+)--/.exec(input)?.[1];
  if (prefix !== undefined && !/^(?:p[asl]|s[asld]|[dmt])$/.test(prefix)) {
    throw new RangeError(
      `Cannot read "${input}" as a slug: the prefix must be one of ps, pa, pl, d, m, ss, sa, sl, ` +
        "sd, t, or none",
    );
  }
  const value = decimal ? decimalOf(input) : input;
  if (prefix?.startsWith("s")) return { input, ...stream(input) };
  if (prefix === "t") return { input, ...streamer(input) };
  if (prefix === undefined ? as === "device" : prefix === "d" || prefix === "m") {
    return { input, ...device(new ArchFxDeviceSlug(value)) };
  }
  if (prefix?.startsWith("p")) return { input, ...parent(new ArchFxParentSlug(input)) };
  if (as === "site" || as === "area" || as === "line") {
    const type = PREFIXES[as];
    return { input, ...parent(new ArchFxParentSlug(value, type)) };
  }
  return { input, ...variable(new ArchFxVariableID(value)) };
}

const PREFIXES = { site: "ps", area: "pa", line: "pl" } as const;

type Parts = Omit<SlugParts, "input">;

function decimalOf(text: string): bigint {
  if (!/^\d+$/.test(text)) {
    throw new RangeError(`Cannot read "${text}" as a decimal number: it must be digits only`);
  }
  return BigInt(text);
}

function parent(slug: ArchFxParentSlug): Parts {
  const kind = PARENTS[slug.type]!;
  return { slug: String(slug), kind, id: slug.id, meaning: `${kind} ${slug.id}` };
}

function device(slug: ArchFxDeviceSlug): Parts {
  const scope = highHalf(slug.id);
  if (scope === 0) {
    return {
      slug: String(slug),
      kind: "device",
      id: Number(slug.id),
      meaning: `device ${slug.id}, its serial number`,
    };
  }
  return {
    slug: String(slug),
    kind: "machine",
    id: jsonInteger(slug.id),
    scope: slug.formattedId().slice(0, 9),
    meaning: `machine ${lowHalf(slug.id)} of scope ${scope}`,
  };
}

function variable(id: ArchFxVariableID): Parts {
  return {
    slug: String(id),
    kind: "variable",
    id: id.id,
    scope: id.scopeHex,
    meaning: `variable ${id.varHex} of scope ${id.scopeHex}, both hexadecimal`,
  };
}

function stream(text: string): Parts {
  const slug = new ArchFxStreamSlug(text);
  const parts = slug.getParts();
  const above = parts.parent === null ? undefined : parent(parts.parent);
  const unit = device(parts.device);
  const ofUnit = parts.device.id === 0n ? "" : ` from ${unit.kind} ${unit.slug}`;
  const under = above === undefined
    ? ""
    : ofUnit === ""
    ? ` of ${above.kind} ${above.slug}`
    : ` under ${above.kind} ${above.slug}`;
  const start = slug.start;
  return {
    slug: String(slug),
    kind: "stream",
    ...(above ? { parent: above.slug } : {}),
    ...(ofUnit === "" ? {} : { device: unit.slug }),
    variable: String(parts.variable),
    ...(start === null ? {} : { start: jsonInteger(start) }),
    meaning: `stream of variable ${parts.variable}${ofUnit}${under}` +
      (start === null ? "" : `, the page from ${timeText(start)}`),
  };
}

function streamer(text: string): Parts {
  const match = /^t--(.+)--([0-9a-fA-F]{4})$/.exec(text);
  if (!match) {
    throw new RangeError(
      `Cannot read "${text}" as a streamer slug: it must be "t--", a device, "--" and four ` +
        "hexadecimal digits",
    );
  }
  const slug = new ArchFxStreamerSlug(match[1]!, parseInt(match[2]!, 16));
  return {
    slug: String(slug),
    kind: "streamer",
    device: String(slug.device),
    index: slug.index,
    meaning: `streamer ${slug.index} of ${device(slug.device).kind} ${slug.device}`,
  };
}

/** A time as text; as a number if JavaScript's Date cannot hold it. */
function timeText(micros: bigint): string {
  try {
    return isoTime(micros);
  } catch {
    return `${micros} µs`;
  }
}
