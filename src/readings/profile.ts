/**
 * Profiles: the options of the readers in a file that a person has checked.
 *
 * @module
 */
import { isMap, isRecord } from "../_is_record.ts";
import { shown } from "../_shown.ts";
import {
  COLUMN_RULES,
  CSV_RULES,
  DATA_RULES,
  KEY_RULES,
  NDJSON_RULES,
  optionFaults,
} from "./_rules.ts";

/** The fields of a profile besides the options. */
const OTHERS = ["$schema", "description", "format"];
const FORMATS = ["csv", "ndjson", "parquet", "arrow"];

/**
 * Finds what is wrong with a profile: one sentence for each wrong field.
 *
 * @param profile The content of the file.
 * @returns The faults; empty if the profile is valid.
 *
 * @example
 * ```ts
 * import { profileFaults } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(profileFaults({ delimiter: ";", decimal: "," }), []);
 * assertEquals(profileFaults({ blank: "no" }), ['blank is "no": it must be one of "bad", "skip"']);
 * ```
 */
export function profileFaults(profile: unknown): string[] {
  if (!isMap(profile)) return ["it must be an object of options"];
  const rules = { ...DATA_RULES, ...CSV_RULES, ...NDJSON_RULES };
  const names = [...Object.keys(rules), "columns", "keys", ...OTHERS];
  const faults = unknownNames(profile, names, "");
  const all = [...optionFaults(profile, rules)];
  for (const [name, known] of [["columns", COLUMN_RULES], ["keys", KEY_RULES]] as const) {
    const value = profile[name];
    if (value === undefined) continue;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      faults.push(`${name} must be an object`);
      continue;
    }
    faults.push(...unknownNames(value, Object.keys(known), `${name}.`));
    all.push(...optionFaults(value, known, `${name}.`));
  }
  faults.push(...tagFaults(profile.tags), ...mapFaults(profile.map));
  faults.push(
    ...all.map(({ name, value, rule }) => `${name} is ${json(value)}: it must be ${rule}`),
  );
  const { format } = profile;
  if (format !== undefined && !FORMATS.some((it) => it === format)) {
    faults.push(`format is ${json(format)}: it must be csv, ndjson, parquet or arrow`);
  }
  for (const name of ["$schema", "description"]) {
    const value = profile[name];
    if (value !== undefined && typeof value !== "string") {
      faults.push(`${name} is ${json(value)}: it must be a text`);
    }
  }
  return faults;
}

/** The faults of the tags; whether they are an object is checked with the other options. */
function tagFaults(tags: unknown): string[] {
  return entriesOf(tags).flatMap(([name, tag]) => {
    if (!isRecord(tag)) return streamFault(`tags.${name}`, tag);
    const prefix = `tags.${name}.`;
    const { stream, scale = 1, offset = 0 } = tag;
    return [
      ...unknownNames(tag, ["stream", "scale", "offset"], prefix),
      ...streamFault(`${prefix}stream`, stream),
      ...Object.entries({ scale, offset }).filter(([, value]) => !Number.isFinite(value))
        .map(([what, value]) => `${prefix}${what} is ${json(value)}: it must be a finite number`),
    ];
  });
}

function mapFaults(map: unknown): string[] {
  return entriesOf(map).flatMap(([name, stream]) => streamFault(`map.${name}`, stream));
}

function streamFault(name: string, stream: unknown): string[] {
  const fault = stream === undefined ? { rule: "a variable id" } : DATA_RULES.stream!(stream);
  return fault ? [`${name} is ${json(stream ?? null)}: it must be ${fault.rule}`] : [];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : [];
}

function unknownNames(given: object, names: readonly string[], prefix: string): string[] {
  return Object.keys(given).filter((name) => !names.includes(name)).map((name) =>
    `${prefix}${name} is not a field: the fields are ${names.map((it) => prefix + it).join(", ")}`
  );
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? shown(value);
  } catch {
    return shown(value);
  }
}
