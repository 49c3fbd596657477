/**
 * Stored, a message of the stream, and its form in the API of JetStream.
 *
 * @module
 */

/** A message of the stream. */
export interface Stored {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
  /** One of its headers. */
  header(name: string): string;
  /** When it was stored, ISO 8601. */
  readonly time: string;
}

/** A message from the API of JetStream: its headers and its body are base64. */
export interface ApiMessage {
  readonly subject: string;
  readonly seq: number;
  readonly hdrs?: string;
  readonly data?: string;
  readonly time: string;
}

/** Decodes it; the name of the stream is left out of its subject. */
export function ofApi(message: ApiMessage, stream: string): Stored {
  const headers = new Map<string, string>();
  const text = message.hdrs ? atob(message.hdrs) : "";
  for (const [, name, value] of text.matchAll(/^([^:\r\n]+): *(.*)$/gm)) {
    headers.set(name!.toLowerCase(), value!.trim());
  }
  return {
    subject: message.subject.slice(stream.length + 1),
    seq: message.seq,
    time: message.time,
    data: Uint8Array.from(atob(message.data ?? ""), (char) => char.charCodeAt(0)),
    header: (name) => headers.get(name.toLowerCase()) ?? "",
  };
}
