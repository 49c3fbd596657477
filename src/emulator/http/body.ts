/** Bodies: read once into one buffer, rejected beyond the limit, and parsed by their type. */
import { errorMessage } from "../../_error_fields.ts";
import { parseMultipart, type Part } from "./multipart.ts";
import { detail, htmlPage } from "./error_response.ts";

/** The body of a request, by the parser that read it. */
export interface Body {
  /** JSON, a form's fields, or `{}` for an empty body. */
  readonly data: unknown;
  /** The parts of a multipart body. */
  readonly parts: readonly Part[];
}

/** Deeper JSON is rejected, because serializing it would overflow the stack. */
const MAX_JSON_DEPTH = 512;

/** 413, in the form in which the proxy in front of the service returns it. */
function tooLarge(): Error {
  return htmlPage(413, "413 Request Entity Too Large");
}

/**
 * Reads a body into one buffer.
 *
 * @param request The request; its body is used up.
 * @param maxBytes The limit.
 * @param onBytes Called with the number of bytes read so far, before each is kept.
 * @throws ErrorResponse 413 beyond the limit, 400 if the body is shorter than its Content-Length.
 */
export async function readBytes(
  request: Request,
  maxBytes: number,
  onBytes: (total: number) => void = () => {},
): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? Number.NaN);
  if (announced > maxBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  let buffer = new Uint8Array(Number.isSafeInteger(announced) ? announced : 65_536);
  let length = 0;
  for await (const chunk of request.body) {
    const total = length + chunk.length;
    if (total > maxBytes) throw tooLarge();
    onBytes(total);
    if (total > buffer.length) {
      const grown = new Uint8Array(Math.min(maxBytes, Math.max(total, buffer.length * 2)));
      grown.set(buffer.subarray(0, length));
      buffer = grown;
    }
    buffer.set(chunk, length);
    length = total;
  }
  if (length < announced) throw detail(400, "The body ended before its Content-Length.");
  return buffer.subarray(0, length);
}

/** Parses a body according to its Content-Type: JSON, a form, or multipart. */
export function parseBody(bytes: Uint8Array, contentType: string | undefined): Body {
  if (bytes.length === 0 && !contentType) return { data: {}, parts: [] };
  const type = (contentType ?? "").split(";", 1)[0].trim().toLowerCase();
  switch (type) {
    case "application/json":
      return { data: parseJson(bytes), parts: [] };
    case "application/x-www-form-urlencoded":
      return { data: Object.fromEntries(new URLSearchParams(decode(bytes))), parts: [] };
    case "multipart/form-data": {
      const parts = parseMultipart(bytes, contentType!);
      const fields = parts.filter((part) => part.filename === undefined);
      return {
        data: Object.fromEntries(fields.map((part) => [part.name, decode(part.data)])),
        parts,
      };
    }
    default:
      throw detail(415, `Unsupported media type "${contentType ?? ""}" in request.`);
  }
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  const text = decode(bytes);
  if (depthExceeds(text, MAX_JSON_DEPTH)) {
    throw detail(400, `JSON parse error - more than ${MAX_JSON_DEPTH} levels`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw detail(400, `JSON parse error - ${errorMessage(error)}`);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw detail(400, "JSON parse error - the body is not UTF-8");
  }
}

/** Whether brackets outside of strings nest deeper than `limit`. */
function depthExceeds(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) {
          if (text.charCodeAt(i) === 0x5c) i++; // \
        }
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > limit) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return false;
}
