/**
 * Whether the cloud has the readings of a report, according to `data/`.
 *
 * @module
 */
import { parseExactJson } from "../_exact_json.ts";
import type { ReadingFacts, ReportFacts } from "../reports/report_cloud.ts";
import { deviceText } from "../reports/report_head.ts";
import { answerJson } from "./_answer.ts";
import { askAgain } from "./_ask_again.ts";
import type { Client } from "./_client.ts";
import { queryText } from "./_query.ts";
import { asPage } from "./pages.ts";

/** Statuses with which the cloud says that this account may not read these readings. */
const UNREADABLE = [403, 404, 501];

const FIRST_PAUSE_MS = 50;

/** The fields of a row of `data/` that are used here. */
interface Row {
  readonly stream?: unknown;
  readonly timestamp?: unknown;
  readonly value?: unknown;
  readonly int_value?: unknown;
}

/**
 * Looks for readings by their ids for up to `timeoutMs`, because `data/` may lag behind.
 *
 * @returns "same" if all of them exist, "different" if not, "unreadable" if `data/` cannot be read or the
 * readings are not known.
 */
export async function compareReadings(
  client: Client,
  { origin }: ReportFacts,
  readings: readonly ReadingFacts[] | undefined,
  { signal, timeoutMs }: { signal: AbortSignal | undefined; timeoutMs: number },
): Promise<"same" | "different" | "unreadable"> {
  if (readings === undefined) return "unreadable";
  const device = deviceText(origin);
  let left = readings;
  const found = await askAgain(async (within): Promise<"same" | "unreadable" | undefined> => {
    const missing: ReadingFacts[] = [];
    for (const reading of left) {
      const rows = await rowsOf(client, device, reading, within);
      if (rows === undefined) return "unreadable";
      // Rows do not name their streamer, so one matching row is enough.
      if (!rows.some((row) => isSame(row, reading))) missing.push(reading);
    }
    left = missing;
    return left.length === 0 ? "same" : undefined;
  }, { signal, timeoutMs, firstPauseMs: FIRST_PAUSE_MS });
  return found ?? "different";
}

async function rowsOf(
  client: Client,
  device: string,
  { id }: ReadingFacts,
  signal: AbortSignal,
): Promise<Row[] | undefined> {
  const query = queryText({
    filter: device,
    streamer_id_0: String(id),
    streamer_id_1: String(id),
  });
  const path = `data/${query}`;
  const answer = await client.send({
    method: "GET",
    path,
    options: { signal },
    accept: UNREADABLE,
  });
  if (UNREADABLE.includes(answer.status)) return undefined;
  const page = asPage<Row | null>(answerJson("GET", answer, parseExactJson), answer.url);
  return page.results.filter((row) => row !== null);
}

/** Compares stream, value, and time to the second: the cloud may store times less exactly than the report. */
function isSame(row: Row, { stream, timestampMicros, value }: ReadingFacts): boolean {
  const difference = millisOf(row.timestamp) - Number(timestampMicros / 1000n);
  if (!(Math.abs(difference) < 1000) || variableOf(row.stream) !== stream) return false;
  const stored = row.value ?? row.int_value;
  // JSON has neither NaN nor infinity: some servers store null instead.
  if (stored === null || stored === undefined) return !Number.isFinite(value);
  const number = Number(stored);
  return number === value || Number.isNaN(number) && Number.isNaN(value);
}

/** A time as the API writes it, in UTC unless it has a zone. Date reads three digits of the fraction. */
function millisOf(text: unknown): number {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?(Z|[+-]\d\d:\d\d)?$/.exec(
    String(text),
  );
  if (parts === null) return NaN;
  const [, date, time, fraction = "0", zone = "Z"] = parts;
  return Date.parse(`${date}T${time}.${fraction.padEnd(3, "0")}${zone}`);
}

/** The variable of a stream slug, which the API writes in full: `sl--PARENT--DEVICE--hhhh-hhhh`. */
function variableOf(stream: unknown): number | undefined {
  const [, , , variable] = String(stream).split("--");
  const halves = /^([\da-f]{4})-([\da-f]{4})$/i.exec(variable ?? "");
  return halves === null ? undefined : parseInt(halves[1] + halves[2], 16);
}
