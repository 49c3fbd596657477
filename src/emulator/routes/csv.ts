/** Readings as CSV: one line for each reading, sent while they are read. */
import { toJson } from "../http/json.ts";

const COLUMNS = [
  "id",
  "stream",
  "device",
  "variable",
  "timestamp",
  "value",
  "streamer_local_id",
  "extra_data",
] as const;

/** The response with readings as CSV. */
export function csvResponse(stretches: Iterable<Record<string, unknown>[]>): Response {
  const encoder = new TextEncoder();
  const iterator = stretches[Symbol.iterator]();
  // The first chunk is read now, so that an error can still become an error response.
  let next = iterator.next();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(COLUMNS.join(",") + "\r\n"));
    },
    pull(controller) {
      if (next.done) return controller.close();
      controller.enqueue(encoder.encode(next.value.map(line).join("")));
      next = iterator.next();
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/csv; charset=utf-8" } });
}

function line(row: Record<string, unknown>): string {
  return COLUMNS.map((name) => cell(row[name])).join(",") + "\r\n";
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object"
    ? Object.keys(value).length === 0 ? "" : toJson(value)
    : Object.is(value, -0)
    ? "-0"
    : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
