/**
 * A registry on loopback that has only this package and forwards all other requests to the registry in the npm
 * configuration, so that `npm:archfx-cloud` can be tested before it is published.
 *
 * @module
 */
import type { Tarball } from "./_project.ts";
import { run } from "./_tools.ts";

/** A running registry. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
}

async function integrity(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-512", bytes));
  return `sha512-${hash.toBase64()}`;
}

/** The package.json in a tarball. */
async function manifest(tarball: Tarball): Promise<Record<string, unknown>> {
  return JSON.parse(await run("tar", ["xzOf", tarball.path, "package/package.json"]));
}

/** Serves the tarball. */
export async function serveRegistry(tarball: Tarball): Promise<Registry> {
  const upstream = (await run("npm", ["config", "get", "registry"])).trim();
  const dist = { integrity: await integrity(tarball.bytes) };
  const json = await manifest(tarball);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const url = new URL(request.url);
      if (url.pathname === "/archfx-cloud.tgz") return new Response(tarball.bytes);
      if (url.pathname !== "/archfx-cloud") {
        return Response.redirect(new URL(url.pathname.slice(1), upstream), 307);
      }
      return Response.json({
        name: "archfx-cloud",
        "dist-tags": { latest: tarball.version },
        versions: {
          [tarball.version]: {
            ...json,
            dist: { ...dist, tarball: `${url.origin}/archfx-cloud.tgz` },
          },
        },
      });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
