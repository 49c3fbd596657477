/**
 * The jobs of bench/history.ts with readings of many devices.
 *
 * @module
 */
// deno-lint-ignore no-explicit-any -- two versions of the package, whose types differ
type Any = any;

/** One job. */
export interface Job {
  /** Units of one run. */
  readonly units: number;
  /** Warm-up runs before the measured one: 0 for a cold figure. */
  readonly warm: number;
  /** Whether the run returns the figures of a process that it has started; these are then used. */
  readonly whole?: boolean;
  /** Prepares everything before the measurement, and returns the run. */
  prepare(): (() => unknown) | Promise<() => unknown>;
}

/** Most readings of a report of many devices. */
const MOST = 10_000;

/** A column of several parts. */
function joined(parts: Any[], length: number): Any {
  const whole = new parts[0].constructor(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The jobs with a version of the package. */
export function deviceJobs(all: Any, columns: (count: number, first: number) => Any) {
  /** Readings of a hundred devices. */
  const deviceChunks = () =>
    Array.from({ length: 40 }, (_, i) => ({
      ...columns(50_000, i * 50_000),
      readingIds: BigUint64Array.from({ length: 50_000 }, (_, row) => BigInt(i * 50_000 + row + 1)),
      devices: BigUint64Array.from({ length: 50_000 }, (_, row) => BigInt(1 + row % 100)),
    }));

  /** Readings of a hundred devices, encoded with this number of workers. */
  const devices = (workers: number): Job => ({
    units: 2_000_000,
    warm: 1,
    prepare() {
      const chunks = deviceChunks();
      return async () => {
        for await (const { bytes } of all.encodeReports(chunks, { workers, maxPoints: MOST })) {
          bytes.length;
        }
      };
    },
  });

  /** The same before there was `encodeReports`: chunks are split, and the columns of a device joined until they are a report. */
  const devicesSplit: Job = {
    units: 2_000_000,
    warm: 1,
    prepare() {
      const chunks = deviceChunks();
      const names = ["streams", "readingIds", "timestamps", "values"];
      return () => {
        const waiting = new Map<bigint, Any[]>();
        for (const chunk of chunks) {
          for (const [device, part] of all.splitByDevice(chunk)) {
            const parts = waiting.get(device) ?? [];
            parts.push(part);
            const length = parts.reduce((sum, { length }) => sum + length, 0);
            waiting.set(device, length < MOST ? parts : []);
            if (length < MOST) continue;
            const whole = Object.fromEntries(
              names.map((name) => [name, joined(parts.map((it) => it[name]), length)]),
            );
            all.ArchFXFlexibleDictionaryReport.fromColumns({
              device,
              columns: { length, ...whole },
            }).encode().length;
          }
        }
      };
    },
  };

  return { devices, devicesSplit };
}
