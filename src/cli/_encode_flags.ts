/**
 * The flags of `archfx report encode` other than those of the readers: their values, and which of them cannot be
 * combined.
 *
 * @module
 */
import { ArgumentError, type Arguments } from "../main/argument_parser.ts";

/** Rejects flags that have no effect in combination with others. */
export function checkFlags(args: Arguments): void {
  const reject = (flag: string, rule: string) => {
    throw new ArgumentError(`Cannot use ${flag}: ${rule}`);
  };
  if (args.firstId === "cloud" && args.state === undefined) {
    throw new ArgumentError(
      'Cannot use "cloud" as --first-id without --state: two runs before an upload would get ' +
        "the same ids",
    );
  }
  if (args.firstId !== "cloud" && args.firstId !== undefined && args.state !== undefined) {
    throw new ArgumentError(
      'Cannot use "--first-id" and "--state" together: each says where the ids begin; ' +
        '"--first-id cloud" may be used with --state',
    );
  }
  if (args.preview && args.badRows !== undefined) reject("--bad-rows", "--preview writes nothing");
  const givesIds = args.firstId !== undefined || args.state !== undefined;
  const overrides = args.device !== undefined || args.stream !== undefined || givesIds ||
    args.profile !== undefined;
  if (args.override && !overrides) {
    reject("--override", "it needs --device, --stream, --first-id or --state");
  }
  if (args.firstId === "cloud") return;
  for (
    const [name, flag] of [["customer", "--customer"], ["domain", "--domain"], [
      "allowHttp",
      "--allow-http",
    ]]
  ) {
    if (args[name!]) reject(flag!, "it is used only with --first-id cloud");
  }
}

/** The placeholders for the name of a report. */
const BRACES = ["file", "device", "first", "last", "part"];

/** Rejects names that cannot work for all reports, as far as this is known before a file is read. */
export function checkOutput(args: Arguments, several: boolean): void {
  const output: string | undefined = args.output;
  if (output === undefined) return;
  const reject = (rule: string) => {
    throw new ArgumentError(`Cannot use "${output}" as --output: ${rule}`);
  };
  const unknown = [...output.matchAll(/\{(\w*)\}/g)].find(([, name]) => !BRACES.includes(name!));
  if (unknown) {
    reject(`there is no ${unknown[0]}, only ${BRACES.map((name) => `{${name}}`).join(", ")}`);
  }
  if (/\{(?:first|last|part)\}.*[\\/]/.test(output)) {
    reject("{first}, {last} and {part} must be in the file's name, not in a folder's");
  }
  const unique = args.state !== undefined && /\{(?:first|last)\}/.test(output);
  if (several && !output.includes("{file}") && !unique) {
    reject(
      "with several files it must contain {file}" +
        (args.state === undefined ? "" : ", {first} or {last}"),
    );
  }
  const isSplit = args.maxReadings !== undefined || args.maxBytes !== undefined;
  if (isSplit && !/\{(?:first|last|part)\}/.test(output)) {
    reject("with --max-readings or --max-bytes it must contain {first}, {last} or {part}");
  }
}

/** Parses the value of a flag. */
export function firstId(text: string): number | "cloud" {
  if (text === "cloud") return text;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new RangeError('it must be an integer from 1 to 2^53-1, or "cloud"');
  }
  return value;
}

/** Parses the value of a flag. */
export function positive(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new RangeError("it must be an integer from 1");
  }
  return value;
}

/** Parses the value of a flag. */
export function word16(text: string): number {
  const value = Number(text);
  if (!/^(?:\d+|0x[0-9a-fA-F]+)$/.test(text) || value > 0xffff) {
    throw new RangeError("it must be an integer from 0 to 65535, decimal or 0x and hexadecimal");
  }
  return value;
}
