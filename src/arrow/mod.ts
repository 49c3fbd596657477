/**
 * Readings as Apache Arrow tables and Parquet files, for pandas, pyarrow, DuckDB and polars.
 *
 * Needs `apache-arrow`; Parquet also needs `parquet-wasm`. Both are optional peers of the npm package:
 * `npm install apache-arrow parquet-wasm`.
 *
 * @example
 * ```ts
 * import { readCsv } from "@archfx/cloud";
 * import { readParquet, writeParquet } from "@archfx/cloud/arrow";
 *
 * const csv = new TextEncoder().encode("timestamp,value\n2026-03-02 06:00:00,20.5\n");
 * const path = await Deno.makeTempFile({ suffix: ".parquet" });
 * await writeParquet(readCsv(csv, { stream: "0001-5090" }), path);
 * for await (const columns of readParquet(path)) console.log(columns.values);
 * await Deno.remove(path);
 * ```
 *
 * @module
 */
export { fromArrow, type FromArrowOptions, type ReadingNames } from "./from_arrow.ts";
export { readArrow } from "./read_arrow.ts";
export { readParquet, type ReadParquetOptions } from "./read_parquet.ts";
export { toArrow } from "./to_arrow.ts";
export { writeArrow, type WriteArrowOptions } from "./write_arrow.ts";
export {
  type ParquetCompression,
  writeParquet,
  type WriteParquetOptions,
  type WrittenTable,
} from "./write_parquet.ts";
