/**
 * An emulator with a factory of 10 sites, 40 areas, 200 lines, 400 machines and 2,000 devices.
 *
 * @module
 */
import { createEmulator, type Seed } from "../../src/emulator/mod.ts";

const hex = (id: number) => id.toString(16).padStart(4, "0");
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** How many there are of each level. */
export const COUNTS = { org: 1, site: 10, area: 40, line: 200, machine: 400, device: 2000 };

/** Every fourth line has no area, every fifth device no machine. */
const seed: Seed = {
  accounts: [{ email: "user@example.com", password: "my.pass" }],
  orgs: [{ name: "Big", slug: "big", members: { "user@example.com": "admin" } }],
  sites: range(10).map((id) => ({ name: `Site ${id}`, org: "big" })),
  areas: range(40).map((id) => ({
    name: `Area ${id}`,
    site: `ps--0000-${hex((id - 1) % 10 + 1)}`,
    type: "building",
  })),
  lines: range(200).map((id) => ({
    name: `Line ${id}`,
    site: `ps--0000-${hex((id - 1) % 10 + 1)}`,
    ...(id % 4 ? { area: `pa--0000-${hex((id - 1) % 40 + 1)}` } : {}),
    type: "smt",
  })),
  machines: range(400).map((id) => ({
    label: `Machine ${id}`,
    brand: "Fuji",
    model: "NXT",
    parent: `pl--0000-${hex((id - 1) % 200 + 1)}`,
  })),
  devices: range(2000).map((id) => ({
    id,
    label: `Device ${id}`,
    parent: `pl--0000-${hex((id - 1) % 200 + 1)}`,
    ...(id % 5 ? { machine: `d--0000-0001-0000-${hex((id - 1) % 400 + 1)}` } : {}),
  })),
};

/** The emulator behind a server that waits before each response, and records the requested paths. */
export async function serveFactory(
  latencyMs = 0,
): Promise<{ url: string; paths: string[]; fail: { after: number }; close(): Promise<void> }> {
  const emulator = await createEmulator({ seed });
  const paths: string[] = [];
  const fail = { after: Infinity };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    if (request.method === "GET") {
      if (paths.length >= fail.after) return new Response("", { status: 500 });
      paths.push(pathname + search);
      await new Promise((resolve) => setTimeout(resolve, latencyMs));
    }
    return await emulator.fetch(request);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    paths,
    fail,
    async close() {
      await server.shutdown();
      await emulator.close();
    },
  };
}
