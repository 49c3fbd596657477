/** A unit in a seed. */

/** The unit of a variable in a seed: its streams have it as `output_unit`. */
export interface SeedUnit {
  /** The variable, such as `0001-5001`. */
  readonly variable: string;
  /** The short name, such as `°C`. */
  readonly short: string;
  /** The full name, such as `Degrees Celsius`. */
  readonly full: string;
}
