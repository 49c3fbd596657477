/**
 * Splits zstd data into frames, since a file may have several. Some runtimes do not report data that is cut off, or do
 * not read the data after the first frame of a piece. Then a number could be cut short, or readings be missing,
 * silently.
 *
 * ```
 * frame      magic 28 b5 2f fd | descriptor | window 0-1 | dictionary 0-4 | size 0-8 | blocks | checksum 0 or 4
 * block      3 bytes: bit 0 last, bits 1-2 type, bits 3-23 size | size bytes, 1 for type 1
 * skippable  magic 5? 2a 4d 18 | 4 bytes of size | size bytes
 * ```
 *
 * @module
 */

/** The part of a frame that is read next. */
type Part =
  | "magic"
  | "descriptor"
  | "header"
  | "block"
  | "content"
  | "checksum"
  | "size"
  | "skipped";

/** The lengths of the dictionary id and of the content size, by their flags. */
const DICTIONARY = [0, 1, 2, 4];
const SIZE = [0, 2, 4, 8];

const MAGIC = 0xfd2fb528;

/** Finds the ends of frames while their bytes arrive. */
class FrameTracker {
  #part: Part = "magic";
  /** The number of missing bytes of the part, and the value of the bytes so far. */
  #missing = 4;
  #value = 0;
  #shift = 0;
  #isLast = false;
  #hasChecksum = false;

  /** Whether no frame is open. */
  get isWhole(): boolean {
    return this.#part === "magic" && this.#missing === 4;
  }

  /** Whether the frame has data; undefined until its first bytes have arrived. */
  get holdsData(): boolean | undefined {
    return this.#part === "magic" ? undefined : this.#part !== "size" && this.#part !== "skipped";
  }

  /** Takes the next bytes, up to the end of a frame; returns their number. */
  add(bytes: Uint8Array): number {
    for (let at = 0; at < bytes.length;) {
      const taken = Math.min(this.#missing, bytes.length - at);
      if (this.#part !== "content" && this.#part !== "skipped") {
        for (let i = 0; i < taken; i++) {
          this.#value += bytes[at + i]! * 2 ** this.#shift;
          this.#shift += 8;
        }
      }
      at += taken;
      this.#missing -= taken;
      while (this.#missing === 0) this.#next();
      if (this.isWhole) return at;
    }
    return bytes.length;
  }

  #begin(part: Part, missing: number): void {
    this.#part = part;
    this.#missing = missing;
    this.#value = 0;
    this.#shift = 0;
  }

  /** Sets the next part, after a part is complete. */
  #next(): void {
    const value = this.#value;
    switch (this.#part) {
      case "magic":
        if (value >>> 4 === 0x184d2a5) return this.#begin("size", 4);
        if (value !== MAGIC) throw new Error("unknown frame");
        return this.#begin("descriptor", 1);
      case "descriptor": {
        const isSingle = (value & 0x20) !== 0;
        this.#hasChecksum = (value & 4) !== 0;
        const size = SIZE[value >> 6]! || (isSingle ? 1 : 0);
        return this.#begin("header", (isSingle ? 0 : 1) + DICTIONARY[value & 3]! + size);
      }
      case "header":
        return this.#begin("block", 3);
      case "block":
        this.#isLast = (value & 1) !== 0;
        return this.#begin("content", ((value >> 1) & 3) === 1 ? 1 : value >> 3);
      case "content":
        if (!this.#isLast) return this.#begin("block", 3);
        return this.#hasChecksum ? this.#begin("checksum", 4) : this.#begin("magic", 4);
      case "size":
        return this.#begin("skipped", value);
      default:
        return this.#begin("magic", 4);
    }
  }
}

/**
 * The frames that have data, one after another.
 *
 * @param packed The compressed bytes.
 * @returns The pieces of each frame. A frame must be read before the next one is requested.
 * @throws {Error} If the bytes end within a frame.
 */
export async function* zstdFrames(
  packed: AsyncGenerator<Uint8Array>,
): AsyncGenerator<AsyncGenerator<Uint8Array>> {
  let rest: Uint8Array = new Uint8Array();
  const more = async () => {
    const { done, value } = await packed.next();
    rest = done ? new Uint8Array() : value;
    return done !== true;
  };
  async function* pieces(tracker: FrameTracker, head: Uint8Array): AsyncGenerator<Uint8Array> {
    yield head;
    while (!tracker.isWhole) {
      if (rest.length === 0 && !await more()) throw new Error("unexpected end of file");
      const piece = rest.subarray(0, tracker.add(rest));
      rest = rest.subarray(piece.length);
      if (piece.length > 0) yield piece;
    }
  }
  try {
    while (rest.length > 0 || await more()) {
      const tracker = new FrameTracker();
      const head: number[] = [];
      while (tracker.holdsData === undefined) {
        if (rest.length === 0 && !await more()) throw new Error("unexpected end of file");
        tracker.add(rest.subarray(0, 1));
        head.push(...rest.subarray(0, 1));
        rest = rest.subarray(1);
      }
      const frame = pieces(tracker, Uint8Array.from(head));
      if (tracker.holdsData) yield frame;
      else for await (const _ of frame);
    }
  } finally {
    await packed.return(undefined);
  }
}
