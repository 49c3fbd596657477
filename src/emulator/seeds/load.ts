/** Loads a seed by its name or from a file. */
import { errorMessage } from "../../_error_fields.ts";
import { demo } from "./demo.ts";
import type { Seed } from "./seed.ts";

const NAMED: Readonly<Record<string, Seed>> = { demo, empty: {} };

/**
 * Loads a seed.
 *
 * @param seed `demo`, `empty`, the path of a JSON file, or the seed itself.
 * @returns The seed.
 * @throws TypeError if the file is not a seed.
 *
 * @example
 * ```ts
 * import { createEmulator, loadSeed } from "@archfx/cloud/emulator";
 *
 * const demo = await loadSeed("demo");
 * const devices = [...demo.devices ?? [], { id: "d--99", parent: "pl--1" }];
 * await using emulator = await createEmulator({ seed: { ...demo, devices } });
 * ```
 */
export async function loadSeed(seed: string | Seed): Promise<Seed> {
  if (typeof seed !== "string") return seed;
  if (Object.hasOwn(NAMED, seed)) return NAMED[seed];
  const { readFile } = await import("node:fs/promises");
  let text: string;
  try {
    text = await readFile(seed, "utf8");
  } catch (error) {
    throw new TypeError(`Cannot read the seed "${seed}": ${errorMessage(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`Cannot read the seed "${seed}" as JSON: ${errorMessage(error)}`);
  }
  const kinds = ["accounts", "orgs", "sites", "areas", "lines", "machines", "devices", "units"];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`Cannot use the seed "${seed}": it must be an object of lists`);
  }
  for (const [name, list] of Object.entries(value)) {
    if (!kinds.includes(name) || !Array.isArray(list)) {
      throw new TypeError(
        `Cannot use the seed "${seed}": "${name}" must be a list and one of ${kinds.join(", ")}`,
      );
    }
  }
  return value;
}
