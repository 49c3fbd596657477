// The exports of the module: one line per concern. The numbers that callers need are in constants.ts.
export { slugBrokenAt, slugLinesRead, slugRead, slugReadLines } from "./slug";
export { slugFormatLines } from "./slug_format";
export { csvBytesRead, csvLinesRead, csvPlan, csvScan, csvSlowValues } from "./csv";
export { formatCsv } from "./csv_text";
export { scanCount, scanFirst } from "./scan_counts";
export { ndjsonArray, ndjsonJoined, ndjsonKey, ndjsonLineEnd, ndjsonLineStart, ndjsonScan, ndjsonSpans } from "./ndjson";
export { formatTime, parseTimeText } from "./timestamp";
export { checkedIds, measure, takeIntegers, widenIds } from "./report_columns";
export { encodeEvents, encodeFloats, encodeFreeEvents, encodeNumbers } from "./report_encode";
export { beginEvents, decodeEvents, eventOffset, rowsRead, spansRead, stoppedAt } from "./report_decode";
