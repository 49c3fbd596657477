/**
 * One record of CSV in any dialect: where its fields are. This is the only place that says what a record is; the scanner
 * in WebAssembly takes over the records whose fields are plain.
 *
 * @module
 */

/** How records are written, as bytes of UTF-8. */
export interface Dialect {
  readonly delimiter: Uint8Array;
  /** The quote's code, -1 where there is none. */
  readonly quote: number;
  /** The code of the escape character, -1 where quotes are doubled and nothing else. */
  readonly escape: number;
  /** What a comment begins with; empty where there are none. */
  readonly comment: Uint8Array;
}

/** What is wrong with the quotes of a record. */
type QuoteFault = "open" | "after";

/** The fields of a record, used again for the next one. */
export class RecordFields {
  /** Where each field begins and ends, without its quotes. */
  readonly froms: number[] = [];
  readonly tos: number[] = [];
  /** Whether a field has doubled quotes or escapes. */
  readonly coded: boolean[] = [];
  /** How many fields there are. */
  count = 0;
  /** Where the next record begins. */
  next = 0;
  /** How many physical lines the record has. */
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
 * The length of the end of a line: LF, CR LF, CR CR LF or CR alone; 0 where there is none, -1 where more bytes are needed.
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

/** Where the line after this one begins; -1 where more bytes are needed. */
export function nextLine(bytes: Uint8Array, at: number, end: number, last: boolean): number {
  for (let p = at; p < end; p++) {
    if (bytes[p] !== FEED && bytes[p] !== RETURN) continue;
    const length = lineEndLength(bytes, p, end, last);
    return length < 0 ? -1 : p + length;
  }
  return last ? end : -1;
}

/** Whether bytes stand at a place; undefined where more bytes are needed. */
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
 * @returns Whether the record is whole; with false, more bytes are needed.
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
    // Up to the delimiter or the end of the line.
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

/** A record with a fault costs its first physical line. */
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

/** Text of bytes; what is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** The text of a field, without what stands for quotes in it. */
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

/** Without spaces and tabs around it. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
