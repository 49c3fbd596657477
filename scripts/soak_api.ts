/**
 * The REST client under load: 10,000 GETs and 1,000 uploads of 1 MB for 50 devices, 50 in flight. It runs twice,
 * to notice growing memory.
 *
 *     deno task soak api
 *
 * The figures of the last run are in `bench/results/soak_api.md`.
 *
 * @module
 */
import { runVolume } from "../tests/api/_volume.ts";

const lines = [
  "# The client in bulk",
  "",
  "Made by `deno task soak api`: 10,000 GETs and 1,000 uploads of 1 MB over 50 devices, 50 in flight, twice, on loopback;",
  "the server in a separate process; memory is what the client holds.",
  "",
  "| round | GETs a second | uploads a second | lost | doubled | overtaken | memory early, MiB | at most | at the end |",
  "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
];
let failed = false;
for (let round = 1; round <= 2; round++) {
  const result = await runVolume({
    gets: 10_000,
    uploads: 1_000,
    devices: 50,
    inFlight: 50,
    uploadBytes: 1_000_000,
  });
  const { seconds, memory, ...counts } = result;
  console.log(`round ${round}: ${JSON.stringify(counts)}`);
  console.log(
    `  ${(10_000 / seconds.gets).toFixed()} GETs/s, ${
      (1_000 / seconds.uploads).toFixed(1)
    } uploads/s; ` +
      `memory ${memory.early} MiB early, ${memory.most} MiB at most, ${memory.end} MiB at the end`,
  );
  const figures = [
    round,
    (10_000 / seconds.gets).toFixed(),
    (1_000 / seconds.uploads).toFixed(),
    10_000 - counts.gets + 1_000 - counts.reports,
    counts.doubledGets + counts.doubledReports,
    counts.overtaken,
    memory.early,
    memory.most,
    memory.end,
  ];
  lines.push(`| ${figures.join(" | ")} |`);
  failed ||= counts.gets !== 10_000 || counts.reports !== 1_000 || counts.doubledGets > 0 ||
    counts.doubledReports > 0 || counts.overtaken > 0 || counts.listenersLeft !== 0 ||
    memory.most > memory.early + 150;
}
const results = new URL("../bench/results/soak_api.md", import.meta.url);
await Deno.writeTextFile(results, lines.join("\n") + "\n");
console.log(failed ? "FAILED" : "none lost, none doubled, in order, memory flat");
Deno.exit(failed ? 1 : 0);
