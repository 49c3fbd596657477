/** Text from servers that would control a terminal or run in a spreadsheet, in every command that shows it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { printable, printableJson } from "../../src/_printable.ts";
import { archfx } from "./_archfx.ts";
import { END } from "./_archfx_many.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { hasTerminal, onTerminal } from "../main/_on_terminal.ts";

/** Sets the title of the window, colours, clears the screen by C1, reverses text, isolates it. */
const HOSTILE = "a\u001b]0;owned\u0007b\u001b[31mc\u009b2Jd\u202etxet\u2066e\u2028f\rg\nh";

const STEERING =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Sequences that the command itself writes on a terminal: bold, and replacing a line. */
// deno-lint-ignore no-control-regex
const OWN = /\u001b\[(?:1|22|K)m?|\r/g;

interface Server {
  env: Record<string, string>;
}

async function withServer(task: (server: Server) => Promise<void>): Promise<void> {
  const rows: Record<string, unknown[]> = {
    org: [{ slug: "acme", name: HOSTILE, ot: { deep: HOSTILE }, [HOSTILE]: 1 }],
    site: [{ slug: "ps--0000-0001", name: "=cmd|' /C calc'!A0", org: "acme" }],
    area: [{ slug: "pa--0000-0001", name: "@SUM(A1)", site: "ps--0000-0001" }],
    line: [{ slug: "pl--0000-0001", name: "-2+3", site: "ps--0000-0001", area: "pa--0000-0001" }],
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const path = new URL(request.url).pathname.replace("/api/v1/", "").replace(/\/$/, "");
    if (path === "auth/user-info") return Response.json({ email: HOSTILE, name: HOSTILE });
    if (path === "text") {
      return new Response(HOSTILE, { headers: { "content-type": "text/plain" } });
    }
    if (path === "bytes") return new Response(Uint8Array.of(0xff, 0x1b, 0x5b));
    if (path === "wrong") {
      return Response.json({ name: [HOSTILE], [HOSTILE]: ["x"] }, { status: 400 });
    }
    if (path === "gone") return Response.json({ detail: HOSTILE }, { status: 404 });
    const results = rows[path] ?? [];
    return Response.json({ count: results.length, next: null, previous: null, results });
  });
  const env = {
    XDG_CONFIG_HOME: "/nonexistent",
    ARCHFX_DOMAIN: `http://127.0.0.1:${server.addr.port}`,
    ARCHFX_TOKEN: "eyJ.a.b",
  };
  try {
    await task({ env });
  } finally {
    await server.shutdown();
  }
}

const COMMANDS = [
  ["get", "org"],
  ["get", "org", "--json"],
  ["get", "org", "--fields", "name,ot.deep"],
  ["get", "text"],
  ["get", "wrong"],
  ["get", "gone"],
  ["get", "gone", "--verbose"],
  ["post", "wrong", "--data", "{}"],
  ["whoami"],
  ["whoami", "--json"],
  ["map"],
  ["map", "--json"],
  ["map", "--tree"],
];

Deno.test("archfx in a pipe escapes characters that control a terminal, in every command", () =>
  withServer(async ({ env }) => {
    for (const args of COMMANDS) {
      const { code, out, err } = await archfx(args, { env });
      assert(code === 0 || args.some((it) => /wrong|gone/.test(it)), err);
      // Bytes that are not JSON are passed on unchanged: a program requested them.
      if (args.includes("text")) assertEquals(out, HOSTILE);
      else assert(!STEERING.test(out), `${args}: ${JSON.stringify(out)}`);
      assert(!STEERING.test(err), `${args}: ${JSON.stringify(err)}`);
    }
    const [org] = JSON.parse((await archfx(["get", "org", "--json"], { env })).out);
    assertEquals(org.name, HOSTILE, "the value itself is unchanged");
  }));

const MANY = new URL("./_archfx_many.ts", import.meta.url).pathname;

Deno.test({
  name: "archfx on a terminal escapes characters that control it, in every command",
  ignore: !hasTerminal,
  fn: () =>
    withServer(async ({ env }) => {
      const all = [...COMMANDS, ["map", "--csv"], ["get", "bytes"]];
      const many = JSON.stringify(all.map((args) => ({ args })));
      const command = [Deno.execPath(), ...DENO_RUN, MANY, many];
      const { out } = await onTerminal(command, [], {
        env: { TERM: "xterm", NO_COLOR: "", ...env },
      });
      const texts = out.split(END);
      assertEquals(texts.length, all.length + 1);
      for (const [i, args] of all.entries()) {
        // What follows END is the exit code of the command before.
        const text = texts[i]!.replace(i === 0 ? "" : /^\d+\r?\n/, "").replace(OWN, "");
        assert(text.length > 10 && !STEERING.test(text), `${args}: ${JSON.stringify(text)}`);
      }
    }),
});

Deno.test("archfx map --csv puts an apostrophe before text that a spreadsheet would execute", () =>
  withServer(async ({ env }) => {
    const { out } = await archfx(["map", "--csv"], { env });
    for (const cell of ["'=cmd|' /C calc'!A0", "'@SUM(A1)", "'-2+3"]) {
      assertStringIncludes(out, `,${cell},`);
    }
    assert(!/(?:^|,)"?[=+\-@]/m.test(out), out);
  }));

Deno.test("printable() and printableJson() keep every other character, and the value", () => {
  for (const text of ["Müller 日本 🙂", "עברית", "a\\u001b", ""]) {
    assertEquals(printable(text), text);
  }
  assertEquals(printable("\u001b[m\t\n"), "\\u001b[m\\u0009\\u000a");
  for (let code = 0; code < 0x2100; code++) {
    const text = String.fromCharCode(code);
    assertEquals(STEERING.test(printable(text)), false);
    assertEquals(JSON.parse(printableJson({ [text]: [text] })), { [text]: [text] });
    assertEquals(STEERING.test(printableJson(text, 2)), false);
  }
  assertEquals(printableJson(undefined), "undefined");
});
