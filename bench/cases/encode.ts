/**
 * Encoding from points and from columns, compared with peers and with a copy of the same bytes.
 *
 * @module
 */
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import {
  columnsOf,
  dictionaryOf,
  dictionaryOfColumns,
  type Kind,
  plainOf,
  pointsOf,
} from "../data.ts";
import { type Contender, measure } from "../measure.ts";
import type { Peer } from "../peers.ts";
import type { Row } from "../rows.ts";

const DEVICE = 0x1234;

/** Whether a contender needs seconds for it. */
function isLarge(length: number, kind: Kind): boolean {
  return length >= (kind === "waveform" ? 10_000 : 1_000_000);
}

/** The contenders: for large work only two, whose relation to the others is known from smaller work. */
export function takingPart(peers: readonly Peer[], length: number, kind: Kind): readonly Peer[] {
  return isLarge(length, kind) ? peers.slice(0, 2) : peers;
}

/** How many rounds to run for a number of readings. */
export function patience(length: number, kind: Kind = "none"): { rounds: number; turnMs: number } {
  if (isLarge(length, kind)) return { rounds: 3, turnMs: 1 };
  return length >= 100_000 ? { rounds: 7, turnMs: 30 } : { rounds: 9, turnMs: 30 };
}

/** Points to bytes. */
export function encodePoints(peers: readonly Peer[], kind: Kind, length: number): Row {
  const plain = plainOf(length, kind);
  const points = pointsOf(plain);
  const ours = () => ArchFXFlexibleDictionaryReport.fromReadings({ device: DEVICE, data: points });
  const bytes = ours().encode();
  const contenders: Contender[] = [
    { name: "archfx", run: () => ours().encode() },
    ...takingPart(peers, length, kind).map(({ name, encode }) => ({
      name,
      run: () => encode(dictionaryOf(plain)),
    })),
    { name: "copy", run: () => bytes.slice() },
  ];
  if (kind === "none" && length < 1_000_000) {
    const run = () =>
      ArchFXFlexibleDictionaryReport.fromReadings({ device: DEVICE, data: plain }).encode();
    contenders.push({ name: "archfx, plain objects", run });
  }
  const times = measure(contenders, patience(length, kind));
  return { work: "points to bytes", kind, readings: length, times };
}

/** Columns to bytes. */
export function encodeColumns(peers: readonly Peer[], length: number): Row[] {
  const columns = columnsOf(length);
  const ours = () => ArchFXFlexibleDictionaryReport.fromColumns({ device: DEVICE, columns });
  const bytes = ours().encode();
  const target = new Uint8Array(bytes.length);
  const work = "columns to bytes";
  return [
    {
      work: `${work}, encode()`,
      kind: "none",
      readings: length,
      times: measure([
        { name: "archfx", run: () => ours().encode() },
        { name: "copy", run: () => bytes.slice() },
        ...takingPart(peers, length, "none").map(({ name, encode }) => ({
          name,
          run: () => encode(dictionaryOfColumns(columns)),
        })),
      ], patience(length)),
    },
    {
      work: `${work}, encodeInto()`,
      kind: "none",
      readings: length,
      times: measure([
        { name: "archfx", run: () => ours().encodeInto(target) },
        { name: "copy", run: () => target.set(bytes) },
      ], patience(length)),
    },
  ];
}

/**
 * Encodes chunks of columns into one buffer many times, to see whether the cost per reading depends on the total
 * number.
 */
export function encodeChunks(lengths: readonly number[]): Row[] {
  const chunk = 10_000;
  const most = Math.max(...lengths);
  const all = columnsOf(most);
  const target = new Uint8Array(chunk * 112 + 256);
  return lengths.map((length) => {
    const run = () => {
      for (let from = 0; from < length; from += chunk) {
        const to = Math.min(from + chunk, length);
        ArchFXFlexibleDictionaryReport.fromColumns({
          device: DEVICE,
          columns: {
            length: to - from,
            streams: all.streams.subarray(from, to),
            readingIds: all.readingIds.subarray(from, to),
            timestamps: all.timestamps.subarray(from, to),
            values: all.values.subarray(from, to),
          },
        }).encodeInto(target);
      }
    };
    const whole = { ...all, length };
    const one = () =>
      ArchFXFlexibleDictionaryReport.fromColumns({ device: DEVICE, columns: whole }).encode();
    const times = measure([
      { name: "archfx", run },
      { name: "archfx, encode() into one array", run: one },
    ], patience(length));
    return { work: "columns to bytes, chunk by chunk", kind: "none", readings: length, times };
  });
}
