/**
 * Proposes a profile for a text: the likely options, the reasons, and open questions.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import type { ProfileProposal } from "./_proposal.ts";

/** Options of {@linkcode proposeProfile}. */
export interface ProposeOptions {
  /** The name of the file, whose extension may show the format. */
  name?: string;
  /**
   * Whether the bytes are only the beginning of the text: then the last line may be cut, and a footer is not searched
   * for.
   *
   * @default {false}
   */
  partial?: boolean;
}

/**
 * Proposes how to read a text: dialect, times, columns. The proposal is for a person to check. What the text does not
 * say, such as the zone of its times, becomes a question.
 *
 * @param bytes The text or its beginning; a megabyte is enough. It may be compressed with gzip or zstd.
 * @param options Facts about the file.
 * @returns The profile, reasons, and questions.
 * @throws {DataError} If the bytes cannot be decompressed or are empty.
 *
 * @example
 * ```ts
 * import { proposeProfile } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "Zeit;Temperatur\n02.03.2026 06:00:00;20,5\n13.03.2026 06:00:01;20,75\n";
 * const { profile, questions } = await proposeProfile(new TextEncoder().encode(text));
 * assertEquals(profile, {
 *   format: "csv",
 *   delimiter: ";",
 *   columns: { timestamp: "Zeit", value: "Temperatur" },
 *   timeFormat: "%d.%m.%Y %H:%M:%S",
 *   decimal: ",",
 * });
 * assertEquals(questions.map(({ option }) => option), ["timeZone", "stream", "device"]);
 * ```
 */
export async function proposeProfile(
  bytes: Uint8Array,
  options: ProposeOptions = {},
): Promise<ProfileProposal> {
  checkNames(options, ["name", "partial"], "option of proposeProfile");
  const { name = "", partial = false } = options;
  const { propose } = await import("./_propose_text.ts");
  return await propose(bytes, name, partial);
}

export type { Confidence, OpenQuestion, ProfileProposal, ProposedOption } from "./_proposal.ts";
