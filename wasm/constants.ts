// The numbers that callers share with the module: addresses in linear memory, and the meanings of its codes.
//
// `scripts/build_wasm.ts` reads them from here and writes `src/codec/wasm_constants.ts`; they are not repeated anywhere
// else. A name with an underscore becomes a field of an object: `Rule_empty` is `Rule.empty`.
export {
  CHUNK, DATA_LENGTHS, EXTRA_LENGTHS, FREE, FREE_SIZE, IDS, LONGEST_EVENT, MAX_DEPTH, OUT, OUT_SIZE, RESULTS,
  SPAN_BYTES, SPANS, STREAMS,
  TEXT, TEXT_SIZE, TIMES, VALUES, WINDOW, WINDOW_SIZE,
} from "./layout";

export {
  TEXT as Slugs_text, TEXT_SIZE as Slugs_textSize, ROWS as Slugs_rows, KINDS as Slugs_kinds, PARENTS as Slugs_parents,
  DEVICES as Slugs_devices, VARIABLES as Slugs_variables, STARTS as Slugs_starts, INDEXES as Slugs_indexes,
  LONGEST as Slugs_longest, LAST_START as Slugs_lastStart, FORMAT_BYTES as Slugs_formatBytes,
  LINE as Kind_line, SITE as Kind_site, AREA as Kind_area, DEVICE as Kind_device, VARIABLE as Kind_variable,
  LINE_STREAM as Kind_lineStream, SITE_STREAM as Kind_siteStream, AREA_STREAM as Kind_areaStream,
  DEVICE_STREAM as Kind_deviceStream, STREAMER as Kind_streamer, CANONICAL as Kind_canonical,
  ANY as Expect_any, EXPECT_PARENT as Expect_parent, EXPECT_DEVICE as Expect_device,
  EXPECT_VARIABLE as Expect_variable, EXPECT_STREAM as Expect_stream, EXPECT_HALF as Expect_half,
  EXPECT_START as Expect_start, EXPECT_INDEX as Expect_index, EXPECT_GROUPS as Expect_groups,
  EMPTY as Rule_empty, TOO_LONG as Rule_tooLong, NOT_HEX as Rule_notHex, EMPTY_GROUP as Rule_emptyGroup,
  LONG_FIRST_GROUP as Rule_longFirstGroup, UNEVEN_GROUP as Rule_unevenGroup, TOO_LARGE as Rule_tooLarge,
  WRONG_PREFIX as Rule_wrongPrefix, TOO_FEW_TERMS as Rule_tooFewTerms, TOO_MANY_TERMS as Rule_tooManyTerms,
  NOT_DECIMAL as Rule_notDecimal, TOO_MANY_DIGITS as Rule_tooManyDigits,
} from "./slug_rows";

export {
  WINDOW as Csv_window, WINDOW_SIZE as Csv_windowSize, SLACK as Csv_slack, ROLES as Csv_roles, COLUMNS as Csv_columns,
  ROWS as Csv_rows, TIMES as Csv_times, VALUES as Csv_values, STREAMS as Csv_streams, IDS as Csv_ids,
  DEVICES as Csv_devices, SLOW as Csv_slow, SLOW_BYTES as Csv_slowBytes, KEY_BYTES as Csv_keyBytes, PLAN as Csv_plan,
  PLAN_BYTES as Csv_planBytes, MAP_PLACES as Csv_mapPlaces, MAP_STREAMS as Csv_mapStreams, GOOD as Csv_good,
  MOST_GOOD as Csv_mostGood, TAGS as Csv_tags, TAG_SLOTS as Csv_tagSlots, TAG_BYTES as Csv_tagBytes,
  TAG_TEXTS as Csv_tagTexts, TAG_TEXTS_SIZE as Csv_tagTextsSize, JOINED as Csv_joined,
  NOTHING as Role_nothing, TIME as Role_time, VALUE as Role_value, STREAM as Role_stream, ID as Role_id,
  DEVICE as Role_device, QUALITY as Role_quality, MAPPED as Role_mapped, KEPT_QUALITY as Role_keptQuality,
} from "./csv_layout";
export { HOST as Role_host, RAW as Role_raw, SUMMARY as Role_summary } from "./ndjson";
export { LONGEST_LEAD as CsvText_longestLead, NEEDS_TIME as CsvText_needsTime, NEEDS_VALUE as CsvText_needsValue } from "./csv_text";
export { DELIMITER as Csv_delimiter, PROGRAM as Csv_program } from "./csv_plan";
export {
  HUNDREDTH as Digits_hundredth, HUNDREDTH_SHIFT as Digits_hundredthShift, SPLIT_HUNDRED as Digits_splitHundred,
  SPLIT_TEN as Digits_splitTen, TENTH as Digits_tenth, TENTH_SHIFT as Digits_tenthShift,
  TEN_THOUSANDTH as Digits_tenThousandth, TEN_THOUSANDTH_SHIFT as Digits_tenThousandthShift,
} from "./digits";
export { INVERSE as Million_inverse, LIMIT as Million_limit, TWOS as Million_twos } from "./report_columns";
export { LEAST as Powers_least, LOG2_TEN as Powers_log2Ten, LOG2_SHIFT as Powers_log2Shift, MOST as Powers_most } from "./float";
export { END as Time_end, EPOCH as Time_epoch, NO_TIME as Time_none } from "./timestamp";

export {
  NEED as Fault_need, TRUNCATED as Fault_truncated, BAD_BYTE as Fault_badByte, BAD_UTF8 as Fault_badUtf8,
  BAD_KEY as Fault_badKey, TOO_DEEP as Fault_tooDeep, BAD_EXT as Fault_badExtension, VALUE_KEY as Fault_valueKey,
} from "./msgpack";
export {
  NOT_A_MAP as Fault_notAMap, BAD_STREAM as Fault_badStream, BAD_ID as Fault_badId, BAD_TIME as Fault_badTime,
  BAD_VALUE as Fault_badValue, BAD_SUMMARY as Fault_badSummary, NO_STREAM as Fault_noStream,
  NO_TIMESTAMP as Fault_noTimestamp, NO_VALUE as Fault_noValue,
} from "./report_decode";
