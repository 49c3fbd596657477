/**
 * Finds the likely encoding of a text that is not UTF-8, from the sequences of its bytes beyond ASCII.
 *
 * @module
 */

/** An encoding and the reason for it. */
interface EncodingGuess {
  readonly encoding: string;
  readonly sure: boolean;
  readonly reason: string;
}

/** The number of bytes that are examined. */
const LOOKED_AT = 200_000;

/** The sequences of bytes beyond ASCII. */
function runsOf(bytes: Uint8Array): Uint8Array[] {
  const runs: Uint8Array[] = [];
  const end = Math.min(bytes.length, LOOKED_AT);
  for (let at = 0; at < end; at++) {
    if (bytes[at] < 0x80) continue;
    let to = at;
    while (to < end && bytes[to] >= 0x80) to++;
    runs.push(bytes.subarray(at, to));
    at = to;
  }
  return runs;
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, LOOKED_AT));
  } catch {
    return undefined;
  }
}

/** Proposes an encoding. */
export function encodingOf(bytes: Uint8Array): EncodingGuess {
  const runs = runsOf(bytes);
  // Japanese: most characters begin with a byte that is rare in Western texts.
  const japanese = decoded(bytes, "shift_jis")?.match(/[\u3040-\u30ff\u4e00-\u9fff]/g) ?? [];
  const leads = runs.filter((run) => run[0] >= 0x81 && run[0] <= 0x9f).length;
  if (japanese.length > 1 && leads > 0.7 * runs.length) {
    return { encoding: "shift_jis", sure: true, reason: "its bytes are Japanese characters" };
  }
  // Chinese: pairs of bytes beyond ASCII whose first bytes are those of common characters.
  const pairs = runs.every((run) => run.length % 2 === 0);
  const common = runs.flatMap((run) => [...run].filter((_, i) => i % 2 === 0))
    .filter((byte) => byte >= 0xb0 && byte <= 0xd7).length;
  const all = runs.reduce((sum, run) => sum + run.length / 2, 0);
  if (pairs && all > 1 && common > 0.7 * all && decoded(bytes, "gbk") !== undefined) {
    return {
      encoding: "gbk",
      sure: true,
      reason: "its bytes are pairs, like those of Chinese characters",
    };
  }
  // Cyrillic: whole words beyond ASCII.
  const long = runs.filter((run) => run.length > 2).length;
  if (long > 0.6 * runs.length) {
    return {
      encoding: "windows-1251",
      sure: false,
      reason: "whole words are beyond ASCII: Cyrillic is windows-1251, Greek windows-1253",
    };
  }
  return {
    encoding: "windows-1252",
    sure: true,
    reason: "it is not valid UTF-8, and most such files are windows-1252",
  };
}
