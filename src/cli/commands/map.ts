/**
 * `archfx map`: the factory as a tree or as rows.
 *
 * @module
 */
import { readFile, rm } from "node:fs/promises";
import { withoutMark } from "../../_byte_order_mark.ts";
import { errorCode } from "../../_error_fields.ts";
import type { FactoryMapJson, FactoryProgress } from "../../api/mod.ts";
import { counted } from "../../_plural.ts";
import { printable } from "../../_printable.ts";
import { writeAtomically } from "../_atomic_file.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError, fileError } from "../_errors.ts";
import { treeLines } from "../_map_tree.ts";
import { printRows } from "../_rows.ts";
import { addCloudArguments, withSession } from "../_session.ts";

/** The command. */
export const map: Command = {
  description:
    "Draw the factory as a tree: organizations, sites, areas, lines, machines, devices. In a pipe: " +
    "a line of JSON for each device, and for each place without one, { org, orgName, orgType, site, siteName, " +
    "siteType, ... } down to device, deviceName, deviceType; with --json an array of these.",
  examples: [
    ["archfx map --org acme", "The factory of one organization"],
    ["archfx map --csv > factory.csv", "A row for each device"],
    ["archfx map --resume map.part.json", "Continue after an interruption: run it again to finish"],
  ],
  arguments(parser) {
    parser
      .addArgument("--org", { metavar: "SLUG", help: "Only this organization" })
      .addArgument("--csv", {
        type: "boolean",
        help:
          "Print CSV; a cell that a spreadsheet would run as a formula gets a leading apostrophe",
      })
      .addArgument("--tree", { type: "boolean", help: "Print the tree in a pipe too" })
      .addArgument("--concurrency", {
        type: "integer",
        metavar: "N",
        default: 8,
        help: "How many requests at the same time",
      })
      .addArgument("--resume", {
        metavar: "FILE",
        help:
          "If it is interrupted, save the result so far in this file, and continue from it next time",
      });
    addCloudArguments(parser);
  },
  async run(context, args) {
    const found = await withSession(context, args, async (api) => {
      const { factoryMap, FactoryMapError } = await import("../../api/mod.ts");
      const resume = args.resume === undefined ? undefined : await readPartial(args.resume);
      const status = liveStatus(context);
      try {
        return await factoryMap(api, {
          ...(args.org === undefined ? {} : { org: args.org }),
          ...(resume === undefined ? {} : { resume }),
          concurrency: args.concurrency,
          signal: context.signal,
          onProgress: status.update,
        });
      } catch (error) {
        const partial = error instanceof FactoryMapError ? error.partial : undefined;
        if (partial && args.resume !== undefined) {
          await writeAtomically(args.resume, JSON.stringify(partial) + "\n");
          status.stop();
          context.note(
            `The result so far is in "${args.resume}": run the same command to continue`,
          );
        }
        throw context.interrupted(
          error,
          `found before: ${counted(partial?.rows().length ?? 0, "row")}`,
        );
      } finally {
        status.stop();
      }
    });
    if (args.resume !== undefined) await rm(args.resume, { force: true });
    const rows = Array.from(found.rows(), (row): Record<string, unknown> => ({ ...row }));
    if (args.csv) await printCsv(context, rows);
    else if (context.forPeople || (args.tree && !context.json)) {
      for (const line of treeLines(rows)) await context.print(line);
    } else await printRows(context, rows);
  },
};

async function readPartial(path: string): Promise<FactoryMapJson | undefined> {
  let text: string;
  try {
    text = withoutMark(await readFile(path, "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw fileError("read", path, error);
  }
  try {
    const state: FactoryMapJson = JSON.parse(text); // `factoryMap` checks it.
    return state;
  } catch {
    throw new CommandError(`Cannot continue from "${path}": it is not JSON`);
  }
}

/** A line on the terminal with the progress. */
function liveStatus(
  context: Context,
): { update: (progress: FactoryProgress) => void; stop: () => void } {
  if (!context.io.errorIsTerminal || context.quiet) return { update() {}, stop() {} };
  let shown = false;
  return {
    update({ pages, pagesKnown, rows }) {
      shown = true;
      context.io.writeError(
        `\r\u001b[Kreading the factory: ${counted(rows, "row")}, ${pages} of ${pagesKnown} pages`,
      );
    },
    stop() {
      if (shown) context.io.writeError("\r\u001b[K");
      shown = false;
    },
  };
}

async function printCsv(context: Context, rows: readonly Record<string, unknown>[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const cell = (value: unknown) => {
    const raw = value === null || value === undefined ? "" : String(value);
    const plain = context.io.outputIsTerminal ? printable(raw) : raw;
    // Spreadsheets run such a cell as a formula; an apostrophe makes it text.
    const text = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(plain) ? `'${plain}` : plain;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  if (names.length > 0) await context.print(names.join(","));
  for (const row of rows) await context.print(names.map((name) => cell(row[name])).join(","));
}
