/**
 * The unit of a stream, where the cloud has one.
 *
 * @module
 */

import { isRecord } from "./_is_record.ts";

/**
 * The short name of a stream's unit.
 *
 * The sibling server has an object in `output_unit`, the unit of the values that `data` lists, with `unit_short`
 * and `unit_full` (server/apps/stream/serializers.py); streams of other servers have a text in `units`.
 *
 * @param stream A row of `stream`.
 * @returns Such as `°C`; `undefined` where the row has none.
 */
export function streamUnit(stream: Readonly<Record<string, unknown>>): string | undefined {
  const unit = stream.output_unit ?? stream.units;
  if (typeof unit === "string") return unit.trim() || undefined;
  if (!isRecord(unit)) return undefined;
  for (const name of [unit.unit_short, unit.unit_full]) {
    if (typeof name === "string" && name.trim() !== "") return name.trim();
  }
  return undefined;
}

/**
 * What a chart of a stream is called: its label and unit, and its slug.
 *
 * @param slug The stream.
 * @param stream Its row; without one the slug stands alone.
 */
export function streamTitle(
  slug: string,
  stream: Readonly<Record<string, unknown>> | undefined,
): string {
  const label = stream?.data_label;
  const unit = stream && streamUnit(stream);
  const name = typeof label === "string" && label !== "" && label !== slug ? label : undefined;
  if (name === undefined) return unit === undefined ? slug : `${slug} in ${unit}`;
  return unit === undefined ? `${name}, ${slug}` : `${name} in ${unit}, ${slug}`;
}
