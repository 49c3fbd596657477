/**
 * `archfx slug`: parse, convert and explain slugs.
 *
 * @module
 */
import type { Command, Context } from "../_command.ts";
import { ExitCode, messageOf } from "../_errors.ts";
import { linesOf } from "../_lines.ts";
import { readings, type SlugParts, slugParts } from "../_slug_parts.ts";

const parts = ["slug", "kind", "id", "parent", "device", "variable", "start"] as const;

/** The command. */
export const slug: Command = {
  description:
    "Parse, convert and explain slugs: of sites (ps--), areas (pa--), lines (pl--), devices and " +
    "machines (d--), streams (sl-- sa-- ss-- sd--), streamers (t--) and variables (no prefix).\n" +
    "On a terminal, each slug is explained; in a pipe, each is a line of JSON (NDJSON). With --json: an " +
    "array of { input, slug, kind, meaning } and, by kind, id, parent, device, variable, scope, " +
    "start, index. Exit code 1 if no text is a slug, 5 if some are not.",
  examples: [
    ["archfx slug d--1234", "The slug in full, and its meaning"],
    ["archfx slug --as device --decimal 4660 --to slug", "The slug of device 4660"],
    ["cut -d, -f2 streams.csv | archfx slug --to device", "The device of each stream"],
  ],
  arguments(parser) {
    parser
      .addArgument("slug", {
        metavar: "SLUG",
        many: true,
        required: false,
        help: 'The slugs; without any or with "-", one per line from standard input',
      })
      .addArgument("--as", {
        metavar: "KIND",
        choices: readings,
        help: "The kind of a text without a prefix; a variable by default",
      })
      .addArgument("--decimal", { type: "boolean", help: "Read decimal numbers; needs --as" })
      .addArgument("--to", {
        metavar: "PART",
        choices: parts,
        help: "Print only this part, one per line; an empty line if a slug does not have it",
      });
  },
  async run(context, args) {
    const given: readonly string[] = args.slug;
    const fromInput = given.length === 0 || (given.length === 1 && given[0] === "-");
    const source = fromInput ? linesOf(context.io.input()) : given;
    const all: SlugParts[] = [];
    let [row, good, bad] = [0, 0, 0];
    for await (const text of source) {
      context.signal.throwIfAborted();
      row++;
      if (fromInput && text === "") continue;
      try {
        const found = slugParts(
          text,
          args.as ?? (args.decimal ? "device" : undefined),
          args.decimal,
        );
        good++;
        if (args.to !== undefined) {
          const name: keyof SlugParts = args.to;
          await context.print(String(found[name] ?? ""));
        } else if (context.json) all.push(found);
        else if (context.forPeople) await explain(context, found);
        else await context.print(JSON.stringify(found));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        bad++;
        context.complain(`archfx slug: ${fromInput ? `line ${row}: ` : ""}${messageOf(error)}`);
      }
    }
    if (context.json && args.to === undefined) await context.print(JSON.stringify(all, null, 2));
    if (bad === 0) return ExitCode.Done;
    return good > 0 ? ExitCode.PartlyDone : ExitCode.Failed;
  },
};

async function explain(context: Context, found: SlugParts): Promise<void> {
  const { input: _input, slug: text, ...rest } = found;
  await context.print(context.color ? `\u001b[1m${text}\u001b[22m` : text);
  for (const [name, value] of Object.entries(rest)) {
    const more = name === "start" ? ` (${new Date(Number(value) / 1000).toISOString()})` : "";
    await context.print(`  ${name.padEnd(9)} ${value}${more}`);
  }
}
