/**
 * Decoding: to columns, and to points that are all read.
 *
 * @module
 */
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { type Kind, plainOf, pointsOf } from "../data.ts";
import { measure } from "../measure.ts";
import type { Peer } from "../peers.ts";
import type { Row } from "../rows.ts";
import { patience, takingPart } from "./encode.ts";

/** Reads every field of every reading, so that lazy decoders get no advantage. */
export function readAll(report: ArchFXFlexibleDictionaryReport): number {
  let sum = 0;
  for (const point of report.visibleData) {
    sum += point.stream + Number(point.readingId) + point.value + point.timestamp.getTime();
    if (point.rawData !== null) sum++;
    for (const key in point.summaryData) sum += key.length;
  }
  return sum;
}

interface Event {
  stream: number;
  dev_seqid: number;
  value: number;
  timestamp: string;
  extra_data: Record<string, unknown>;
  data: unknown;
}

/** Reads every field of the result of another library. */
export function readAllEvents(dictionary: unknown): number {
  let sum = 0;
  for (const event of (dictionary as { events: Event[] }).events) {
    sum += event.stream + event.dev_seqid + event.value + Date.parse(event.timestamp);
    if (event.data !== null) sum++;
    for (const key in event.extra_data) sum += key.length;
  }
  return sum;
}

/** Bytes to columns and to points. */
export function decode(peers: readonly Peer[], kind: Kind, length: number): Row[] {
  const points = pointsOf(plainOf(length, kind));
  const bytes = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data: points }).encode();
  const dictionary = ArchFXFlexibleDictionaryReport.decode(bytes).asDict();
  const some = takingPart(peers, length, kind).map((peer) => ({
    ...peer,
    bytes: peer.name === "JSON" ? peer.encode(dictionary) : bytes,
  }));
  return [
    {
      work: "bytes to columns",
      kind,
      readings: length,
      times: measure([
        { name: "archfx", run: () => ArchFXFlexibleDictionaryReport.decode(bytes).columns() },
        ...some.map(({ name, decode, bytes }) => ({ name, run: () => decode(bytes) })),
        { name: "copy", run: () => bytes.slice() },
      ], patience(length, kind)),
    },
    {
      work: "bytes to points, all read",
      kind,
      readings: length,
      times: measure([
        { name: "archfx", run: () => readAll(ArchFXFlexibleDictionaryReport.decode(bytes)) },
        ...some.map(({ name, decode, bytes }) => ({
          name,
          run: () => readAllEvents(decode(bytes)),
        })),
      ], patience(length, kind)),
    },
  ];
}
