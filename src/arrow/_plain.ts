/**
 * A struct, map or list of Arrow as plain data.
 *
 * @module
 */
import { isTypedArray } from "../_typed_array.ts";

/** A cell as plain data. */
export function plain(cell: unknown): unknown {
  if (typeof cell !== "object" || cell === null || cell instanceof Uint8Array) return cell;
  if (isTypedArray(cell)) return Array.from<unknown>(cell);
  const value = "toJSON" in cell && typeof cell.toJSON === "function" ? cell.toJSON() : cell;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
