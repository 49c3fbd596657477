/**
 * Pages of readings in the form of the cloud, for bench/history_part.ts.
 *
 * @module
 */

/** The stream of the readings. */
export const SLUG = "sl--0000-0001--0000-0000-0000-0001--0000-5051";
/** Readings per page. */
const PAGE = 5000;
const START = 1_772_438_400_000;

/** A page of readings with all fields of the cloud: the text before and after the address of the next page. */
export function pageText(value: (row: number) => number): [head: string, tail: string] {
  const results = Array.from({ length: PAGE }, (_, row) => ({
    id: row,
    stream: SLUG,
    device: "d--0000-0000-0000-0001",
    variable: "0000-5051",
    type: "Num",
    device_timestamp: null,
    timestamp: new Date(START + row * 171).toISOString(),
    int_value: Math.trunc(value(row)),
    value: value(row),
    streamer_local_id: row + 1,
    dirty_ts: false,
    status: "utc",
    extra_data: {},
    data: null,
  }));
  return ['{"count": 9, "next": ', `, "previous": null, "results": ${JSON.stringify(results)}}`];
}
