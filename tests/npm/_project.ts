/**
 * Temporary consumer projects with the packed tarball installed.
 *
 * @module
 */
import { npmInstall, run } from "./_tools.ts";

/** The package in the form that would be published. */
export interface Tarball {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly version: string;
}

/** Packs a built package like `npm publish`. */
export async function packTarball(folder: URL, destination: URL): Promise<Tarball> {
  await Deno.mkdir(destination, { recursive: true });
  const [packed] = JSON.parse(
    await run("npm", ["pack", "--json", "--silent", "--pack-destination", destination.pathname], {
      cwd: folder,
    }),
  );
  const path = new URL(packed.filename, destination).pathname;
  return { path, bytes: await Deno.readFile(path), version: packed.version };
}

/** Writes files to a folder, which is created if it does not exist. */
export async function writeFiles(folder: URL, files: Record<string, string>): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(new URL(name, folder), text);
  }
}

/** Makes a project that depends on the tarball, and on the given packages, installed by npm. */
export async function npmProject(
  folder: URL,
  tarball: Tarball,
  files: Record<string, string>,
  packages: readonly string[] = [],
): Promise<void> {
  await writeFiles(folder, {
    "package.json": JSON.stringify({ private: true, type: "module" }),
    ...files,
  });
  await npmInstall(folder, [tarball.path, ...packages]);
}
