/**
 * HttpValidationError, a response with status 400 that names fields.
 *
 * @module
 */
import { named } from "./_named.ts";
import { HttpClientError } from "./named_errors.ts";
import type { HttpErrorDetails } from "./rest_http_base_exception.ts";

/**
 * The server rejected fields of the data (a 400 whose body is a map of fields, or a list of such maps);
 * `fields` says which ones and why. `non_field_errors` has the problems of the data as a whole.
 *
 * @example
 * ```ts
 * import { HttpValidationError } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const details = { method: "POST", url: "https://arch.archfx.io/api/v1/org/", status: 400 };
 * const error = new HttpValidationError("Cannot POST", details, { name: ["This field is required."] });
 * assertEquals(error.fields.name, ["This field is required."]);
 * ```
 */
export class HttpValidationError extends HttpClientError {
  static {
    named(this, "HttpValidationError");
  }

  /** The problems by field; nested fields have paths such as `events[1].value`. */
  readonly fields: Readonly<Record<string, readonly string[]>>;

  /**
   * Makes the error.
   *
   * @param message What could not be done, and why.
   * @param details The details of the call.
   * @param fields The problems by field.
   */
  constructor(
    message: string,
    details: HttpErrorDetails,
    fields: Readonly<Record<string, readonly string[]>>,
  ) {
    super(message, details);
    this.fields = fields;
  }

  /**
   * The error for JSON, with its fields.
   *
   * @returns A plain object.
   */
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), fields: this.fields };
  }
}
