/**
 * What an upload takes.
 *
 * @module
 */
import type { CallOptions } from "./options.ts";
import type { Params, ParamScalar } from "./_query.ts";

/** How far an upload is. A retry starts again from 0. */
export interface UploadProgress {
  /** Bytes of the file that went out. */
  readonly sent: number;
  /** Bytes of the file. */
  readonly total: number;
}

/** Options of `uploadFp` and `uploadFile`. */
export interface UploadOptions extends CallOptions {
  /** Form fields beside the file. */
  data?: Record<string, ParamScalar | undefined | null>;
  /** Query parameters. */
  params?: Params;
  /** Called as bytes go out; where a runtime does not tell (browsers), at the start and at the end. */
  onProgress?: (progress: UploadProgress) => void;
  /**
   * Which uploads to `streamer/report` this one waits for: those of the same name, one after another.
   *
   * @default {the device and the streamer in the first bytes of the report}
   */
  queue?: string;
}

/** What `uploadFp` sends: bytes (named "file"), a Blob or File, or either with a name. */
export type UploadFile =
  | Uint8Array
  | Blob
  | { readonly name: string; readonly data: Uint8Array | Blob };
