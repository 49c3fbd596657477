// Linear memory, fixed for the life of the instance: nothing is ever grown, so views made once stay good.
//
//   0          64 KiB                                                      MEMORY_BASE      end
//   | slugs    | reports: input, columns and output of one chunk           | tables         |
//
// The two regions are apart because making a slug may happen while a report is being gathered.

/** Text in and out, one slug or a chunk of many. */
export const SLUG_REGION: usize = 0;
export const SLUG_REGION_SIZE: usize = 65536;
/** Everything that report encoding and decoding needs. */
export const REPORT_REGION: usize = 65536;
