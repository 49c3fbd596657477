/**
 * The unit of a stream, if the cloud has one.
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
 * @returns A unit such as `°C`; `undefined` if the row has no unit.
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
 * The title of a chart of a stream: its label and unit, and its slug.
 *
 * @param slug The stream.
 * @param stream Its row; without it, the title is the slug.
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
