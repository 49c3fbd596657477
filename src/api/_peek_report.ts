/**
 * Device and streamer of a report that archfx wrote, from its first bytes.
 *
 * @module
 */

/** Reads `device` and `streamer_index`, which stand before the events. */
export function peekReportHeader(
  bytes: Uint8Array,
): { device: bigint; streamer: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 1;
  const text = () => {
    const length = view.getUint8(at) & 0x1f;
    at += 1 + length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const integer = () => {
    const head = view.getUint8(at++);
    if (head < 0x80) return BigInt(head);
    const size = { 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8 }[head];
    if (!size) throw new RangeError("no integer");
    let value = 0n;
    for (const end = at + size; at < end; at++) value = value << 8n | BigInt(view.getUint8(at));
    return value;
  };
  try {
    let device: bigint | undefined;
    for (let left = bytes[0] & 0x0f; left > 0; left--) {
      const key = text();
      if (key === "format") text();
      else if (key === "device") device = integer();
      else if (key === "streamer_index") {
        return device === undefined ? undefined : { device, streamer: Number(integer()) };
      } else return undefined;
    }
  } catch {
    // No report, or not one laid out like ours: it has no queue.
  }
  return undefined;
}
