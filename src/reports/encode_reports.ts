/**
 * encodeReports, which encodes readings of many devices as reports, on several cores.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import type { RunningWorker } from "../_start_worker.ts";
import { codecModule } from "../codec/instance.ts";
import type { Id, ReadingColumns } from "../readings/reading_columns.ts";
import { DeviceNumbers } from "../readings/device_groups.ts";
import { splitByDevice } from "../readings/split_by_device.ts";
import { abortable } from "./_abortable.ts";
import { checkColumns, checkNumbers } from "./_columns.ts";
import { DeviceBatches } from "./_device_batches.ts";
import {
  type DeviceColumns,
  DeviceEncoders,
  type EncodeReply,
  type EncodeRequest,
  errorOf,
} from "./_device_encoders.ts";
import type { ReportEncoderOptions } from "./_encoder.ts";

/** Columns with the device of each reading. */
export interface DeviceReadings extends ReadingColumns {
  /** The device of each reading, 64 bits. */
  readonly devices?: BigUint64Array;
}

/** Options of {@linkcode encodeReports}. */
export interface EncodeReportsOptions
  extends Omit<ReportEncoderOptions, "device" | "nextReadingId" | "onBadReading"> {
  /**
   * The id of the first reading of a device without an id: one id for all devices, or a function that returns the id
   * for a device. Required unless every reading has an id.
   */
  readonly nextReadingId?: Id | ((device: bigint) => Id | undefined);
  /**
   * The number of workers; with 0, this thread does the encoding. All readings of a device go to the same worker.
   * Workers keep this thread free: with two, it has half the work or less. On two cores the whole takes no less time,
   * and starting a worker costs 45 ms.
   *
   * @default {1}
   */
  readonly workers?: number;
  /** Stops the encoding. */
  readonly signal?: AbortSignal;
}

/** A report, ready to be stored or sent. */
export interface EncodedDeviceReport {
  /** The device. */
  readonly device: bigint;
  /** The report. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const NAMES = [
  ...["reportId", "selector", "streamer", "sentTimestamp", "maxPoints", "maxBytes"],
  ...["nextReadingId", "workers", "signal"],
];
const MOST_WORKERS = 64;
/** The number of open requests to a worker: enough that it never waits, and not more, to save memory. */
const OPEN = 3;

/** A worker or this thread. */
interface Seat {
  call(request: EncodeRequest, transfer?: Transferable[]): Promise<EncodeReply>;
  close(): Promise<void>;
}

function ownThread(): Seat {
  const encoders = new DeviceEncoders();
  return {
    call: (request) =>
      Promise.resolve(request.kind === "init" ? { reports: [] } : encoders.handle(request)),
    close: () => Promise.resolve(),
  };
}

async function startWorkers(count: number): Promise<Seat[]> {
  if (count === 0) return [ownThread()];
  const { startWorker } = await import("../_start_worker.ts");
  const { WORKER_CODE } = await import("./_worker_code.ts");
  const codec = codecModule();
  const started = await Promise.allSettled(Array.from({ length: count }, async (_, i) => {
    const name = `archfx-encode-reports-${i + 1}`;
    const worker: RunningWorker<EncodeRequest, EncodeReply> = await startWorker(WORKER_CODE, {
      name,
    });
    await worker.call({ kind: "init", codec });
    return worker;
  }));
  const seats = started.flatMap((it) => it.status === "fulfilled" ? [it.value] : []);
  const failed = started.find((it) => it.status === "rejected");
  if (failed === undefined) return seats;
  await Promise.all(seats.map((seat) => seat.close()));
  throw failed.reason;
}

/** The columns of one device with summary or raw data, in arrays that can be transferred: they are new. */
function portable(columns: ReadingColumns): { columns: DeviceColumns; buffers: ArrayBuffer[] } {
  const { length, streams, readingIds, timestamps, values } = columns as DeviceColumns;
  const { freeForm } = checkColumns(columns);
  const buffers = [streams, readingIds, timestamps, values].map(({ buffer }) => buffer);
  return {
    columns: {
      ...{ length, streams, readingIds, timestamps, values },
      ...(freeForm && { freeForm: { ...freeForm, bytes: freeForm.bytes.slice() } }),
    },
    buffers,
  };
}

function withWideIds(columns: DeviceReadings) {
  const { readingIds, length } = columns;
  if (readingIds instanceof BigUint64Array) return { ...columns, readingIds };
  return { ...columns, readingIds: BigUint64Array.from(readingIds.subarray(0, length), BigInt) };
}

/**
 * Encodes readings of many devices as reports, and returns each report when it is full. The reports of a device are in
 * the order of its readings; reports that are not full come at the end.
 *
 * @param source Chunks of readings with their devices, like those of `readCsv` if a column has the device.
 * @param options The header of the reports, their maximum size, and the number of workers.
 * @returns The reports.
 * @throws {DataError} If a reading cannot be encoded; the reports with the earlier readings of its device are returned
 * first.
 * @throws {RangeError} If an option is out of range.
 * @throws {TypeError} If a chunk has no devices, or an option is of the wrong type.
 * @throws {Error} If this runtime has no workers.
 *
 * @example
 * ```ts
 * import { ArchFXFlexibleDictionaryReport, encodeReports, readCsv } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const csv = "timestamp,device,value\n2026-03-02T08:00Z,d--1,20\n2026-03-02T08:00Z,d--2,30\n";
 * const options = { stream: "0000-5001", columns: { device: "device" } };
 * const readings = readCsv(new TextEncoder().encode(csv), options);
 *
 * const devices: bigint[] = [];
 * for await (const { device, bytes } of encodeReports(readings, { nextReadingId: 1, workers: 2 })) {
 *   devices.push(device);
 *   assertEquals(ArchFXFlexibleDictionaryReport.decode(bytes).length, 1);
 * }
 * assertEquals(devices, [1n, 2n]);
 * ```
 */
export async function* encodeReports(
  source: AsyncIterable<DeviceReadings> | Iterable<DeviceReadings>,
  options: EncodeReportsOptions = {},
): AsyncGenerator<EncodedDeviceReport, void, undefined> {
  checkNames(options, NAMES, "option of encodeReports");
  const { nextReadingId, workers = 1, signal, ...rest } = options;
  if (!Number.isInteger(workers) || workers < 0 || workers > MOST_WORKERS) {
    throw new RangeError(
      `Cannot encode reports with workers ${
        shown(workers)
      }: it must be an integer from 0 to ${MOST_WORKERS}`,
    );
  }
  const run = new Run(await startWorkers(workers), rest, nextReadingId);
  try {
    for await (const chunk of abortable(source, signal)) {
      const { devices, summaryData, rawData } = chunk;
      checkNumbers(chunk);
      if (!devices) throw new TypeError("Cannot encode reports: the chunk has no devices");
      if (summaryData === undefined && rawData === undefined) {
        for (let row = 0; row < chunk.length;) {
          row = run.batches.add(chunk, devices, row);
          if (run.batches.isFull) run.sendBatches();
          while (run.isBusy) yield* run.reports(await run.next());
        }
        continue;
      }
      run.sendBatches();
      for (const [device, columns] of splitByDevice(withWideIds(chunk))) {
        run.sendColumns(device, columns);
        while (run.isBusy) yield* run.reports(await run.next());
      }
    }
    run.sendBatches();
    run.sendEnds();
    while (run.isOpen) yield* run.reports(await run.next());
  } finally {
    await run.close();
  }
}

/** The state of one call of encodeReports. */
class Run {
  readonly batches: DeviceBatches;
  readonly #numbers = new DeviceNumbers();
  readonly #seats: readonly Seat[];
  readonly #options: Omit<ReportEncoderOptions, "device">;
  readonly #nextReadingId: EncodeReportsOptions["nextReadingId"];
  readonly #open: Promise<EncodeReply>[] = [];
  /** The number of devices that have an encoder. */
  #known = 0;

  constructor(
    seats: readonly Seat[],
    options: Omit<ReportEncoderOptions, "device">,
    nextReadingId: EncodeReportsOptions["nextReadingId"],
  ) {
    this.#seats = seats;
    this.#options = options;
    this.#nextReadingId = nextReadingId;
    this.batches = new DeviceBatches(this.#numbers, seats.length);
  }

  /** Whether there are requests without a reply. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Whether as many requests as allowed have no reply. */
  get isBusy(): boolean {
    return this.#open.length > OPEN * this.#seats.length;
  }

  /** The reply to the oldest request. */
  next(): Promise<EncodeReply> {
    return this.#open.shift()!;
  }

  *reports({ reports, fault, spare }: EncodeReply): Generator<EncodedDeviceReport> {
    if (spare) this.batches.reuse(spare);
    for (const { device, bytes } of reports) yield { device: this.#numbers.devices[device], bytes };
    if (fault !== undefined) throw errorOf(fault);
  }

  /** Sends the gathered readings. */
  sendBatches(): void {
    const batches = this.batches.take();
    this.#openDevices();
    for (const { seat, batch } of batches) {
      this.#send(seat, { kind: "batch", batch }, [batch.buffer]);
    }
  }

  /** Sends readings of one device with summary or raw data. */
  sendColumns(device: bigint, columns: ReadingColumns): void {
    const [number] = this.#numbers.ofRows(BigUint64Array.of(device), 1);
    this.#openDevices();
    const { columns: sent, buffers } = portable(columns);
    this.#send(number, { kind: "add", device: number, columns: sent }, buffers);
  }

  /** Requests the reports that are not full. */
  sendEnds(): void {
    for (let device = 0; device < this.#known; device++) {
      this.#send(device, { kind: "end", device });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.close()));
  }

  #openDevices(): void {
    const { devices } = this.#numbers;
    for (; this.#known < devices.length; this.#known++) {
      const device = devices[this.#known];
      const next = this.#nextReadingId;
      const first = typeof next === "function" ? next(device) : next;
      const options = {
        ...this.#options,
        device,
        ...(first !== undefined && { nextReadingId: first }),
      };
      this.#send(this.#known, { kind: "open", device: this.#known, options });
    }
  }

  /** Sends a request to the encoder of a device. */
  #send(device: number, request: EncodeRequest, transfer?: Transferable[]): void {
    const reply = this.#seats[device % this.#seats.length].call(request, transfer);
    // Its error is handled when it is the turn of this reply.
    reply.catch(() => {});
    this.#open.push(reply);
  }
}
