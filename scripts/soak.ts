/**
 * Runs tests that take too long for `test`: `deno task soak PART [arguments of the part]`. A part is a file
 * `soak_PART.ts` beside this one; without a part, all of them run.
 *
 * @module
 */
const here = new URL(".", import.meta.url);
const parts = [...Deno.readDirSync(here)]
  .map(({ name }) => /^soak_(\w+)\.ts$/.exec(name)?.[1])
  .filter((part) => part !== undefined)
  .sort();

const [asked, ...args] = Deno.args;
if (asked !== undefined && !parts.includes(asked)) {
  console.error(`Cannot soak "${asked}": there are ${parts.join(", ")}`);
  Deno.exit(2);
}
let failed = 0;
for (const part of asked === undefined ? parts : [asked]) {
  console.log(`== ${part}`);
  const script = new URL(`soak_${part}.ts`, here).pathname;
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, ...args] }).spawn();
  if (!(await child.status).success) failed++;
}
Deno.exit(failed === 0 ? 0 : 1);
