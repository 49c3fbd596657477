/// <reference lib="dom" />
/**
 * The REST client in headless Chromium, with the transport of the browser.
 *
 * Run by `deno task test:browser`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { json, serve } from "../api/_server.ts";
import { hasChromium, launch } from "./_chromium.ts";

const root = new URL("../../", import.meta.url);

/** mod.ts as modules for a page: code for Node only is in modules that the page does not load. */
async function bundle(): Promise<Map<string, string>> {
  const folder = await Deno.makeTempDir();
  const entry = new URL("mod.ts", root).pathname;
  const flags = ["--platform", "browser", "--code-splitting", "--external", "node:*"];
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", ...flags, "--outdir", folder, entry],
      cwd: root.pathname,
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const files = new Map<string, string>();
    for (const { name } of Deno.readDirSync(folder)) {
      files.set(`/${name}`, await Deno.readTextFile(`${folder}/${name}`));
    }
    return files;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name:
    "the REST client in a browser sends whole uploads, keeps its token home and explains itself",
  ignore: !hasChromium,
  async fn() {
    const code = await bundle();
    const other = serve(() => json({ stolen: true }, 200, { "access-control-allow-origin": "*" }));
    const sizes: unknown[] = [];
    const server = serve(async ({ path, headers }, _, request) => {
      if (path === "/") {
        return new Response("<title>page</title>", { headers: { "content-type": "text/html" } });
      }
      const file = code.get(path);
      if (file) return new Response(file, { headers: { "content-type": "text/javascript" } });
      if (!path.startsWith("/api/")) return new Response("", { status: 404 });
      if (path.endsWith("/away/")) {
        return new Response(null, { status: 302, headers: { location: other.url } });
      }
      if (path.endsWith("/home/")) {
        return new Response(null, { status: 302, headers: { location: "../org/" } });
      }
      if (path.endsWith("/org/")) return json(headers.get("authorization"));
      const sent = (await request.formData()).get("file") as File;
      sizes.push([sent.name, sent.size, Number(headers.get("content-length")) > sent.size]);
      return json({ count: 1 }, 201);
    });
    await using browser = await launch();
    await browser.page.goto(server.url);
    const got = await browser.page.evaluate(async (url: string) => {
      const { Api } = await import(`${url}/mod.js`);
      const api = new Api(url, { retries: 0 });
      api.setToken("canary");
      const failure = (promise: Promise<unknown>) =>
        promise.then(() => "none", (error: Error) => `${error.name}: ${error.message}`);
      const progress: number[] = [];
      const data = new Uint8Array(3_000_000);
      return {
        org: await api.org.get(),
        upload: await api("streamer/report").uploadFp({ name: "report.mp", data }, {
          onProgress: ({ sent }: { sent: number }) => void progress.push(sent),
        }),
        file: await api.files.uploadFp(new File([data], "my.bin")),
        progress,
        away: await failure(api.away.get()),
        home: await failure(api.home.get()),
        verify: await failure(new Promise(() => new Api(url, { verify: false }))),
        gone: await failure(new Api("http://127.0.0.1:9", { retries: 0 }).org.get()),
        limit: await failure(api.org.get({}, { signal: AbortSignal.abort() })),
      };
    }, server.url);
    assertEquals(got.org, "jwt canary");
    assertEquals([got.upload, got.file, got.progress], [{ count: 1 }, { count: 1 }, [
      0,
      3_000_000,
    ]]);
    assertEquals(sizes, [["report.mp", 3_000_000, true], ["my.bin", 3_000_000, true]]);
    for (const text of [got.away, got.home]) {
      assert(
        text.startsWith("RestHttpBaseException") && text.includes("a browser does not say where"),
        text,
      );
    }
    assert(got.verify.startsWith("ImproperlyConfigured"), got.verify);
    assert(got.gone.startsWith("HttpNetworkError"), got.gone);
    assert(got.limit.startsWith("AbortError"), got.limit);
    assertEquals(other.seen.length, 0);
    await server.close();
    await other.close();
  },
});
