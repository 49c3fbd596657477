/**
 * Recognises files that are not reports, and says what to do with them.
 *
 * @module
 */

/** First bytes of files of other kinds. */
const MAGIC: readonly (readonly [bytes: readonly number[], text: string])[] = [
  [[0x1f, 0x8b], "This file is compressed with gzip: unpack it first"],
  [[0x28, 0xb5, 0x2f, 0xfd], "This file is compressed with zstd: unpack it first"],
  [
    [0x50, 0x4b, 0x03, 0x04],
    "This is a ZIP archive or an Excel file: unpack it, or save the sheet as CSV",
  ],
  [[0x50, 0x41, 0x52, 0x31], "This is a Parquet file: a report is made of readings, such as CSV"],
  [
    [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31],
    "This is an Arrow file: a report is made of readings, such as CSV",
  ],
  [
    [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65],
    "This is an SQLite database, perhaps the store of an emulator",
  ],
  [[0x25, 0x50, 0x44, 0x46], "This is a PDF file"],
];

/** How much of a file is looked at. */
const SEEN = 4096;

/**
 * Recognise a file that is not a report.
 *
 * @param bytes the file
 * @param name its name, for the command to type
 * @returns one sentence, or undefined where the file is not recognised
 */
export function fileKind(bytes: Uint8Array, name: string): string | undefined {
  if (bytes.length === 0) return "This file is empty";
  const known = MAGIC.find(([magic]) => magic.every((byte, at) => bytes[at] === byte));
  if (known !== undefined) return known[1];
  const text = textOf(bytes.subarray(0, SEEN));
  if (text === undefined) return undefined;
  const file = /^[\w./-]+$/.test(name) ? name : `"${name}"`;
  const encode = `archfx report encode ${file} --device d--1234 -o report.mp`;
  const start = text.trimStart();
  if (/^<(?:!doctype|html|\?xml)/i.test(start)) {
    return "This is an HTML or XML page, perhaps an error page of a server that was saved instead of a report";
  }
  if (start.startsWith("{") && start.includes("\n{")) {
    return `This is NDJSON. To make a report from it: ${encode}`;
  }
  if (start.startsWith("{") || start.startsWith("[")) {
    return /"(?:fileformat|format)"\s*:\s*"v[12]00"/.test(start)
      ? "This is a report in JSON form, not the v200 form in msgpack"
      : 'This is JSON. "archfx report encode" makes reports from NDJSON, with one reading per line';
  }
  const [line] = start.split(/\r\n|\n|\r/);
  if (/[,;\t]/.test(line)) return `This is a CSV file. To make a report from it: ${encode}`;
  return "This is text, not a report";
}

/** Bytes as text; undefined if they are not text. */
function textOf(bytes: Uint8Array): string | undefined {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe
    ? "utf-16le"
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? "utf-16be"
    : "utf-8";
  const text = new TextDecoder(encoding).decode(bytes);
  // The end may be in the middle of a character. Text never contains control characters.
  // deno-lint-ignore no-control-regex -- these are the ones that text does not have
  return /[\u0000-\u0008\u000e-\u001f]/.test(text) || text.slice(0, -4).includes("\ufffd")
    ? undefined
    : text;
}
