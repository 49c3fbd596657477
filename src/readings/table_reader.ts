/**
 * Readings of a table of typed columns, such as Parquet and Arrow have, with the options of the readers of text.
 *
 * @module
 */
import { ReadingStage } from "../codec/reading_stage.ts";
import { BadRows } from "./_bad_rows.ts";
import { checkTable } from "./_check_table.ts";
import { type CsvLayout, csvLayout, foundColumns } from "./_csv_layout.ts";
import { RowMaker } from "./_row_maker.ts";
import { type PlacedFault, TableRows } from "./_table_row.ts";
import { readWarnings } from "./_warnings.ts";
import { cut, quoted } from "./problem.ts";
import type {
  FoundColumns,
  LeftOut,
  ReadingChunk,
  ReadingsReader,
  ReadWarning,
} from "./read_options.ts";
import type { TableOptions } from "./_check_table.ts";
import type { TableSource } from "./table_source.ts";

/** Reads a table once. */
export class TableReader implements ReadingsReader {
  readonly #options: TableOptions;
  readonly #open: () => Promise<TableSource>;
  readonly #stage: ReadingStage;
  readonly #bad: BadRows;
  readonly #maker: RowMaker;
  #layout: CsvLayout | undefined;
  readonly bytes = 0;

  /**
   * @param open Opens the table.
   * @param options Which column is what, and how its cells are understood.
   */
  constructor(open: () => Promise<TableSource>, options: TableOptions) {
    const plan = checkTable(options);
    this.#open = open;
    this.#options = options;
    this.#stage = new ReadingStage(plan.chunkReadings);
    this.#bad = new BadRows(plan);
    this.#maker = new RowMaker(plan, this.#stage);
  }

  get readings(): number {
    return this.#stage.readings;
  }

  get skippedRows(): number {
    return this.#bad.count;
  }

  get leftOut(): LeftOut {
    return { ...this.#maker.left };
  }

  get found(): FoundColumns | undefined {
    return this.#layout && foundColumns(this.#layout);
  }

  get warnings(): readonly ReadWarning[] {
    return readWarnings(this.#maker);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadingChunk> {
    const { plan } = this.#maker;
    const stage = this.#stage;
    const source = await this.#open();
    const { columns = {}, numberTexts = false } = this.#options;
    const layout = csvLayout(columns, plan, {
      names: source.names,
      hints: () => [],
    });
    this.#layout = layout;
    const rows = new TableRows(this.#maker, layout, source.names, numberTexts);
    let first = 1;
    for await (const batch of source.batches(rows.places)) {
      rows.begin(batch);
      for (let row = 0; row < batch.length && !this.#bad.stopped; row++) {
        const faults = rows.read(row);
        if (faults.length > 0) this.#addBad(first + row, rows.rowText(row), faults);
      }
      first += batch.length;
      stage.flush();
      this.#bad.report(this.readings);
      yield* stage.take();
    }
    this.#bad.finish(this.readings);
    yield* stage.take(true);
  }

  #addBad(line: number, row: string, faults: readonly PlacedFault[]): void {
    faults.forEach(({ place, text, bare, rule, hints, ends }, i) => {
      const shown = cut(text);
      const name = place < 0 ? undefined : this.#layout!.nameOf(place);
      const where = name === undefined ? "" : ` in column ${JSON.stringify(name)}`;
      this.#bad.add({
        line,
        isRow: true,
        ...(name !== undefined && { column: name }),
        text: shown,
        message: `${bare ? shown : quoted(text)}${where} ${rule}`,
        hints: hints ?? [],
        row: row.slice(0, 4096),
        ...(ends && { ends }),
      }, i === 0);
    });
  }
}

export { checkTable, type TableOptions } from "./_check_table.ts";
