/**
 * Reads the cells of JSON and tables, which are numbers, texts or other values.
 *
 * @module
 */
import { isSafeInteger } from "../_integers.ts";
import { notFinite, plainNumber } from "./_number_text.ts";
import { numberTime } from "./_number_time.ts";
import {
  type CellFault,
  type CellValue,
  isFault,
  type RowMaker,
  type RowStream,
} from "./_row_maker.ts";
import type { TextTime } from "./_time_text.ts";

/** The part of a fault that shows a cell. */
type Shown = Pick<CellFault, "text" | "bare">;

/** Returns a cell as text, which only faults need. */
type Text = () => string;

/** Marks a fault as one of a cell that is not a text. */
export function bare(value: CellValue): CellValue {
  return isFault(value) ? { ...value, bare: true } : value;
}

/** Reads a value from a text. */
export function textValue(
  maker: RowMaker,
  cell: string,
  numberTexts: boolean,
  shown: () => Shown,
): CellValue {
  const { words, number } = maker.plan;
  const isSpecial = words.has(cell) || cell === "" || notFinite(cell) !== undefined;
  if (numberTexts || isSpecial) return maker.value(cell);
  return plainNumber(cell, number) === undefined
    ? { ...shown(), rule: "is not a number", hints: [{ option: "words" }] }
    : { ...shown(), rule: "is a text, not a number", hints: [{ option: "numberTexts" }] };
}

/** Reads a value from a cell that is neither a number nor a text; an option may define its meaning. */
export function otherValue(maker: RowMaker, cell: unknown, text: string): CellValue {
  const word = maker.plan.words.get(text);
  if (word !== undefined) return word;
  const hints = typeof cell === "boolean" ? [{ option: "words", value: `${text}=1` }] : [];
  return { bare: true, text, rule: "is not a number", hints };
}

/** Reads a time. */
export function cellTime(maker: RowMaker, cell: unknown, text: Text): TextTime | CellFault {
  if (typeof cell === "string") return maker.time(cell);
  if (typeof cell === "number" || typeof cell === "bigint") return numberTime(maker, cell, text());
  return { bare: true, text: text(), rule: maker.timeRule(text()) };
}

/** Reads a stream: a text, or a number of 32 bits. */
export function cellStream(maker: RowMaker, cell: unknown, text: Text): RowStream | CellFault {
  if (typeof cell === "string") return maker.stream(cell);
  const id = wholeNumber(cell, 32);
  if (id !== undefined) return maker.agreed({ stream: Number(id) }, String(id));
  return { bare: true, text: text(), rule: "is not a variable id" };
}

/** Reads a device: a text, or a number of 64 bits. */
export function cellDevice(maker: RowMaker, cell: unknown, text: Text): bigint | CellFault {
  if (typeof cell === "string") return maker.device(cell);
  return wholeNumber(cell, 64) ?? { bare: true, text: text(), rule: "is not a device slug" };
}

/** Reads a reading id: digits, or a number of 64 bits; 0 if it is missing. */
export function cellId(maker: RowMaker, cell: unknown, text: Text): bigint | CellFault {
  if (cell === undefined || cell === null) return 0n;
  if (typeof cell === "string") return maker.id(cell);
  return wholeNumber(cell, 64) ?? { bare: true, text: text(), rule: "is not a reading id" };
}

/** An integer of at least 0 and below a power of 2, from a number or bigint. */
function wholeNumber(cell: unknown, bits: number): bigint | undefined {
  if (typeof cell !== "bigint" && !isSafeInteger(cell)) return undefined;
  const integer = BigInt(cell);
  return integer === BigInt.asUintN(bits, integer) ? integer : undefined;
}
