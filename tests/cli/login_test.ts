/** archfx login and whoami with servers that are not a cloud, and with API keys: real servers on loopback. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { archfx, withFolder } from "./_archfx.ts";

interface Server {
  url: string;
  env: Record<string, string>;
  folder: string;
  /** The Authorization header of each request. */
  authorizations: (string | null)[];
}

function withServer(
  answer: (request: Request) => Response,
  task: (server: Server) => Promise<void>,
): Promise<void> {
  return withFolder(async (folder) => {
    const authorizations: (string | null)[] = [];
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      authorizations.push(request.headers.get("authorization"));
      return answer(request);
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    try {
      await task({ url, folder, authorizations, env: { XDG_CONFIG_HOME: folder } });
    } finally {
      await server.shutdown();
    }
  });
}

const KEY = "Xy12.ABCDEFghijklmnop";
const account = (email: string) => Response.json({ email, name: "A", slug: "a", is_staff: false });

function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(`${folder}/archfx`)].map((it) => it.name);
  } catch {
    return [];
  }
}

const page = () =>
  new Response("<html><title>Sign in</title></html>", { headers: { "content-type": "text/html" } });

for (
  const [what, answer] of [
    ["a sign-in page", page],
    ["an object without an email", () => Response.json({ status: "ok" })],
    ["a list", () => Response.json([])],
    ["null", () => Response.json(null)],
    ["an empty body", () => new Response(null, { status: 204 })],
  ] as [string, () => Response][]
) {
  Deno.test(`archfx login and whoami do not accept ${what} as an account`, () =>
    withServer(answer, async ({ url, env, folder }) => {
      for (const option of ["--token-stdin", "--api-key-stdin"]) {
        const ended = await archfx(["login", "--domain", url, option], { env, input: "eyJ.a.b\n" });
        assertEquals([ended.code, ended.out], [1, ""], ended.err);
        assertEquals(names(folder), [], "nothing is saved");
        assert(/127\.0\.0\.1/.test(ended.err), ended.err);
        assertEquals(ended.err.trim().split("\n").length, 1, ended.err);
      }
      const who = await archfx(["whoami"], {
        env: { ...env, ARCHFX_DOMAIN: url, ARCHFX_TOKEN: "eyJ.a.b" },
      });
      assertEquals([who.code, who.out], [1, ""], who.err);
    }));
}

Deno.test("archfx login --api-key-stdin saves a key that every command sends", () =>
  withServer(() => account("line@example.com"), async ({ url, env, folder, authorizations }) => {
    const ended = await archfx(["login", "--domain", url, "--api-key-stdin"], {
      env,
      input: `${KEY}\r\n`,
    });
    assertEquals(ended.code, 0, ended.err);
    assertStringIncludes(ended.err, `Logged in to ${url} as line@example.com`);
    assertEquals((await archfx(["whoami"], { env })).out, `line@example.com on ${url}\n`);
    await archfx(["get", "org"], { env });
    assertEquals(authorizations, Array(3).fill(`Api-Key ${KEY}`));
    assertEquals(names(folder).sort(), ["credentials.json", "credentials.json.commits"]);
  }));

Deno.test("archfx login --api-key-stdin saves a key whose account the cloud does not show", () =>
  withServer(() => Response.json("User not recognized.", { status: 403 }), async ({ url, env }) => {
    const ended = await archfx(["login", "--domain", url, "--api-key-stdin", "--json"], {
      env,
      input: KEY,
    });
    assertEquals([ended.code, JSON.parse(ended.out).email], [0, null], ended.err);
    const all = await archfx(["whoami", "--all"], { env });
    assertEquals(all.out, `* an API key  ${url}\n`);
  }));

Deno.test("archfx login --api-key-stdin reports a rejected key, and saves nothing", () =>
  withServer(
    () => Response.json({ detail: "no" }, { status: 401 }),
    async ({ url, env, folder }) => {
      const ended = await archfx(["login", "--domain", url, "--api-key-stdin"], {
        env,
        input: KEY,
      });
      assertEquals([ended.code, names(folder)], [3, []], ended.err);
      assertEquals(ended.err.includes(KEY), false);
    },
  ));

Deno.test("archfx takes an API key from ARCHFX_API_KEY", () =>
  withServer(() => account("a@b.c"), async ({ url, env, authorizations }) => {
    const machine = { ...env, ARCHFX_DOMAIN: url, ARCHFX_API_KEY: `${KEY}\n` };
    assertEquals((await archfx(["whoami"], { env: machine })).out, `a@b.c on ${url}\n`);
    assertEquals(authorizations, [`Api-Key ${KEY}`]);
    const quoted = await archfx(["whoami"], { env: { ...machine, ARCHFX_API_KEY: `"${KEY}"` } });
    assertEquals([quoted.code, quoted.err.includes(KEY)], [2, false]);
    assertStringIncludes(quoted.err, "Cannot use ARCHFX_API_KEY as a token: it is in quotes");
  }));
