/**
 * Readings of many devices into reports: the work of encodeReports, on this thread or on a worker.
 *
 * @module
 */
import { EventColumns } from "../codec/event_columns.ts";
import type { FreeForm } from "../codec/event_encoder.ts";
import { DataError } from "../codec/data_error.ts";
import type { Id } from "../readings/reading_columns.ts";
import { BYTES } from "./_report_parts.ts";
import { Encoder, type ReportEncoderOptions } from "./_encoder.ts";

/** Columns of one device as they travel: arrays that a worker can take over. */
export interface DeviceColumns {
  readonly length: number;
  readonly streams: Uint32Array<ArrayBuffer>;
  readonly readingIds: BigUint64Array<ArrayBuffer>;
  readonly timestamps: BigInt64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** Summary and raw data, already encoded: not everything that has a form in msgpack can travel. */
  readonly freeForm?: FreeForm;
}

/** What is to be done. */
export type EncodeRequest =
  | { readonly kind: "init"; readonly codec: WebAssembly.Module }
  | { readonly kind: "open"; readonly device: bigint; readonly options: ReportEncoderOptions }
  | { readonly kind: "add"; readonly device: bigint; readonly columns: DeviceColumns }
  | { readonly kind: "end"; readonly device: bigint };

/** Reports that are complete, and what ended them. */
export interface EncodeReply {
  readonly device?: bigint;
  readonly reports: Uint8Array<ArrayBuffer>[];
  readonly nextReadingId?: Id;
  /** What is wrong with a reading; `reports` are those of the readings before it. */
  readonly fault?: { readonly name: string; readonly message: string };
}

/** The error of a fault. */
export function errorOf({ name, message }: NonNullable<EncodeReply["fault"]>): Error {
  return name === "DataError" ? new DataError(message) : new Error(message);
}

/** An encoder for each device. */
export class DeviceEncoders {
  readonly #encoders = new Map<bigint, Encoder>();

  /** Does what is asked. */
  handle(request: Exclude<EncodeRequest, { kind: "init" }>): EncodeReply {
    const { kind, device } = request;
    if (kind === "open") {
      this.#encoders.set(device, new Encoder(request.options));
      return { device, reports: [] };
    }
    const encoder = this.#encoders.get(device)!;
    let fault: EncodeReply["fault"];
    try {
      if (kind === "add") addColumns(encoder, request.columns);
      else encoder.end();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      fault = { name: error.name, message: error.message };
      encoder.end();
    }
    const reports = encoder.reports.splice(0)
      .map((report) => report[BYTES]() as Uint8Array<ArrayBuffer>);
    return { device, reports, ...(fault && { fault }) };
  }
}

function addColumns(encoder: Encoder, columns: DeviceColumns): void {
  const { length, streams, readingIds, timestamps, values, freeForm } = columns;
  if (freeForm === undefined) encoder.add({ length, streams, readingIds, timestamps, values });
  else {
    encoder.addEncoded(
      new EventColumns(length, streams, readingIds, timestamps, values, freeForm),
    );
  }
}
