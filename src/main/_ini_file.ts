/**
 * The `.ini` file with the tokens of a customer.
 *
 * ```ini
 * [c-acme]
 * jwt_access = ...
 * jwt_refresh = ...
 * ```
 *
 * @module
 */
import { parse } from "ini";
import { readFile } from "node:fs/promises";
import { writeAll, writeBeside } from "../_node_files.ts";
import { fileTarget } from "../_node_target.ts";

/** The tokens of one customer. */
export interface IniTokens {
  /** A key that does not expire. */
  token?: string;
  /** The access token of a JWT pair. */
  jwtAccess?: string;
  /** The token that buys the next pair. */
  jwtRefresh?: string;
}

/**
 * Reads the tokens of a customer.
 *
 * @param path The file; one that does not exist holds no tokens.
 * @param customer The customer's slug: the section is `c-<customer>`.
 * @returns The tokens there are.
 * @throws {Error} Where the file is there and cannot be read, or has a line that is none of its format.
 */
export async function readIniTokens(path: string, customer: string): Promise<IniTokens> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return {};
    const reason = code === "EACCES" || code === "EPERM"
      ? "permission is denied"
      : code === "EISDIR"
      ? "it is a directory"
      : message;
    throw new Error(`Cannot read "${path}" as a file of tokens: ${reason}`, { cause: error });
  }
  checkLines(text, path);
  const section = parse(text)[`c-${customer}`];
  const of = (key: string): string | undefined => {
    const value = typeof section === "object" && section !== null ? section[key] : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const tokens: IniTokens = {};
  const [token, access, refresh] = [of("token"), of("jwt_access"), of("jwt_refresh")];
  if (token !== undefined) tokens.token = token;
  if (access !== undefined) tokens.jwtAccess = access;
  if (refresh !== undefined) tokens.jwtRefresh = refresh;
  return tokens;
}

/**
 * Refuses a line that a reader of `.ini` files would skip over or take for something else.
 *
 * The line is named by its number alone: it may hold a token.
 */
function checkLines(text: string, path: string): void {
  let inSection = false;
  for (const [index, line] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const isSection = /^\s*\[[^\]]+\]\s*$/.test(line);
    inSection ||= isSection;
    if (isSection || /^\s*(?:[;#].*)?$/.test(line)) continue;
    const rule = !/^\s*[^=[\]\s][^=[\]]*=/.test(line)
      ? "must be a [section], a name = value or a comment"
      : inSection
      ? undefined
      : "must stand below a [section]";
    if (rule !== undefined) {
      throw new Error(`Cannot read "${path}" as a file of tokens: line ${index + 1} ${rule}`);
    }
  }
}

/**
 * Puts a rotated pair where the old one stood, and leaves every other line as it is.
 *
 * @param path The file.
 * @param customer The customer's slug.
 * @param pair The new tokens.
 */
export async function replaceIniTokens(
  path: string,
  customer: string,
  pair: { access: string; refresh: string },
): Promise<void> {
  const values: Record<string, string> = { jwt_access: pair.access, jwt_refresh: pair.refresh };
  let inside = false;
  const lines = (await readFile(path, "utf8")).split("\n").map((line) => {
    const section = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (section !== undefined) inside = section.trim() === `c-${customer}`;
    const match = inside ? /^(\s*(jwt_access|jwt_refresh)\s*[=:]\s*).*?(\r?)$/.exec(line) : null;
    return match ? `${match[1]}${values[match[2]!]}${match[3]}` : line;
  });
  const bytes = new TextEncoder().encode(lines.join("\n"));
  await writeBeside(await fileTarget(path), (file) => writeAll(file, bytes));
}
