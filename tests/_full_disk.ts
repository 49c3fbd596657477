/** A small file system that is full: a real tmpfs, which needs root on Linux. */

/** Why a full disk is not available here; `undefined` if it is. */
export const noFullDisk: string | undefined = Deno.build.os !== "linux"
  ? "only Linux has tmpfs"
  : Deno.uid() !== 0
  ? "mounting needs root"
  : undefined;
if (noFullDisk) console.log(`full disks: not tested, since ${noFullDisk}`);

/** A mounted file system. */
export interface SmallDisk {
  folder: string;
  /** Fills it, except for a number of pages of 4,096 bytes. */
  fill(freePages?: number): Promise<void>;
  /** Frees the space. */
  free(): Promise<void>;
}

/** Runs a task with a file system of a few hundred pages. */
export async function withSmallDisk(task: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await command("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", folder);
  const filler = `${folder}/filler`;
  try {
    await task({
      folder,
      async fill(freePages = 0) {
        const file = await Deno.open(filler, { create: true, append: true });
        try {
          while (true) await file.write(new Uint8Array(4096));
        } catch (error) {
          if (!String(error).includes("space")) throw error;
        }
        const { size } = await file.stat();
        await file.truncate(Math.max(0, Math.floor(size / 4096) - freePages) * 4096);
        file.close();
      },
      free: () => Deno.remove(filler),
    });
  } finally {
    await command("umount", "-l", folder);
    await Deno.remove(folder);
  }
}

async function command(name: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args }).output();
  if (!success) throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
}
