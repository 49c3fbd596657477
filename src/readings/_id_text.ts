/**
 * Reads streams and devices from text. A text that could be decimal is read as hexadecimal only if an option says so.
 *
 * @module
 */
import { joinHalves } from "../_integers.ts";
import { readDevice, readStream, readVariable, SlugFault } from "../codec/slugs.ts";
import type { ReadHint } from "./problem.ts";

/** How texts of streams and devices are read. */
export type IdTexts = "slug" | "hex" | "decimal";

/** A stream, and the device if the text is a complete stream slug. */
interface StreamText {
  readonly stream: number;
  readonly device?: bigint;
  /** Whether it consists of decimal digits alone and was read as hexadecimal. */
  readonly bare?: boolean;
}

/** A device. */
interface DeviceText {
  readonly device: bigint;
  readonly bare?: boolean;
}

/** The rule that a text breaks, and the options that may help. */
interface IdFault {
  readonly rule: string;
  readonly hints: ReadHint[];
}

const HEX = /^[0-9a-fA-F]+$/;
const DECIMAL = /^[0-9]+$/;
const LARGEST_DEVICE = 2n ** 64n - 1n;

/** Reads a variable id or a complete stream slug. */
export function streamText(text: string, ids: IdTexts): StreamText | IdFault {
  if (/^s[lasd]--/.test(text)) {
    const slug = readStream(text);
    if (slug instanceof SlugFault) return { rule: "is not a stream slug", hints: [] };
    return { stream: slug.variable, device: joinHalves(slug.deviceHigh, slug.deviceLow) };
  }
  const isHex = HEX.test(text);
  if (ids === "decimal" && DECIMAL.test(text)) {
    const stream = Number(text);
    if (stream <= 0xffffffff) return { stream };
    return { rule: "is too large: a variable id is below 2^32", hints: [] };
  }
  if (!isHex || ids === "hex" || text.length === 4 || text.length === 8) {
    if (ids === "decimal" && isHex) return { rule: "is not a decimal variable id", hints: [] };
    const stream = readVariable(text);
    if (!(stream instanceof SlugFault)) {
      return isHex && ids === "slug" ? { stream, bare: DECIMAL.test(text) } : { stream };
    }
  }
  if (isHex && text.length < 8 && ids === "slug") {
    return {
      rule: "may be hexadecimal or decimal: a variable id has 4 or 8 digits or a dash",
      hints: [{ option: "ids", value: "hex" }, { option: "ids", value: "decimal" }],
    };
  }
  const name = /[^0-9a-fA-F-]/.test(text);
  return { rule: "is not a variable id", hints: name ? [{ option: "tags" }] : [] };
}

/** Reads a device slug or its id. */
export function deviceText(text: string, ids: IdTexts): DeviceText | IdFault {
  const slug = /^[dm]--/.test(text) || (text.includes("-") && !text.includes("--"));
  if (!slug && ids === "decimal") {
    if (DECIMAL.test(text) && BigInt(text) <= LARGEST_DEVICE) return { device: BigInt(text) };
    return { rule: "is not a decimal device id below 2^64", hints: [] };
  }
  const isHex = HEX.test(text);
  if (slug || (isHex && (ids === "hex" || text.length === 4 || text.length === 16))) {
    const read = readDevice(text);
    if (!(read instanceof SlugFault)) {
      const device = joinHalves(read.high, read.low);
      return isHex && ids === "slug" ? { device, bare: DECIMAL.test(text) } : { device };
    }
  } else if (isHex && ids === "slug") {
    return {
      rule:
        'may be hexadecimal or decimal: a device slug begins with "d--" or has groups of four digits',
      hints: [{ option: "ids", value: "hex" }, { option: "ids", value: "decimal" }],
    };
  }
  return { rule: "is not a device slug", hints: [] };
}
