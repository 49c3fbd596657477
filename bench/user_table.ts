/**
 * The jobs of bench/user.ts, and their results as Markdown.
 *
 * @module
 */

/** Figures of one contender: medians. */
export interface UserFigure {
  /** Nanoseconds of CPU time per unit. */
  readonly ns: number;
  /** Page faults of a run. */
  readonly faults: number;
}

/** Figures by job, contender and mode. */
export type UserResults = Readonly<Record<string, UserFigure>>;

/**
 * The contenders of a job. "ready" means that the objects and texts of the peer exist before the measurement
 * starts.
 */
export type Contender = string;

const PEERS = ["msgpackr", "@msgpack/msgpack"];
const READY = PEERS.flatMap((peer) => [peer, `${peer} ready`]);

/** The measured jobs. */
export const JOBS: Readonly<
  Record<string, { readonly work: string; readonly contenders: readonly Contender[] }>
> = {
  columns: {
    work: "100,000 readings, columns to bytes",
    contenders: ["archfx", "archfx into", ...READY],
  },
  points: { work: "10,000 points to bytes", contenders: ["archfx", ...READY] },
  "two-keys": {
    work: "10,000 points with two keys of data to bytes",
    contenders: ["archfx", ...READY],
  },
  "to-columns": {
    work: "10,000 readings, bytes to columns (peers: to objects)",
    contenders: ["archfx", ...PEERS],
  },
  "to-points": {
    work: "10,000 readings, bytes to points, all read",
    contenders: ["archfx", ...PEERS],
  },
  "integers-encode": {
    work: "waveforms of 1,024 integers, encode, per sample",
    contenders: ["archfx", "msgpackr ready", "@msgpack/msgpack ready"],
  },
  "floats-encode": {
    work: "waveforms of 1,024 floats, encode, per sample",
    contenders: ["archfx", "msgpackr ready", "@msgpack/msgpack ready"],
  },
  "integers-decode": {
    work: "waveforms of 1,024 integers, decode, per sample",
    contenders: ["archfx", ...PEERS],
  },
  "floats-decode": {
    work: "waveforms of 1,024 floats, decode, per sample",
    contenders: ["archfx", ...PEERS],
  },
  "texts-decode": {
    work: "summary texts of some 40 characters, decode, per text",
    contenders: ["archfx", ...PEERS],
  },
  slugs: { work: "100,000 slugs in bulk", contenders: ["archfx", "split and parseInt"] },
};

/** The name of a contender. */
export function nameOf(contender: Contender): string {
  if (contender === "archfx into") return "archfx, `encodeInto()`";
  return contender.replace(/ ready$/, ", objects and texts ready");
}

function shown(ns: number): string {
  return ns < 100 ? ns.toFixed(1) : Math.round(ns).toLocaleString("en");
}

/** The page of results. */
export function userTable(results: UserResults, rounds: number, setting: string): string {
  const lines = [
    "# What a user gets",
    "",
    `Written by \`deno task bench:user\`: CPU time, system time included, and page faults; medians of ${rounds} processes that`,
    `took turns. Cold is the first call of a fresh process, whose memory has not been touched and whose code is not compiled;`,
    `steady are repeated calls. Multiples are relative to archfx in the same column. ${setting}.`,
    "",
    "| work | who | cold, ns | | page faults | steady, ns | | page faults |",
    "| --- | --- | --: | --: | --: | --: | --: | --: |",
  ];
  for (const [job, { work, contenders }] of Object.entries(JOBS)) {
    for (const contender of contenders) {
      const cells = ["cold", "steady"].flatMap((mode) => {
        const own = results[`${job}, archfx, ${mode}`];
        const { ns, faults } = results[`${job}, ${contender}, ${mode}`];
        return [
          shown(ns),
          `${(ns / own.ns).toFixed(2)} x`,
          Math.round(faults).toLocaleString("en"),
        ];
      });
      lines.push(`| ${work} | ${nameOf(contender)} | ${cells.join(" | ")} |`);
    }
  }
  return lines.join("\n") + "\n";
}
