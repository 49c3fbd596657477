/**
 * Reads multipart bodies without copying: a part is a view into the body, so that an upload of a hundred
 * megabytes is in memory only once.
 */
import { ByteSearch } from "./find_bytes.ts";
import { detail } from "./error_response.ts";

/** One part of a form. */
export interface Part {
  readonly name: string;
  /** `undefined` for a plain field. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  /** A view into the body. */
  readonly data: Uint8Array;
}

const MAX_PARTS = 1000;
const MAX_HEADER_BYTES = 16_384;
const HEADER_END = new ByteSearch(latin1("\r\n\r\n"));
const TEXT = new TextDecoder();

/** The boundary in a Content-Type, or `undefined` if it has no valid one. */
function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/**
 * Splits a multipart body.
 *
 * @throws ErrorResponse 400 if the body does not match its boundary.
 */
export function parseMultipart(body: Uint8Array, contentType: string): Part[] {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw malformed("Invalid boundary in multipart: None");
  const delimiter = latin1(`--${boundary}`);
  const next = new ByteSearch(latin1(`\r\n--${boundary}`));
  const parts: Part[] = [];
  let at = new ByteSearch(delimiter).indexIn(body, 0);
  if (at < 0 || (at > 0 && body[at - 1] !== 0x0a)) throw malformed("no boundary in the body");
  at += delimiter.length;
  while (true) {
    if (body[at] === 0x2d && body[at + 1] === 0x2d) return parts;
    while (body[at] === 0x20 || body[at] === 0x09) at++;
    if (body[at] !== 0x0d || body[at + 1] !== 0x0a) throw malformed("a boundary without its end");
    if (parts.length === MAX_PARTS) throw malformed("too many parts");
    const headerEnd = HEADER_END.indexIn(body.subarray(at, at + MAX_HEADER_BYTES), 0);
    if (headerEnd < 0) throw malformed("a part without an end of its header");
    const header = TEXT.decode(body.subarray(at + 2, at + headerEnd));
    const start = at + headerEnd + 4;
    // The body of an empty part shares its line break with the end of the header.
    const end = next.indexIn(body, start - 2);
    if (end < 0) throw malformed("a part without its closing boundary");
    parts.push(readPart(header, body.subarray(start, Math.max(start, end))));
    at = end + 2 + delimiter.length;
  }
}

function readPart(header: string, data: Uint8Array): Part {
  const lines = header.split("\r\n");
  const disposition = lines.find((line) => /^content-disposition\s*:/i.test(line)) ?? "";
  const contentType = lines.find((line) => /^content-type\s*:/i.test(line));
  const name = parameter(disposition, "name");
  if (!/^content-disposition\s*:\s*form-data\b/i.test(disposition) || name === undefined) {
    throw malformed("a part without a name");
  }
  const filename = extended(disposition) ?? parameter(disposition, "filename");
  return {
    name,
    // Some clients send a path; it is not part of the name.
    filename: filename === undefined ? undefined : filename.split(/[/\\]/).at(-1)!,
    contentType: contentType?.slice(contentType.indexOf(":") + 1).trim(),
    data,
  };
}

function parameter(line: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i")
    .exec(line);
  if (!match) return undefined;
  return (match[1]?.replace(/\\(["\\])/g, "$1") ?? match[2]).replace(/%22/g, '"');
}

/** `filename*=utf-8''...`, as Python's requests writes names that are not ASCII. */
function extended(line: string): string | undefined {
  const match = /;\s*filename\*\s*=\s*utf-8''([^;\s]*)/i.exec(line);
  if (!match) return undefined;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return undefined; // not percent-encoded UTF-8: the plain parameter is used
  }
}

/** A boundary consists of single bytes. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function malformed(why: string): Error {
  return detail(400, `Multipart form parse error - ${why}`);
}
