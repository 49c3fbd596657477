/**
 * Reads the log (`-wal`) of a SQLite file without SQLite: the places of newer pages, and losses that SQLite does
 * not report.
 *
 * The checksum of each frame includes all frames before it, so damage to one hides every later commit, and SQLite
 * continues as if these had never existed. But frames of one generation have the same two salts: frames after the
 * damage with these salts, up to a commit, are lost commits. The format: https://www.sqlite.org/fileformat2.html
 *
 * @module
 */
import fs from "node:fs";

/** The size of a page: the default of SQLite, which `_database.ts` keeps. */
export const PAGE = 4096;
const HEADER = 32, FRAME_HEADER = 24;
const FRAME = FRAME_HEADER + PAGE;
const LITTLE = 0x377f0682, BIG = 0x377f0683;
/** The most pages of a queue. */
const MOST_PAGES = 2 ** 31;

/** Where a page is: its number and its place in the log. */
type Places = Map<number, number>;

/** The contents of a log. */
export interface Log {
  /** Pages up to the last commit that SQLite reads. */
  readonly pages: Places;
  /** Pages of commits after the damage: the newest place of each. Their contents may be damaged. */
  readonly behind: Places;
  /** The number of commits after the damage. */
  readonly commits: number;
  /** Where the damage begins, in bytes; undefined if SQLite reads everything. */
  readonly damagedAt: number | undefined;
}

/** Reads a log. */
export function readLog(file: number): Log {
  const pages: Places = new Map();
  const behind: Places = new Map();
  const head = new Uint8Array(HEADER);
  if (fs.readSync(file, head, 0, HEADER, 0) < HEADER) {
    return { pages, behind, commits: 0, damagedAt: undefined };
  }
  const view = new DataView(head.buffer);
  const little = view.getUint32(0) === LITTLE;
  let sums = checksum(view, 0, 24, [0, 0], little);
  let broken: number | undefined;
  let salts: readonly [number, number] = [view.getUint32(16), view.getUint32(20)];
  const hasMagic = little || view.getUint32(0) === BIG;
  if (!hasMagic || view.getUint32(24) !== sums[0] || view.getUint32(28) !== sums[1]) {
    broken = 0;
    salts = firstSalts(file);
  }
  const frame = new DataView(new ArrayBuffer(FRAME));
  const bytes = new Uint8Array(frame.buffer);
  let open: [page: number, place: number][] = [];
  let commits = 0;
  for (let at = HEADER; fs.readSync(file, bytes, 0, FRAME, at) === FRAME; at += FRAME) {
    const mine = frame.getUint32(8) === salts[0] && frame.getUint32(12) === salts[1];
    if (broken === undefined) {
      sums = checksum(frame, 0, 8, sums, little);
      sums = checksum(frame, FRAME_HEADER, FRAME, sums, little);
      if (!mine || frame.getUint32(16) !== sums[0] || frame.getUint32(20) !== sums[1]) {
        broken = at;
        open = [];
      }
    }
    if (!mine || frame.getUint32(0) > MOST_PAGES) continue;
    open.push([frame.getUint32(0), at + FRAME_HEADER]);
    if (frame.getUint32(4) === 0) continue;
    for (const [page, place] of open) (broken === undefined ? pages : behind).set(page, place);
    open = [];
    if (broken !== undefined) commits++;
  }
  return { pages, behind, commits, damagedAt: commits > 0 ? broken : undefined };
}

/** The salts of a log with a damaged header: the salts that are the same in its first frames. */
function firstSalts(file: number): readonly [number, number] {
  const counts = new Map<string, number>();
  const head = new DataView(new ArrayBuffer(FRAME_HEADER));
  let best: readonly [number, number] = [0, 0];
  for (let i = 0; i < 5; i++) {
    const read = fs.readSync(
      file,
      new Uint8Array(head.buffer),
      0,
      FRAME_HEADER,
      HEADER + i * FRAME,
    );
    if (read < FRAME_HEADER) break;
    const salts = [head.getUint32(8), head.getUint32(12)] as const;
    const count = (counts.get(salts.join()) ?? 0) + 1;
    counts.set(salts.join(), count);
    if (count >= Math.max(...counts.values())) best = salts;
  }
  return best;
}

/**
 * The part of a log that SQLite would silently lose.
 *
 * @param path The SQLite file.
 * @returns The number of commits after the damage, and where it begins; undefined if nothing would be lost.
 */
export function lostBehindDamage(path: string): { commits: number; at: number } | undefined {
  let file: number;
  try {
    file = fs.openSync(`${path}-wal`, "r");
  } catch {
    return undefined; // Without a log, the file is complete.
  }
  try {
    const { commits, damagedAt } = readLog(file);
    return damagedAt === undefined ? undefined : { commits, at: damagedAt };
  } finally {
    fs.closeSync(file);
  }
}

function checksum(
  view: DataView,
  from: number,
  to: number,
  [first, second]: readonly [number, number],
  little: boolean,
): [number, number] {
  for (let at = from; at < to; at += 8) {
    first = (first + view.getUint32(at, little) + second) >>> 0;
    second = (second + view.getUint32(at + 4, little) + first) >>> 0;
  }
  return [first, second];
}
