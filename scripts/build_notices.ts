/**
 * Writes THIRD_PARTY_NOTICES.md: the third-party code inside the files of this project, with its licences.
 * Dependencies that a consumer installs have their own licence files and are not listed.
 *
 * `deno task build:pages` writes it, because the content of the pages is known when they are bundled; with
 * `--check`, it compares.
 *
 * @module
 */
import { stdLicence, stdPath } from "./npm_std.ts";

const root = new URL("../", import.meta.url);

/** The paths of npm packages in `deno.json` and in the metafiles of bundles: name and version. */
const IN_CACHE = /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/(\d+\.\d+\.\d+[^/]*)\//;

/** One third-party work. */
interface Notice {
  readonly name: string;
  readonly where: string;
  readonly licence: string;
}

/** The npm packages among the inputs of a bundle, with the folder that each is in. */
export function packagesIn(inputs: Iterable<string>): Map<string, URL> {
  const found = new Map<string, URL>();
  for (const input of inputs) {
    const url = new URL(input, root);
    const match = IN_CACHE.exec(url.href);
    if (!match) continue;
    const end = match.index + match[0].length;
    found.set(`${match[1]} ${match[2]}`, new URL(url.href.slice(0, end)));
  }
  return found;
}

/** The licence in a package's folder. */
async function licenceIn(folder: URL): Promise<string> {
  for await (const { name } of Deno.readDir(folder)) {
    if (/^licen[cs]e(?:\.md|\.txt)?$/i.test(name)) {
      return await Deno.readTextFile(new URL(name, folder));
    }
  }
  throw new Error(
    `Cannot find a licence in ${folder.pathname}: every bundled package must have one`,
  );
}

/**
 * The text of the page.
 *
 * @param inputs The input files of the pages and the workers.
 */
export async function notices(inputs: Iterable<string>): Promise<string> {
  const found: Notice[] = [];
  for (const [name, folder] of packagesIn(inputs)) {
    found.push({
      name,
      where:
        "Bundled into the console of the emulator (`src/emulator/console/assets.ts`) and the " +
        "report inspector (`docs/inspector.html`).",
      licence: await licenceIn(folder),
    });
  }
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const std = Object.values<string>(imports).filter((target) => stdPath(target) !== undefined);
  if (std.length > 0) {
    found.push({
      name: "The Deno standard library",
      where: "Copied into the npm package, as the folder `std/`: " +
        `${std.map((target) => `\`${stdPath(target)!.replace(/^std\//, "")}\``).join(", ")}.`,
      licence: await stdLicence(),
    });
  }
  found.push({
    name: "AssemblyScript",
    where: "Functions of its standard library are compiled into the codec " +
      "(`src/codec/wasm_bytes.ts`, `codec.wasm`).",
    licence: await Deno.readTextFile(new URL("scripts/licences/assemblyscript.txt", root)),
  });
  const parts = found.map(({ name, where, licence }) =>
    `## ${name}\n\n${where}\n\n\`\`\`text\n${licence.trim()}\n\`\`\`\n`
  );
  return [
    "# Third-party notices\n",
    "Written by `deno task build:pages`. These works of others are inside files of this project;\n" +
    "packages that are installed beside it have their licences with them.\n",
    ...parts,
  ].join("\n");
}
