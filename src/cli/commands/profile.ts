/**
 * `archfx profile`: proposes how to read a file; a person decides.
 *
 * @module
 */
import { joinedBytes } from "../../_joined_bytes.ts";
import { proposeProfile } from "../../readings/mod.ts";
import { writeAtomically } from "../_atomic_file.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError, fileError } from "../_errors.ts";
import { openInput } from "../_input_bytes.ts";
import { flagOf } from "../_intake_flags.ts";
import { sourceError } from "../_reading_source.ts";

/** How many bytes of a file are read. */
const LOOKED_AT = 1 << 20;

/** The command. */
export const profile: Command = {
  description:
    "Look at the first megabyte of a file and propose how archfx report encode should read it: delimiter, decimal " +
    "separator, header, format of times, columns. Each option has a reason and a confidence. If the file does not " +
    "say something, such as the zone of its times, there is a question. Nothing is used until you decide: check the " +
    "profile, answer the questions in it or with flags, and look at the result with report encode --preview.\n" +
    "With --json: { profile, options: [{ option, value, confidence, reason }], questions: [{ option, question, " +
    "choices }] }.",
  examples: [
    ["archfx profile export.csv", "Show the proposal"],
    ["archfx profile export.csv -o line-1.json", "Write the profile"],
    [
      "archfx report encode export.csv --profile line-1.json --device d--1 --preview",
      "See how the file is read",
    ],
  ],
  arguments(parser) {
    parser
      .addArgument("file", { metavar: "FILE", help: "The file; - for standard input" })
      .addArgument("--output", {
        short: "o",
        metavar: "FILE.json",
        help: "Write the profile to this file",
      });
  },
  async run(context, args) {
    const path: string = args.file;
    const { bytes, partial } = await head(context, path);
    if (bytes.length === 0) {
      throw new CommandError(`Cannot propose a profile for "${path}": it is empty`);
    }
    let found;
    try {
      found = await proposeProfile(bytes, { name: path, partial });
    } catch (error) {
      throw sourceError(path, error);
    }
    if (args.output !== undefined) {
      try {
        await writeAtomically(args.output, `${JSON.stringify(found.profile, null, 2)}\n`);
      } catch (error) {
        throw fileError("write", args.output, error);
      }
    }
    if (context.json) {
      await context.print(JSON.stringify(found, null, 2));
      return;
    }
    await context.print(JSON.stringify(found.profile, null, 2));
    for (const { option, value, confidence, reason } of found.options) {
      await context.print(`${option} ${JSON.stringify(value)}: ${confidence}, ${reason}`);
    }
    if (found.questions.length > 0) await context.print("\nThe file does not say:");
    for (const { option, question, choices } of found.questions) {
      const answers = choices ? ` (${choices.join(", ")})` : "";
      await context.print(`${flagOf(option)}: ${question}${answers}`);
    }
    if (args.output !== undefined) context.note(`The profile is in "${args.output}"`);
  },
};

/** The beginning of a file. */
async function head(
  context: Context,
  path: string,
): Promise<{ bytes: Uint8Array; partial: boolean }> {
  const input = await openInput(context, path, false);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of input.bytes) {
      pieces.push(piece.slice());
      length += piece.length;
      if (length > LOOKED_AT) break;
    }
  } finally {
    input.close();
  }
  return { bytes: joinedBytes(pieces).subarray(0, LOOKED_AT), partial: length > LOOKED_AT };
}
