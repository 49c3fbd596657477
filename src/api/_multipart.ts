/**
 * Multipart, a file and form fields as one body that can be created again for a retry.
 *
 * @module
 */

import { RestBaseException } from "./errors/rest_base_exception.ts";

/** A file to send. Each attempt reads it again. */
export interface UploadSource {
  /** The file name that the server sees. */
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** The whole content, if it is in memory. */
  readonly bytes?: Uint8Array;
  /** The whole content as a Blob. */
  blob(): Promise<Blob> | Blob;
  /** The first bytes, no more than `length`. */
  head(length: number): Promise<Uint8Array>;
  /** The content piece by piece. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A piece of the body, and how many of its bytes belong to the file. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly ofFile: number;
}

/** The body of a form: a file in the part `file`, and other fields. */
export class Multipart {
  readonly file: UploadSource;
  readonly fields: readonly (readonly [string, string])[];
  readonly #boundary = `archfx-${crypto.randomUUID()}`;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;

  /** Prepares the body. The file is not read yet. */
  constructor(file: UploadSource, fields: readonly (readonly [string, string])[]) {
    this.file = file;
    this.fields = fields;
    const open = `--${this.#boundary}\r\nContent-Disposition: form-data; name=`;
    const parts = fields.map(([name, value]) => `${open}"${quoted(name)}"\r\n\r\n${value}\r\n`);
    const head = `${open}"file"; filename="${
      quoted(file.name)
    }"\r\nContent-Type: ${file.type}\r\n\r\n`;
    this.#before = new TextEncoder().encode(parts.join("") + head);
    this.#after = new TextEncoder().encode(`\r\n--${this.#boundary}--\r\n`);
  }

  /** The header Content-Type. */
  get contentType(): string {
    return `multipart/form-data; boundary=${this.#boundary}`;
  }

  /** The header Content-Length. */
  get length(): number {
    return this.#before.length + this.file.size + this.#after.length;
  }

  /** The body for `fetch`, which formats it itself. Blobs are read only when they are sent. */
  async form(): Promise<FormData> {
    const form = new FormData();
    for (const [name, value] of this.fields) form.append(name, value);
    form.append("file", await this.file.blob(), this.file.name);
    return form;
  }

  /** The body as a whole: for small files. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const all = new Uint8Array(this.length);
    const { bytes } = this.file;
    if (bytes) {
      all.set(this.#before);
      all.set(bytes, this.#before.length);
      all.set(this.#after, this.#before.length + bytes.length);
      return all;
    }
    let at = 0;
    for await (const { bytes } of this.chunks()) {
      all.set(bytes, at);
      at += bytes.length;
    }
    return all;
  }

  /** The body piece by piece. */
  async *chunks(): AsyncGenerator<Piece> {
    yield { bytes: this.#before, ofFile: 0 };
    let left = this.file.size;
    for await (const bytes of this.#fileChunks()) {
      if (bytes.length > left) throw this.#changed();
      left -= bytes.length;
      yield { bytes, ofFile: bytes.length };
    }
    if (left > 0) throw this.#changed();
    yield { bytes: this.#after, ofFile: 0 };
  }

  /** A file that cannot be read is not a lost connection, so it is not retried. */
  async *#fileChunks(): AsyncGenerator<Uint8Array> {
    const chunks = this.file.chunks()[Symbol.asyncIterator]();
    const next = () =>
      chunks.next().catch((cause: unknown) => {
        throw new RestBaseException(`Cannot read "${this.file.name}" to upload it: ${cause}`, {
          cause,
        });
      });
    try {
      for (let step = await next(); !step.done; step = await next()) yield step.value;
    } finally {
      await chunks.return?.();
    }
  }

  /** The Content-Length has been sent, so exactly this number of bytes must follow. */
  #changed(): RestBaseException {
    const { name, size } = this.file;
    return new RestBaseException(
      `Cannot upload "${name}": its size was ${size} bytes and changed during the upload`,
    );
  }
}

/** A name inside quotes, escaped as browsers do. */
function quoted(name: string): string {
  return name.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
