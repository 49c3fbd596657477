/**
 * Options for reading the files of a command: the profile, and the flags that override it.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { isRecord } from "../_is_record.ts";
import { withoutMark } from "../_byte_order_mark.ts";
import { errorCode, errorMessage } from "../_error_fields.ts";
import { ArgumentError, type Arguments } from "../main/argument_parser.ts";
import { profileFaults, readCsv, readNdjson } from "../readings/mod.ts";
import { checkEffects } from "../readings/option_effects.ts";
import { checkTable } from "../readings/table_reader.ts";
import { CommandError, ExitCode, fileError } from "./_errors.ts";
import { INCLUDED_PROFILES } from "./_included_profiles.ts";
import { flagOptions, optionMessage } from "./_intake_flags.ts";
import { readTags } from "./_tags_file.ts";

/** The format of a file. */
export type FileFormat = "csv" | "ndjson" | "parquet" | "arrow";

/** The formats by name. */
export const FORMATS: readonly FileFormat[] = ["csv", "ndjson", "parquet", "arrow"];

/** How to read files. */
export interface IntakeOptions {
  /** Options of `readCsv` and `readNdjson`. */
  readonly options: Record<string, unknown>;
  /** The same options from the profile and from the flags, separately. */
  readonly sources: readonly Record<string, unknown>[];
  /** The format of the files; by default, their names and first bytes decide. */
  readonly format: FileFormat | undefined;
}

/** Options that only CSV has. */
export const CSV_ONLY = [
  ...["delimiter", "quote", "escape", "comment", "header", "headerRows", "unitRow"],
  ...["skipLines", "skipFooter", "table"],
];

/** Options that only JSON has. */
const JSON_ONLY = ["numberTexts", "keys"];

/** Reads the profile; flags override it. */
export async function intakeOptions(args: Arguments): Promise<IntakeOptions> {
  const profile = args.profile === undefined ? {} : await readProfile(args.profile);
  const flags = flagOptions(args);
  const { format, description: _, $schema: __, ...base } = profile;
  const columns = {
    ...isRecord(base.columns) && base.columns,
    ...isRecord(flags.columns) && flags.columns,
  };
  const options: Record<string, unknown> = {
    ...base,
    ...flags,
    findColumns: true,
    ...(Object.keys(columns).length > 0 ? { columns } : {}),
  };
  // Ids are replaced by the command, not by the readers.
  if (options.stream === undefined && options.device === undefined) delete options.override;
  if (typeof flags.tags === "string") options.tags = await readTags(flags.tags);
  return {
    options,
    sources: [base, flags],
    format: FORMATS.find((it) => it === (args.format ?? format)),
  };
}

/** The options for the reader of one format. */
export function optionsFor(options: Record<string, unknown>, format: FileFormat): object {
  const others = format === "csv" ? JSON_ONLY : CSV_ONLY;
  const wrong = others.find((name) => options[name] !== undefined);
  if (wrong !== undefined) {
    throw new TypeError(
      `Cannot read with option ${wrong}: it is for ${
        format === "csv" ? "JSON" : "CSV"
      }, and the file is ${format === "csv" ? "CSV" : "JSON"}`,
    );
  }
  return options;
}

/** Checks options before a file is opened. */
export function checkOptions(intake: IntakeOptions): void {
  const { options, format } = intake;
  const csvOption = CSV_ONLY.find((name) => options[name] !== undefined);
  const jsonOption = JSON_ONLY.find((name) => options[name] !== undefined);
  if (csvOption !== undefined && jsonOption !== undefined) {
    throw new ArgumentError(
      optionMessage(
        `Cannot read with option ${jsonOption}: it is for JSON, and option ${csvOption} is for CSV`,
      ),
    );
  }
  if (format === "parquet" || format === "arrow") {
    const wrong = ["encoding", ...CSV_ONLY].find((name) => options[name] !== undefined);
    asArguments(() => {
      if (wrong !== undefined) {
        throw new TypeError(`Cannot read with option ${wrong}: it is for text, not for ${format}`);
      }
      checkTable(options);
      checkAllEffects(intake);
    });
    return;
  }
  const kind = format ?? (jsonOption === undefined ? "csv" : "ndjson");
  asArguments(() => {
    if (kind === "csv") readCsv(new Uint8Array(), optionsFor(options, kind));
    else readNdjson(new Uint8Array(), optionsFor(options, kind));
    checkAllEffects(intake);
  });
}

/**
 * Checks that each option has an effect. An option of the profile may have no effect if a flag overrides it.
 */
function checkAllEffects({ options, sources }: IntakeOptions): void {
  const check = (all: Record<string, unknown>) =>
    checkEffects(all, isRecord(all.columns) ? all.columns : {});
  try {
    check(options);
  } catch (error) {
    for (const source of sources) check(source);
    if (sources.every((source) => Object.keys(source).length > 0)) return;
    throw error;
  }
}

/** Runs a check of options and turns its errors into usage errors. */
function asArguments<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new ArgumentError(optionMessage(error.message));
  }
}

async function readProfile(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = withoutMark(await readFile(path, "utf8"));
  } catch (error) {
    const included = INCLUDED_PROFILES[path];
    if (included) return { ...included };
    if (errorCode(error) === "ENOENT") {
      throw new CommandError(
        `Cannot read "${path}": the file does not exist, and the included profiles are ${
          Object.keys(INCLUDED_PROFILES).join(", ")
        }`,
        ExitCode.Failed,
        { cause: error },
      );
    }
    throw fileError("read", path, error);
  }
  let profile: unknown;
  try {
    profile = JSON.parse(text);
  } catch (error) {
    throw new CommandError(
      `Cannot read "${path}" as a profile: it is not JSON (${errorMessage(error)})`,
    );
  }
  const faults = profileFaults(profile);
  if (faults.length > 0 || !isRecord(profile)) {
    throw new CommandError(
      faults.map((fault) => `Cannot read "${path}" as a profile: ${fault}`).join("\n"),
    );
  }
  return profile;
}
