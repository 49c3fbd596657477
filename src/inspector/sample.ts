/**
 * Makes a report of an invented shift of a line, to try the inspector without a report.
 *
 * @module
 */
import { ArchFXFlexibleDictionaryReport, type ReadingColumns } from "@archfx/cloud/reports";
import { unshared } from "../_unshared.ts";

/** Start of the shift, µs since the Unix epoch: 2026-03-02 06:00 UTC. */
const START = 1_772_431_200_000_000n;

/** Length of the shift in µs: eight hours. */
const SHIFT = 8 * 3600 * 1e6;

/** Seed of the noise, so that all samples of one size are equal. */
const SEED = 0x5eed;

/** The signals of the line: their share of the readings, and the value at a time in the shift (0 to 1). */
const SIGNALS: readonly [
  variable: number,
  share: number,
  value: (part: number, noise: number) => number,
][] = [
  // Counter of finished products.
  [0x5051, 0.04, () => 1],
  // Cycle time, s.
  [0x5090, 0.08, (_, noise) => round(12.5 + noise * 1.4, 2)],
  // Oven, degrees Celsius: warms up, then swings about its set point.
  [
    0x1_5001,
    0.36,
    (part, noise) =>
      round(245 - 180 * Math.exp(-part * 40) + 2 * Math.sin(part * 90) + noise * 0.8, 3),
  ],
  // Air pressure, bar.
  [0x1_5002, 0.32, (part, noise) => round(6.2 + 0.15 * Math.sin(part * 400) + noise * 0.04, 4)],
  // Vibration, mm/s, with a bearing that gets worse.
  [0x1_5003, 0.2, (part, noise) => round((1.1 + 3 * part ** 6) * (1 + 0.3 * noise), 4)],
];

/**
 * Make readings.
 *
 * @param length how many
 */
export function sampleColumns(length: number): ReadingColumns {
  const columns = {
    length,
    streams: new Uint32Array(length),
    readingIds: new BigUint64Array(length),
    timestamps: new BigInt64Array(length),
    values: new Float64Array(length),
  };
  const random = xorshift(SEED);
  for (let at = 0; at < length; at++) {
    const part = at / length;
    let choice = random();
    const signal = SIGNALS.find(([, share]) => (choice -= share) < 0) ?? SIGNALS[0];
    columns.streams[at] = signal[0];
    columns.readingIds[at] = BigInt(at + 1);
    columns.timestamps[at] = START + BigInt(Math.floor(part * SHIFT));
    // The sum of three uniform numbers is close enough to normal noise.
    columns.values[at] = signal[2](part, (random() + random() + random() - 1.5) * 1.15);
  }
  return columns;
}

/** Encode a sample report. */
export function sampleReport(length: number): Uint8Array<ArrayBuffer> {
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device: 0x1234,
    columns: sampleColumns(length),
    reportId: 1,
    sentTimestamp: START + BigInt(SHIFT),
  });
  return unshared(report.encode());
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Numbers from 0 to 1 from a seed that is not 0 (Marsaglia's xorshift of 32 bits). */
function xorshift(state: number): () => number {
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
