/**
 * Finds the columns of times and their format.
 *
 * @module
 */
import { timeFormats } from "./_propose_table.ts";
import { checkedReader } from "./_time_text.ts";
import type { Proposal } from "./_proposal.ts";

/** A column and the kind of its cells. */
export interface ColumnKind {
  readonly place: number;
  readonly name: string;
  readonly cells: readonly string[];
  readonly numeric: number;
  readonly timed: number;
}

/** Usual names of columns of times and of milliseconds. */
const TIME =
  /^(?:_?time|timestamp|date ?time|datetime|ts|t_stamp|date|zeit|zeitstempel|datum|zeitpunkt|horodatage|uhrzeit)$/i;
const MILLIS = /^(?:ms|msec|millis|millitm|milliseconds?|millisekunden?)$/i;

/** Proposes times. */
export class TimeGuesser {
  readonly #proposal: Proposal;
  readonly #count: number;
  readonly #ref: (column: ColumnKind) => string | number;

  /**
   * @param proposal Receives the proposed options.
   * @param count The number of rows.
   * @param ref Returns the name of a column in a profile.
   */
  constructor(proposal: Proposal, count: number, ref: (column: ColumnKind) => string | number) {
    this.#proposal = proposal;
    this.#count = count;
    this.#ref = ref;
  }

  /** Proposes times; returns the places of their columns. */
  run(columns: readonly ColumnKind[]): number[] {
    const sample = (cells: readonly string[]) =>
      [...new Set(cells)].filter((it) => it !== "").slice(0, 400);
    // A column with the name of a time comes first; one that never changes, such as the start of a query, comes last.
    const rank = ({ name, cells }: ColumnKind) =>
      (TIME.test(name) ? 0 : 1) +
      (cells.length > 1 && cells.every((it) => it === cells[0]) ? 2 : 0);
    const candidates = columns.filter(({ timed }) => timed > 0.9)
      .sort((a, b) => rank(a) - rank(b) || a.place - b.place);
    const millis = columns.find(({ name, cells }) =>
      MILLIS.test(name) && cells.every((cell) => /^\d{1,3}$/.test(cell))
    );
    for (const column of candidates) {
      const texts = sample(column.cells);
      const formats = timeFormats(texts).filter((format) => hasClock(format));
      if (formats.length > 0) {
        return this.#proposeTimes([column], millis, texts, formats);
      }
    }
    // Date and time of day in two columns.
    for (const date of candidates) {
      for (const clock of candidates) {
        if (date === clock) continue;
        const texts = sample(date.cells.map((cell, i) => `${cell} ${clock.cells[i]}`));
        const formats = timeFormats(texts).filter(hasClock);
        if (formats.length > 0) {
          return this.#proposeTimes([date, clock], millis, texts, formats);
        }
      }
    }
    for (const column of candidates) {
      const texts = sample(column.cells);
      const formats = timeFormats(texts);
      if (formats.length > 0) {
        this.#proposeTime([column], texts, formats);
        return [column.place];
      }
    }
    const [column] = candidates;
    if (column) {
      this.#proposal.propose(
        "columns.timestamp",
        this.#ref(column),
        "unsure",
        "its cells look like times",
      );
      this.#proposal.ask("timeFormat", `Which format do times such as "${column.cells[0]}" have?`);
      return [column.place];
    }
    this.#proposal.ask("columns.timestamp", "No column looks like times: which column is it?");
    return [];
  }

  /** Proposes times whose milliseconds may be in a separate column; returns the places of all columns. */
  #proposeTimes(
    columns: readonly ColumnKind[],
    millis: ColumnKind | undefined,
    texts: readonly string[],
    formats: readonly string[],
  ): number[] {
    const patterns = formats.map((format) => format === "iso" ? "%Y-%m-%d %H:%M:%S" : format)
      .filter((format) => /%S(?!.*%f)/.test(format));
    if (millis === undefined || patterns.length === 0) {
      this.#proposeTime(columns, texts, formats);
      return columns.map(({ place }) => place);
    }
    const all = [...columns, millis];
    const joined = millis.cells.map((_, i) => all.map(({ cells }) => cells[i]).join(" "));
    const fitting = patterns.map((format) => `${format} %L`).filter((format) => {
      const read = checkedReader(format, ".");
      return joined.every((text) => read(text) !== undefined);
    });
    if (fitting.length === 0) this.#proposeTime(columns, texts, formats);
    else this.#proposeTime(all, joined.slice(0, 400), fitting);
    return all.map(({ place }) => place);
  }

  #proposeTime(
    columns: readonly ColumnKind[],
    texts: readonly string[],
    formats: readonly string[],
  ): void {
    const proposal = this.#proposal;
    const refs = columns.map((column) => this.#ref(column));
    if (refs.length > 1 || String(refs[0]).toLowerCase() !== "timestamp") {
      const value = refs.length === 1 ? refs[0] : refs;
      proposal.propose(
        "columns.timestamp",
        value,
        "likely",
        `all of its cells are times, such as "${texts[0]}"`,
      );
    }
    const [best, ...others] = byOrder(formats, columns, this.#count);
    const dayFirst = best.startsWith("%d") || best.startsWith("%m");
    const rival = dayFirst ? others.find((it) => !sameDay(it, best, texts)) : undefined;
    if (best !== "iso") {
      const reason = rival
        ? "the times are in order with it; the days alone do not show which of two formats it is"
        : `all ${texts.length} different times have this format`;
      proposal.propose("timeFormat", best, rival ? "unsure" : "likely", reason);
    }
    if (rival) {
      proposal.ask(
        "timeFormat",
        `Is "${texts[0]}" ${describe(best, texts[0])} or ${describe(rival, texts[0])}?`,
        [best, rival],
      );
    }
    const reader = checkedReader(best, ".");
    const naive = texts.some((text) => (reader(text) ?? { naive: best === "excel" }).naive) &&
      !/UTC|GMT/.test(best);
    if (naive) {
      proposal.ask(
        "timeZone",
        `The times have no zone: which zone are they in? Without an answer, they are read as UTC.`,
        ["UTC", "Europe/Berlin", "America/New_York"],
      );
    }
  }
}

/** Whether a format reads a time of day. */
function hasClock(format: string): boolean {
  return !format.includes("%") || /%[HI]/.test(format);
}

/** Whether two formats read all texts as the same times. */
function sameDay(one: string, other: string, texts: readonly string[]): boolean {
  const [first, second] = [one, other].map((format) => checkedReader(format, "."));
  return texts.every((text) => first(text)?.micros === second(text)?.micros);
}

/** Sorts formats: those with which the times are in order come first, then those with the smaller span. */
function byOrder(
  formats: readonly string[],
  columns: readonly ColumnKind[],
  count: number,
): string[] {
  const texts = Array.from(
    { length: Math.min(count, 2000) },
    (_, i) => columns.map(({ cells }) => cells[i]).join(" "),
  )
    .filter((text) => text.trim() !== "");
  const rank = (format: string): number => {
    const read = checkedReader(format, ".");
    const times = texts.map((text) => Number(read(text)?.micros ?? NaN));
    let wrong = 0;
    for (let i = 1; i < times.length; i++) if (times[i] < times[i - 1]) wrong++;
    const backwards = times.length - 1 - wrong;
    const span = Math.max(...times) - Math.min(...times);
    return Math.min(wrong, backwards) * 1e18 + span;
  };
  const ranks = new Map(formats.map((format) => [format, rank(format)]));
  return [...formats].sort((a, b) => ranks.get(a)! - ranks.get(b)!);
}

function describe(format: string, text: string): string {
  const read = checkedReader(format, ".");
  const time = read(text);
  return time ? new Date(Number(time.micros / 1000n)).toISOString().slice(0, 10) : format;
}
