/**
 * The `.ini` file with the tokens of a customer.
 *
 * ```ini
 * [c-acme]
 * jwt_access = ...
 * jwt_refresh = ...
 * ```
 *
 * Read as Python's `configparser` reads it (_ini_lines.ts). A value that cannot be a token (quotes, several lines,
 * `%(...)s`) is rejected with its line.
 *
 * @module
 */
import { parse } from "ini";
import { readFile } from "node:fs/promises";
import { errorCode, errorMessage } from "../_error_fields.ts";
import { writeAll, writeBeside } from "../_node_files.ts";
import { systemReason } from "../_error_text.ts";
import { withLock } from "../_node_file_lock.ts";
import { fileTarget } from "../_node_target.ts";
import { at, type IniLines, type IniOption, readIniLines } from "./_ini_lines.ts";

/** The tokens of one customer. */
export interface IniTokens {
  /** An API key. */
  apiKey?: string;
  /** A key that does not expire. */
  token?: string;
  /** The access token of a JWT pair. */
  jwtAccess?: string;
  /** The refresh token, which gets the next pair. */
  jwtRefresh?: string;
}

/** A pair as the server returns it. */
interface Pair {
  readonly access: string;
  readonly refresh?: string;
}

/** Extra space, because new tokens may be longer than the old ones. */
const RESERVED_BYTES = 16_384;

const NAMES = {
  api_key: "apiKey",
  token: "token",
  jwt_access: "jwtAccess",
  jwt_refresh: "jwtRefresh",
} as const satisfies Record<string, keyof IniTokens>;

/**
 * Reads the tokens of a customer.
 *
 * @param path The file; if it does not exist there are no tokens.
 * @param customer The customer's slug: the section is `c-<customer>`.
 * @returns The tokens that it has.
 * @throws {Error} If the file exists but cannot be read. The message names the line.
 */
export async function readIniTokens(path: string, customer: string): Promise<IniTokens> {
  const text = await textOf(path);
  if (text === undefined) return {};
  const tokens: IniTokens = {};
  try {
    const found = optionsOf(readIniLines(text), customer);
    // `ini` cuts values at ; and #, and removes quotes: they are escaped, or were rejected.
    const lines = [...found.values()].map((it) => `${it.name}=${escaped(it.value)}`);
    const values: Record<string, unknown> = parse(lines.join("\n"));
    for (const [name, key] of Object.entries(NAMES)) {
      // `ini` converts the words true, false and null; here they are text like any other.
      const value = Object.hasOwn(values, name) ? String(values[name]) : "";
      if (value !== "") tokens[key] = value;
    }
  } catch (error) {
    throw unreadable(path, errorMessage(error), error);
  }
  return tokens;
}

/**
 * Refreshes the pair of a customer and replaces the old one; every other line
 * stays unchanged.
 *
 * The disk space is reserved before the refresh: the server accepts a refresh token only once, so new tokens that
 * cannot be stored would be lost. If another process has refreshed the pair in the meantime, that pair is used.
 *
 * @param path The file.
 * @param customer The customer's slug.
 * @param sent The refresh token that is about to be used.
 * @param refresh Gets the new pair; `undefined` if the server rejects the old one.
 * @returns The pair to use from now on.
 */
export async function renewIniTokens(
  path: string,
  customer: string,
  sent: string,
  refresh: () => Promise<Pair | undefined>,
): Promise<Pair | undefined> {
  let renewed: Pair | undefined;
  const store = async () => {
    const target = await fileTarget(path);
    await withLock(`${target.path}.lock`, async () => {
      const { jwtAccess, jwtRefresh } = await readIniTokens(path, customer);
      if (jwtAccess !== undefined && jwtRefresh !== undefined && jwtRefresh !== sent) {
        renewed = { access: jwtAccess, refresh: jwtRefresh };
        return;
      }
      await writeBeside({ ...target, mode: target.mode ?? 0o600 }, async (file) => {
        const size = (await textOf(path) ?? "").length;
        await writeAll(file, new Uint8Array(size + RESERVED_BYTES));
        // Without this, the space is reserved only in memory.
        await file.sync();
        renewed = await refresh();
        // Read again: a person, or a process that was stopped, may have changed the file.
        const text = await textOf(path) ?? "";
        const bytes = new TextEncoder().encode(renewed ? replaced(text, customer, renewed) : text);
        await file.write(bytes, 0, bytes.length, 0);
        await file.truncate(bytes.length);
      });
    });
  };
  try {
    await store();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new Error(
      `Cannot store refreshed tokens in "${path}": ${reason}; the old ones are unchanged`,
      { cause: error },
    );
  }
  return renewed;
}

/** A text with a new pair where the old one was. */
function replaced(text: string, customer: string, pair: Pair): string {
  const read = readIniLines(text);
  const found = optionsOf(read, customer);
  const lines = [...read.lines];
  for (const [name, value] of [["jwt_access", pair.access], ["jwt_refresh", pair.refresh]]) {
    const option = found.get(name!);
    if (!option || value === undefined) continue;
    lines[option.line] = option.lead + value + /[\r\n]*$/.exec(lines[option.line]!)![0];
  }
  return lines.join("");
}

/**
 * Adds a pair to the section of a customer, or replaces the one that it has. If the file does not exist, it is
 * created with permissions for its owner only.
 *
 * @param path The file.
 * @param customer The customer's slug.
 * @param pair The new tokens.
 */
export async function addIniTokens(
  path: string,
  customer: string,
  pair: Pair,
): Promise<void> {
  const own = `[c-${customer}]`;
  const added = [
    `jwt_access = ${pair.access}`,
    ...(pair.refresh === undefined ? [] : [`jwt_refresh = ${pair.refresh}`]),
  ];
  await change(path, (text) => {
    const { lines, options } = readIniLines(text);
    const old = new Set(
      options.filter((it) => it.section === `c-${customer}` && it.name.startsWith("jwt_"))
        .map((it) => it.line),
    );
    const kept = lines.filter((_, line) => !old.has(line));
    const header = kept.findIndex((line) => line.trim().startsWith(own));
    if (header >= 0) {
      kept[header] = kept[header]!.replace(/[\r\n]*$/, "\n");
      kept.splice(header + 1, 0, ...added.map((line) => `${line}\n`));
      return kept.join("");
    }
    const before = kept.join("");
    const gap = before === "" ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    return `${before}${gap}${[own, ...added].join("\n")}\n`;
  });
}

/** The tokens in a customer's section, or in [DEFAULT] if the section does not have them. */
function optionsOf({ options, sections }: IniLines, customer: string): Map<string, IniOption> {
  const found = new Map<string, IniOption>();
  if (!sections.has(`c-${customer}`)) return found;
  for (const section of ["DEFAULT", `c-${customer}`]) {
    for (const option of options) {
      if (option.section === section && Object.hasOwn(NAMES, option.name)) {
        found.set(option.name, option);
      }
    }
  }
  for (const { name, value, line, continued } of found.values()) {
    if (continued !== undefined) {
      throw at(
        continued,
        `is indented, so it continues the value of ${name}: put the value on one line`,
      );
    }
    if (/^(["']).*\1$/.test(value)) throw at(line, `has ${name} in quotes: remove them`);
    if (value.replaceAll("%%", "").includes("%")) {
      throw at(
        line,
        `has "%" in ${name}: write "%%" for one; references like %(name)s are not supported`,
      );
    }
  }
  return found;
}

function escaped(value: string): string {
  return value.replaceAll("%%", "%").replace(/[\\;#]/g, "\\$&");
}

/** The text of a file; `undefined` if it does not exist. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    if (error instanceof TypeError && code !== "EISDIR") {
      throw unreadable(path, "it is not UTF-8", error);
    }
    const reason = code === "EACCES" || code === "EPERM"
      ? "permission is denied"
      : code === "EISDIR"
      ? "it is a directory"
      : errorMessage(error);
    throw unreadable(path, reason, error);
  }
}

async function change(path: string, edit: (text: string) => string): Promise<void> {
  const target = await fileTarget(path);
  await withLock(`${target.path}.lock`, async () => {
    const bytes = new TextEncoder().encode(edit(await textOf(path) ?? ""));
    // The tokens are for the owner only, unless the file says otherwise.
    await writeBeside({ ...target, mode: target.mode ?? 0o600 }, (file) => writeAll(file, bytes));
  });
}

function unreadable(path: string, reason: string, cause: unknown): Error {
  return new Error(`Cannot read the tokens in "${path}": ${reason}`, { cause });
}
