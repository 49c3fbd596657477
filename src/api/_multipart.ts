/**
 * A file and form fields, as one multipart body.
 *
 * @module
 */

/** A file to send; opened anew by each attempt. */
export interface UploadSource {
  /** The file name that the server sees. */
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** The whole content as a Blob. */
  blob(): Promise<Blob> | Blob;
  /** The first bytes. */
  head(length: number): Promise<Uint8Array>;
}

/** A multipart body that can be made again for a retry. */
export class Multipart {
  /** Makes the body of a file in the part `file`, and of further fields. */
  constructor(
    readonly file: UploadSource,
    readonly fields: readonly (readonly [string, string])[],
  ) {}

  /** The body for `fetch`. Blobs stay where they are until they are sent. */
  async form(): Promise<FormData> {
    const form = new FormData();
    for (const [name, value] of this.fields) form.append(name, value);
    form.append("file", await this.file.blob(), this.file.name);
    return form;
  }
}
