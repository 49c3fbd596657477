/** The fields of a resource: the valid values of each, with the errors of the framework. */
import { isMap } from "../../_is_record.ts";
import { fieldErrors } from "../http/error_response.ts";
import type { TableName } from "../store/store.ts";

/** The kinds of fields. */
export interface Field {
  readonly kind: "text" | "integer" | "number" | "boolean" | "relation";
  /** Sent in responses, and ignored in requests. */
  readonly readOnly?: boolean;
  /** Must be in the body of a POST. */
  readonly required?: boolean;
  /** May be null. */
  readonly nullable?: boolean;
  /** May be empty text; by default true for fields that are not required. */
  readonly blank?: boolean;
  /** The longest text. */
  readonly max?: number;
  /** For a relation: the tables whose rows it may name. */
  readonly to?: readonly TableName[];
}

/** Finds the full slug of the row that a relation names, or `undefined`. */
export type Resolve = (tables: readonly TableName[], slug: string) => string | undefined;

/**
 * Checks a body.
 *
 * @param partial Whether missing fields are left unchanged.
 * @returns The values to store.
 * @throws ErrorResponse 400 with what is wrong with each field.
 */
export function validate(
  fields: Readonly<Record<string, Field>>,
  body: unknown,
  partial: boolean,
  resolve: Resolve,
): Record<string, unknown> {
  const values = asObject(body);
  const clean: Record<string, unknown> = {};
  const errors: Record<string, string[]> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.readOnly) continue;
    const value = values[name];
    if (value === undefined) {
      if (field.required && !partial) errors[name] = ["This field is required."];
      continue;
    }
    const outcome = check(field, value, resolve);
    if ("error" in outcome) errors[name] = [outcome.error];
    else clean[name] = outcome.value;
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors);
  return clean;
}

/**
 * A body as an object.
 *
 * @throws ErrorResponse 400 for anything else.
 */
export function asObject(body: unknown): Record<string, unknown> {
  if (isMap(body)) return body;
  const kinds: Record<string, string> = { number: "int", string: "str", boolean: "bool" };
  const kind = body === null ? "NoneType" : Array.isArray(body) ? "list" : kinds[typeof body];
  throw fieldErrors({
    non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`],
  });
}

/** The values that Django accepts as a boolean. */
const TRUE = new Set<unknown>([true, "true", "True", "1", 1]);
const FALSE = new Set<unknown>([false, "false", "False", "0", 0]);

type Outcome = { value: unknown } | { error: string };

function check(field: Field, value: unknown, resolve: Resolve): Outcome {
  if (value === null) {
    return field.nullable ? { value: null } : { error: "This field may not be null." };
  }
  switch (field.kind) {
    case "text":
      return text(field, value);
    case "integer":
      return integer(value);
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number)
        ? { value: number }
        : { error: "A valid number is required." };
    }
    case "boolean":
      if (TRUE.has(value)) return { value: true };
      if (FALSE.has(value)) return { value: false };
      return { error: "Must be a valid boolean." };
    case "relation": {
      if (value === "" && field.nullable) return { value: null };
      const slug = typeof value === "string" ? resolve(field.to!, value) : undefined;
      return slug === undefined
        ? { error: `Object with slug=${String(value)} does not exist.` }
        : { value: slug };
    }
  }
}

function text(field: Field, value: unknown): Outcome {
  if (typeof value === "boolean" || typeof value === "object") {
    return { error: "Not a valid string." };
  }
  const trimmed = String(value).trim();
  if (trimmed === "" && !(field.blank ?? !field.required)) {
    return { error: "This field may not be blank." };
  }
  if (trimmed.includes("\0")) return { error: "Null characters are not allowed." };
  if (!trimmed.isWellFormed()) return { error: "Not a valid string." };
  if (field.max !== undefined && [...trimmed].length > field.max) {
    return { error: `Ensure this field has no more than ${field.max} characters.` };
  }
  return { value: trimmed };
}

function integer(value: unknown): Outcome {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number)
    ? { value: number }
    : { error: "A valid integer is required." };
}
