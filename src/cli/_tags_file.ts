/**
 * A file of tags: the names in a historian, and their variables.
 *
 * ```csv
 * name,stream,scale,offset
 * Temperature,0001-5090,0.1,-40
 * ```
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import type { Tag } from "../readings/mod.ts";
import { CommandError, fileError } from "./_errors.ts";
import { withoutMark } from "../_byte_order_mark.ts";

/** The columns that are read; others, such as a description, may be there. */
const COLUMNS = ["name", "stream", "scale", "offset"];

/** Fields of a line; quotes as in RFC 4180. */
function fields(line: string, delimiter: string): string[] {
  const found: string[] = [];
  for (let at = 0; at <= line.length;) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(line.slice(at));
    let text = "";
    if (quoted) {
      text = quoted[1]!.replaceAll('""', '"');
      at += quoted[0].length;
    }
    const next = line.indexOf(delimiter, at);
    const end = next < 0 ? line.length : next;
    found.push(text + line.slice(at, end).trim());
    at = end + 1;
  }
  return found;
}

/** Reads the tags of a file. */
export async function readTags(path: string): Promise<Record<string, Tag>> {
  let text: string;
  try {
    const bytes = await readFile(path);
    text = withoutMark(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) {
      throw new CommandError(`Cannot read "${path}" as a tags file: it is not valid UTF-8`);
    }
    throw fileError("read", path, error);
  }
  const lines = text.split(/\r\n|\n|\r/);
  const wrong = (line: number, rule: string) =>
    new CommandError(`Cannot read "${path}" as a tags file: line ${line + 1} ${rule}`);
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first < 0) throw new CommandError(`Cannot read "${path}" as a tags file: it is empty`);
  const delimiter = [",", ";", "\t"].find((it) => lines[first]!.includes(it)) ?? ",";
  const header = fields(lines[first]!, delimiter).map((name) => name.toLowerCase());
  const place = (name: string) => header.indexOf(name);
  if (place("name") < 0 || place("stream") < 0) {
    throw wrong(first, "must have the columns name and stream, and may have scale and offset");
  }
  // If a scale were ignored, every value would be wrong.
  const near = header.find((name) =>
    !COLUMNS.includes(name) && /^(?:sc|factor|gain|mult|slope|off?s|bias|strea?m|nam)/.test(name)
  );
  if (near !== undefined) {
    throw wrong(first, `has the column ${JSON.stringify(near)}: there are ${COLUMNS.join(", ")}`);
  }
  const twice = header.find((name, i) => COLUMNS.includes(name) && header.indexOf(name) < i);
  if (twice !== undefined) throw wrong(first, `has the column ${JSON.stringify(twice)} twice`);
  const tags: Record<string, Tag> = {};
  for (let line = first + 1; line < lines.length; line++) {
    if (lines[line]!.trim() === "") continue;
    const found = fields(lines[line]!, delimiter);
    const name = found[place("name")] ?? "";
    const stream = found[place("stream")] ?? "";
    if (name === "" || stream === "") throw wrong(line, "has no name or no stream");
    if (Object.hasOwn(tags, name)) throw wrong(line, `has the tag "${name}" again`);
    const number = (column: string): number | undefined => {
      const text = place(column) < 0 ? "" : found[place(column)] ?? "";
      if (text === "") return undefined;
      const value = Number(text);
      if (!Number.isFinite(value)) throw wrong(line, `has "${text}" as ${column}, not a number`);
      return value;
    };
    const scale = number("scale");
    const offset = number("offset");
    Object.defineProperty(tags, name, {
      value: {
        stream,
        ...(scale !== undefined && { scale }),
        ...(offset !== undefined && { offset }),
      },
      enumerable: true,
    });
  }
  return tags;
}
