/**
 * Reads readings from a table of typed columns, such as Parquet and Arrow, with the options of the readers of text.
 *
 * @module
 */
import { ReadingStage } from "../codec/reading_stage.ts";
import { BadRows } from "./_bad_rows.ts";
import { checkTable } from "./_check_table.ts";
import { type CsvLayout, csvLayout, foundColumns } from "./_csv_layout.ts";
import { RowMaker } from "./_row_maker.ts";
import { RowReader } from "./_row_reader.ts";
import { type PlacedFault, TableRows } from "./_table_row.ts";
import type { FoundColumns, ReadingChunk } from "./read_options.ts";
import type { TableOptions } from "./_check_table.ts";
import type { TableSource } from "./table_source.ts";

/** Reads a table once. */
export class TableReader extends RowReader {
  readonly #options: TableOptions;
  readonly #open: () => Promise<TableSource>;
  #layout: CsvLayout | undefined;
  override readonly bytes = 0;

  /**
   * @param open Opens the table.
   * @param options The meaning of the columns, and how to read their cells.
   */
  constructor(open: () => Promise<TableSource>, options: TableOptions) {
    const plan = checkTable(options);
    const maker = new RowMaker(plan, new ReadingStage(plan.chunkReadings));
    super({ maker, bad: new BadRows(plan) });
    this.#open = open;
    this.#options = options;
  }

  override get found(): FoundColumns | undefined {
    return this.#layout && foundColumns(this.#layout);
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    const { plan, stage } = this.maker;
    const source = await this.#open();
    const { columns = {}, numberTexts = false } = this.#options;
    const layout = csvLayout(columns, plan, {
      names: source.names,
      hints: () => [],
    });
    this.#layout = layout;
    const rows = new TableRows(this.maker, layout, source.names, numberTexts);
    let first = 1;
    for await (const batch of source.batches(rows.places)) {
      rows.begin(batch);
      for (let row = 0; row < batch.length && !this.bad.stopped; row++) {
        const faults = rows.read(row);
        if (faults.length > 0) this.#addBad(first + row, rows.rowText(row), faults);
      }
      first += batch.length;
      stage.flush();
      this.bad.report(this.readings);
      yield* stage.take();
    }
    this.bad.finish(this.readings);
    yield* stage.take(true);
  }

  #addBad(line: number, row: string, faults: readonly PlacedFault[]): void {
    const nameOf = ({ place }: PlacedFault) => place < 0 ? undefined : this.#layout!.nameOf(place);
    this.bad.addRow({ line, isRow: true, row }, faults, nameOf);
  }
}

export { checkTable, type TableOptions } from "./_check_table.ts";
