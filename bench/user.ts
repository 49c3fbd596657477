/**
 * The performance for a user: the first call of a new process and repeated calls, compared with the peers, by CPU
 * time, with page faults; medians of processes that take turns.
 *
 * `deno task bench:user [--rounds N] [--draw | JOB...]` writes `bench/results/user.json`, and from it `user.md`,
 * the chart, and the section of the project's README. Jobs that are not named keep their figures; with --draw,
 * all jobs do.
 *
 * @module
 */
import { chart } from "./chart.ts";
import { writeReadme } from "./readme.ts";
import { setting } from "./table.ts";
import { type Contender, JOBS, type UserFigure, userTable } from "./user_table.ts";

const args = [...Deno.args];
const at = args.indexOf("--rounds");
const rounds = at < 0 ? 3 : Number(args.splice(at, 2)[1]);
const folder = new URL("results/", import.meta.url);
const file = new URL("user.json", folder);

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** One process. */
async function measure(job: string, contender: Contender, mode: string): Promise<UserFigure> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--v8-flags=--max-old-space-size=8192"],
      ...["user_part.ts", job, contender, mode],
    ],
    cwd: new URL(".", import.meta.url),
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const results: Record<string, UserFigure> = await Deno.readTextFile(file).then(
  JSON.parse,
  () => ({}),
);
const chosen = args.includes("--draw") ? [] : args.length > 0 ? args : Object.keys(JOBS);
for (const job of chosen) {
  for (const mode of ["cold", "steady"]) {
    const all = JOBS[job].contenders.map((contender) => ({
      contender,
      samples: [] as UserFigure[],
    }));
    for (let round = 0; round < rounds; round++) {
      for (const { contender, samples } of all) samples.push(await measure(job, contender, mode));
    }
    for (const { contender, samples } of all) {
      const ns = median(samples.map((sample) => sample.ns));
      const faults = median(samples.map((sample) => sample.faults));
      results[`${job}, ${contender}, ${mode}`] = { ns, faults };
      console.log(
        `${job}, ${contender}, ${mode}: ${ns.toFixed(1)} ns, ${faults.toFixed(0)} faults`,
      );
    }
  }
  await Deno.writeTextFile(file, JSON.stringify(results, null, 1) + "\n");
}
const missing = Object.keys(JOBS).filter((job) => results[`${job}, archfx, steady`] === undefined);
if (missing.length > 0) console.log(`Still to be measured: ${missing.join(", ")}`);
else {
  await Deno.writeTextFile(new URL("user.md", folder), userTable(results, rounds, setting()));
  await Deno.writeTextFile(new URL("chart.svg", folder), chart(results));
  writeReadme(results);
}
