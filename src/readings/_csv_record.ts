/**
 * Splits one record of CSV, in any dialect, into its fields. This is the only place that defines what a record is; the
 * scanner in WebAssembly reads only records whose fields are plain.
 *
 * @module
 */

/** The dialect of a text, as bytes of UTF-8. */
export interface Dialect {
  readonly delimiter: Uint8Array;
  /** The code of the quote, -1 for none. */
  readonly quote: number;
  /** The code of the escape character, -1 if quotes can only be doubled. */
  readonly escape: number;
  /** The start of a comment; empty if the text has no comments. */
  readonly comment: Uint8Array;
}

/** What is wrong with the quotes of a record. */
type QuoteFault = "open" | "after";

/** The fields of a record. The object is used again for the next record. */
export class RecordFields {
  /** Start and end of each field, without its quotes. */
  readonly froms: number[] = [];
  readonly tos: number[] = [];
  /** Whether a field has doubled quotes or escapes. */
  readonly coded: boolean[] = [];
  /** The number of fields. */
  count = 0;
  /** The start of the next record. */
  next = 0;
  /** The number of physical lines of the record. */
  lines = 0;
  fault: QuoteFault | undefined;
  /** Whether it is an empty line or a comment. */
  empty = false;

  /** Adds a field. */
  add(from: number, to: number, coded: boolean): void {
    this.froms[this.count] = from;
    this.tos[this.count] = to;
    this.coded[this.count] = coded;
    this.count++;
  }
}

const FEED = 10;
const RETURN = 13;

/**
 * The length of a line end: LF, CR LF, CR CR LF or CR alone; 0 if there is no line end, -1 if more bytes are needed.
 */
function lineEndLength(bytes: Uint8Array, at: number, end: number, last: boolean): number {
  if (at >= end) return 0;
  if (bytes[at] === FEED) return 1;
  if (bytes[at] !== RETURN) return 0;
  if (at + 1 >= end) return last ? 1 : -1;
  if (bytes[at + 1] === FEED) return 2;
  if (bytes[at + 1] !== RETURN) return 1;
  if (at + 2 >= end) return last ? 1 : -1;
  return bytes[at + 2] === FEED ? 3 : 1;
}

/** The start of the next line; -1 if more bytes are needed. */
export function nextLine(bytes: Uint8Array, at: number, end: number, last: boolean): number {
  for (let p = at; p < end; p++) {
    if (bytes[p] !== FEED && bytes[p] !== RETURN) continue;
    const length = lineEndLength(bytes, p, end, last);
    return length < 0 ? -1 : p + length;
  }
  return last ? end : -1;
}

/** Whether there are certain bytes at a place; undefined if more bytes are needed. */
function standsAt(
  bytes: Uint8Array,
  at: number,
  end: number,
  last: boolean,
  text: Uint8Array,
): boolean | undefined {
  for (let i = 0; i < text.length; i++) {
    if (at + i >= end) return last ? false : undefined;
    if (bytes[at + i] !== text[i]) return false;
  }
  return true;
}

/**
 * Finds the fields of the record at `at`.
 *
 * @returns Whether the record is complete; if not, more bytes are needed.
 */
export function splitRecord(
  bytes: Uint8Array,
  at: number,
  end: number,
  last: boolean,
  dialect: Dialect,
  fields: RecordFields,
): boolean {
  const { delimiter, quote, escape, comment } = dialect;
  fields.count = 0;
  fields.lines = 1;
  fields.fault = undefined;
  fields.empty = false;
  if (comment.length > 0) {
    const found = standsAt(bytes, at, end, last, comment);
    if (found === undefined) return false;
    if (found) {
      fields.empty = true;
      fields.next = nextLine(bytes, at, end, last);
      return fields.next >= 0;
    }
  }
  let p = at;
  while (true) {
    let from = p;
    let coded = false;
    let closed = -1;
    if (p < end && bytes[p] === quote) {
      from = ++p;
      while (p < end && closed < 0) {
        const byte = bytes[p];
        if (byte === escape) {
          if (p + 1 >= end && !last) return false;
          coded = true;
          p += 2;
        } else if (byte === quote) {
          if (p + 1 >= end && !last) return false;
          if (p + 1 < end && bytes[p + 1] === quote) {
            coded = true;
            p += 2;
          } else {
            closed = p++;
          }
        } else if (byte === FEED || byte === RETURN) {
          const length = lineEndLength(bytes, p, end, last);
          if (length < 0) return false;
          fields.lines++;
          p += length;
        } else {
          p++;
        }
      }
      if (closed < 0) {
        if (!last) return false;
        fields.fault = "open";
        fields.add(from, end, coded);
        return endFaulty(bytes, at, end, last, fields);
      }
    }
    // After the quote, there must be the delimiter or the end of the line.
    const after = p;
    let length = 0;
    let separated = false;
    while (p < end) {
      const byte = bytes[p];
      if (byte === FEED || byte === RETURN) {
        length = lineEndLength(bytes, p, end, last);
        if (length < 0) return false;
        break;
      }
      if (byte === delimiter[0]) {
        const found = standsAt(bytes, p, end, last, delimiter);
        if (found === undefined) return false;
        if (found) {
          separated = true;
          break;
        }
      }
      if (byte === escape && closed < 0) {
        if (p + 1 >= end && !last) return false;
        coded = true;
        p++;
      }
      p++;
    }
    if (p >= end && !last) return false;
    p = Math.min(p, end);
    if (closed >= 0 && !isSpace(bytes, after, p)) {
      fields.fault = "after";
      fields.add(from - 1, p, false);
      return endFaulty(bytes, at, end, last, fields);
    }
    fields.add(from, closed >= 0 ? closed : p, coded);
    if (separated) {
      p += delimiter.length;
      continue;
    }
    fields.next = p + length;
    fields.empty = fields.count === 1 && p === at && closed < 0;
    return true;
  }
}

/** Whether there are only spaces and tabs. */
function isSpace(bytes: Uint8Array, from: number, to: number): boolean {
  while (from < to && (bytes[from] === 0x20 || bytes[from] === 0x09)) from++;
  return from === to;
}

/** Ends a record with a fault after its first physical line. */
function endFaulty(
  bytes: Uint8Array,
  at: number,
  end: number,
  last: boolean,
  fields: RecordFields,
): boolean {
  fields.next = nextLine(bytes, at, end, last);
  fields.lines = 1;
  return fields.next >= 0;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of bytes; invalid UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** The text of a field, with doubled quotes and escapes resolved. */
export function fieldText(
  bytes: Uint8Array,
  fields: RecordFields,
  index: number,
  { quote, escape }: Dialect,
): string {
  const from = fields.froms[index];
  const to = fields.tos[index];
  if (!fields.coded[index]) return trimmed(textOf(bytes, from, to));
  const plain: number[] = [];
  const isQuoted = from > 0 && bytes[from - 1] === quote;
  for (let p = from; p < to; p++) {
    if (bytes[p] === escape && p + 1 < to) p++;
    else if (isQuoted && bytes[p] === quote && bytes[p + 1] === quote) p++;
    plain.push(bytes[p]);
  }
  return trimmed(textOf(Uint8Array.from(plain), 0, plain.length));
}

/** A text without the spaces and tabs around it. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
