// What the module exports: one line per concern.
export { SLUG_REGION, SLUG_REGION_SIZE, REPORT_REGION } from "./layout";
export { slugBrokenAt, slugLinesRead, slugRead, slugReadLines } from "./slug";
export { slugFormatLines } from "./slug_format";
export { csvBadRows, csvBytesRead, csvLinesRead, csvScan, csvSlowValues } from "./csv";
