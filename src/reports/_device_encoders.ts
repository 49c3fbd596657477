/**
 * Encodes readings of many devices as reports: the work of encodeReports, on this thread or on a worker.
 *
 * @module
 */
import { unshared } from "../_unshared.ts";
import { EventColumns } from "../codec/event_columns.ts";
import type { FreeForm } from "../codec/event_encoder.ts";
import { DataError } from "../codec/data_error.ts";
import { BYTES } from "./_report_parts.ts";
import { Encoder, type ReportEncoderOptions } from "./_encoder.ts";

/** Bytes of a reading in a {@linkcode Batch}. */
export const ROW_BYTES = 28;

/** Readings of several devices, sorted by device, in one buffer: all rows of a column, then the next column. */
export interface Batch {
  readonly buffer: ArrayBuffer;
  readonly length: number;
  /** The number of each device, and the number of its readings. */
  readonly groups: Uint32Array;
}

/** The columns of a batch. */
export function batchColumns({ buffer, length }: Pick<Batch, "buffer" | "length">) {
  return {
    streams: new Uint32Array(buffer, 24 * length, length),
    ids: new BigUint64Array(buffer, 0, length),
    times: new BigInt64Array(buffer, 8 * length, length),
    values: new Float64Array(buffer, 16 * length, length),
  };
}

/** Columns of one device in arrays that can be transferred to a worker. */
export interface DeviceColumns {
  readonly length: number;
  readonly streams: Uint32Array<ArrayBuffer>;
  readonly readingIds: BigUint64Array<ArrayBuffer>;
  readonly timestamps: BigInt64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** Summary and raw data, already encoded: not every value that msgpack can hold can be sent to a worker. */
  readonly freeForm?: FreeForm;
}

/** The requests. Devices are numbers, in the order in which they were opened. */
export type EncodeRequest =
  | { readonly kind: "init"; readonly codec: WebAssembly.Module }
  | { readonly kind: "open"; readonly device: number; readonly options: ReportEncoderOptions }
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "add"; readonly device: number; readonly columns: DeviceColumns }
  | { readonly kind: "end"; readonly device: number };

/** Complete reports, and the fault if there was one. */
export interface EncodeReply {
  readonly reports: { readonly device: number; readonly bytes: Uint8Array<ArrayBuffer> }[];
  /** The fault of a reading; `reports` are the reports of the readings before it. */
  readonly fault?: { readonly name: string; readonly message: string };
  /** The buffer of a batch, to be used again. */
  readonly spare?: ArrayBuffer;
}

/** The error of a fault. */
export function errorOf({ name, message }: NonNullable<EncodeReply["fault"]>): Error {
  return name === "DataError" ? new DataError(message) : new Error(message);
}

/** An encoder for each device. */
export class DeviceEncoders {
  readonly #encoders = new Map<number, Encoder>();

  /** Handles a request. */
  handle(request: Exclude<EncodeRequest, { kind: "init" }>): EncodeReply {
    if (request.kind === "open") {
      this.#encoders.set(request.device, new Encoder(request.options));
      return { reports: [] };
    }
    if (request.kind === "batch") return this.#encodeBatch(request.batch);
    const { device } = request;
    const encoder = this.#encoders.get(device)!;
    const reports: EncodeReply["reports"] = [];
    const fault = attempt(encoder, () => {
      if (request.kind === "add") addColumns(encoder, request.columns);
      else encoder.end();
    });
    take(encoder, device, reports);
    return { reports, ...(fault && { fault }) };
  }

  #encodeBatch(batch: Batch): EncodeReply {
    const { buffer, length, groups } = batch;
    const { streams, ids, times, values } = batchColumns(batch);
    const columns = new EventColumns(length, streams, ids, times, values);
    const reports: EncodeReply["reports"] = [];
    let from = 0;
    for (let i = 0; i < groups.length; i += 2) {
      const device = groups[i];
      const encoder = this.#encoders.get(device)!;
      const rows = columns.slice(from, from += groups[i + 1]);
      const fault = attempt(encoder, () => encoder.addNumbers(rows));
      take(encoder, device, reports);
      if (fault) return { reports, fault, spare: buffer };
    }
    return { reports, spare: buffer };
  }
}

/** Runs a task that may find an invalid reading; if it does, the report ends before that reading. */
function attempt(encoder: Encoder, task: () => void): EncodeReply["fault"] {
  try {
    task();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    encoder.end();
    return { name: error.name, message: error.message };
  }
}

/** Takes the full reports. */
function take(encoder: Encoder, device: number, reports: EncodeReply["reports"]): void {
  for (const report of encoder.reports.splice(0)) {
    reports.push({ device, bytes: unshared(report[BYTES]()) });
  }
}

function addColumns(encoder: Encoder, columns: DeviceColumns): void {
  const { length, streams, readingIds, timestamps, values, freeForm } = columns;
  const events = new EventColumns(length, streams, readingIds, timestamps, values, freeForm);
  if (freeForm === undefined) encoder.addNumbers(events);
  else encoder.addEncoded(events);
}
