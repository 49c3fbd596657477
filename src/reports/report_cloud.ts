/**
 * What a report needs of the API in order to upload itself.
 *
 * @module
 */

/** Options of an upload that a report passes on. */
export interface ReportUploadOptions {
  /** Query parameters. */
  params?: Record<string, string>;
  /** Stops the upload. */
  signal?: AbortSignal;
  /** Called with the bytes sent so far and in total. */
  onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
  /** How often a failed attempt is repeated. */
  retries?: number;
  /** Which uploads go one after another: those of the same name. */
  queue?: string;
}

/** The part of `Api` that a report uploads itself through: `api("streamer/report").uploadFp(...)`. */
export interface ReportCloud {
  /** The resource at a path. */
  (path: string): {
    uploadFp(
      file: { name: string; data: Uint8Array },
      options?: ReportUploadOptions,
    ): Promise<unknown>;
  };
}
