/**
 * Finds what is above and below the readings of a text: lines, comments, header, units, footer.
 *
 * @module
 */
import { isTimeCell, looksNumeric, type SampleRow, type TableGuess } from "./_propose_table.ts";
import type { Proposal } from "./_proposal.ts";

const UNIT =
  /^(?:\[.*\]|\(.*\)|°?[CFK]|bar|mbar|[kMh]?Pa|%|%?rH|[kM]?[WVA]h?|m[AV]|[kM]?Hz|rpm|l\/(?:min|h)|m3\/h|m³\/h|kg(?:\/h)?|mm|cm|m|s|ms|-|1\/min|m\/s|psi|°C|degC|unit|UTC|datetime|dd\.mm\.yyyy.*)$/i;

/** Proposes the options for the lines around the readings. */
export class FrameGuesser {
  readonly #table: TableGuess;
  /** The number of lines before the rows. */
  readonly #before: number;
  readonly #proposal: Proposal;
  /** The names of the columns; null if there is no header. */
  names: string[] | null = null;

  constructor(table: TableGuess, before: number, proposal: Proposal) {
    this.#table = table;
    this.#before = before;
    this.#proposal = proposal;
  }

  /** The start of comments, if the text has comments. */
  comment(): string | undefined {
    const { rows } = this.#table;
    for (const mark of ["#", "//", "%", "!"]) {
      // A header may begin with a column of row numbers with the name "#".
      const isComment = ({ cells }: SampleRow) => cells[0].startsWith(mark) && cells[0] !== mark;
      const count = rows.filter(isComment).length;
      if (
        count > 0 && count < rows.length / 2 &&
        !rows.some((row) =>
          row.cells[0].startsWith(mark) && (!isComment(row) || row.cells.some(isTimeCell))
        )
      ) {
        this.#proposal.propose(
          "comment",
          mark,
          "likely",
          `${count === 1 ? "1 line begins" : `${count} lines begin`} with it`,
        );
        return mark;
      }
    }
    return undefined;
  }

  /** Finds the header above the first reading. */
  header(rows: readonly SampleRow[], first: number, comment: string | undefined): void {
    const { width } = this.#table;
    const isText = (row: SampleRow | undefined) =>
      row !== undefined && row.cells.length >= width - 1 && row.cells.length <= width + 1 &&
      !row.cells.some((cell) => looksNumeric(cell) || isTimeCell(cell));
    let above = first - 1;
    if (!isText(rows[above])) {
      this.#proposal.propose(
        "header",
        false,
        first === 0 ? "likely" : "unsure",
        "the first line can be read as a reading",
      );
      if (first > 0 && rows[first].line > 0) {
        this.#proposal.propose(
          "skipLines",
          rows[first].line + this.#before,
          "unsure",
          "the first reading is below",
        );
      }
      return;
    }
    const units = (row: SampleRow) => {
      const filled = row.cells.filter((cell) => cell !== "");
      return filled.length > 0 &&
        filled.filter((cell) => UNIT.test(cell)).length > filled.length / 2;
    };
    let rowsOfHeader = 1;
    if (isText(rows[above - 1]) && !isText(rows[above - 2]) && units(rows[above])) {
      this.#proposal.propose("unitRow", true, "likely", `line ${rows[above].line + 1} has units`);
      above--;
    } else if (isText(rows[above - 1])) {
      while (rowsOfHeader < 4 && isText(rows[above - rowsOfHeader])) rowsOfHeader++;
      this.#proposal.propose(
        "headerRows",
        rowsOfHeader,
        "likely",
        `there are ${rowsOfHeader} rows of names above the readings`,
      );
    } else if (
      rows[above].cells.every((cell) => cell === "" || UNIT.test(cell)) &&
      rows[above].cells[0] === ""
    ) {
      this.#proposal.propose(
        "unitRow",
        true,
        "unsure",
        `line ${rows[above].line + 1} has units only`,
      );
    }
    const top = rows[above - rowsOfHeader + 1];
    const skipped = top.line + this.#before;
    const inFront = rows.slice(0, above - rowsOfHeader + 1);
    if (inFront.length > 0 || (skipped > this.#before && comment === undefined)) {
      if (inFront.length > 0) {
        this.#proposal.propose(
          "skipLines",
          skipped,
          "likely",
          `the header is on line ${skipped + 1}`,
        );
      }
    }
    const header = rows.slice(above - rowsOfHeader + 1, above + 1);
    this.names = Array.from(
      { length: Math.max(...header.map(({ cells }) => cells.length)) },
      (_, place) =>
        header.map(({ cells }) => cells[place] ?? "").filter((it) => it !== "").join(" "),
    );
  }

  /** Finds lines below the last reading. */
  footer(rows: readonly SampleRow[], isRow: (row: SampleRow) => boolean): void {
    let count = 0;
    while (count < rows.length && !isRow(rows[rows.length - 1 - count])) count++;
    if (count === 0 || count > 20) return;
    const last = rows[rows.length - count];
    const text = last.cells.join(" ").slice(0, 40);
    // Rows without a value, which some loggers write, are not a footer.
    if (last.cells.length === this.#table.width && last.cells.some(isTimeCell)) return;
    this.#proposal.propose("skipFooter", count, "likely", `"${text}" at the end is not a reading`);
  }
}
