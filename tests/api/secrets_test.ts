/**
 * Secrets that a server repeats, in every notation that a response can have.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Api, HttpValidationError, RestHttpBaseException } from "../../mod.ts";
import { json, serve } from "./_server.ts";

const PASSWORD = `Müller R&D a/b "'<x>'" 5+5=10% \\ 😀`;

/** The notations of a text in JSON, HTML and URLs. */
function notations(text: string): string[] {
  const ascii = JSON.stringify(text).slice(1, -1).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const html = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const query = new URLSearchParams({ q: text }).toString().slice(2);
  return [
    text,
    ascii,
    ascii.replaceAll("\\u00fc", "\\u00FC").replaceAll("&", "\\u0026").replaceAll("/", "\\/"),
    JSON.stringify(ascii).slice(1, -1),
    html.replace(/"/g, "&quot;").replace(/'/g, "&#x27;"),
    html.replace(/"/g, "&#34;").replace(/'/g, "&#39;").replace(/ü/g, "&#252;"),
    encodeURIComponent(text),
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    encodeURIComponent(encodeURIComponent(text)),
    query,
  ];
}

/** Whether a text contains any part of the password that would reveal something. */
const leaked = (text: string) => /ller|R&|R%26|a\/b|5\+5/.test(text);

Deno.test("the error of a login contains the password in no notation", async () => {
  const bodies: [body: string, type: string][] = [];
  for (const form of notations(PASSWORD)) {
    bodies.push([`said: ${form}!`, "text/plain"], [`<title>${form}</title>`, "text/html"]);
    bodies.push([
      JSON.stringify({ detail: form, [form]: [{ [`k${form}`]: form }] }),
      "application/json",
    ]);
  }
  const escaped = notations(PASSWORD)[2];
  bodies.push([`{"detail": "no ${escaped}", "${escaped}": "${escaped}"}`, "application/json"]);
  const server = serve((_, count) => {
    const [body, type] = bodies[count];
    const headers = { "content-type": type, "x-request-id": `id ${encodeURIComponent(PASSWORD)}` };
    return new Response(body, { status: 500, headers });
  });
  const api = new Api(server.url);
  for (const [body] of bodies) {
    const error = await assertRejects(
      () => api.login({ email: "e", password: PASSWORD }),
      RestHttpBaseException,
    );
    const shown = Deno.inspect(error, { depth: 9, strAbbreviateSize: 1e5 }) + error.stack +
      JSON.stringify(error) + JSON.stringify(error.data);
    assert(!leaked(shown), `${body} gave ${shown}`);
    assertStringIncludes(JSON.stringify(error.data), "***");
    assertEquals(error.requestId, "id ***");
  }
  await server.close();
});

Deno.test("old tokens of the client are not in errors, even as keys and in JSON in a text", async () => {
  const server = serve(({ path }, count) =>
    path.includes("auth") ? json({ access: `access${count}`, refresh: `refresh${count}` }) : json({
      tokens: { first0: ["first0"], access1: [`{"refresh":"refresh2"}`] },
      access3: ["refresh4"],
    }, 400)
  );
  const api = new Api(server.url);
  api.setToken({ access: "first0", refresh: "secret0" });
  await api.org.get().catch(() => {});
  for (let count = 1; count <= 4; count++) await api.refreshToken();
  const error = await assertRejects(() => api.org.get(), HttpValidationError);
  const shown = Deno.inspect(error, { depth: 9 }) + JSON.stringify(error);
  assertEquals(/(first|access|refresh)\d/.exec(shown), null);
  assertEquals(error.fields["tokens.***"], ["***"]);
  assertEquals(error.fields["tokens.*** 2"], [`{"refresh":"***"}`]);
  await server.close();
});

Deno.test("a password of digits, and a value nested deeper than the stack, end in a typed error", async () => {
  const deep = 20_000;
  const server = serve((_, count) =>
    new Response(count === 0 ? `{"detail": 12345678}` : "[".repeat(deep) + "]".repeat(deep), {
      status: 500,
      headers: { "content-type": "application/json" },
    })
  );
  const api = new Api(server.url);
  const login = () => api.login({ email: "e", password: "12345678" });
  const digits = await assertRejects(login, RestHttpBaseException);
  assertEquals(digits.data, { detail: "***" });
  await assertRejects(login, RestHttpBaseException, "500");
  await server.close();
});

Deno.test("an error message shows control and bidirectional characters escaped", async () => {
  const server = serve(() => json({ detail: "\u001b[31mred\u202e\u0007 end" }, 409));
  await assertRejects(
    () => new Api(server.url).org.get(),
    RestHttpBaseException,
    "\\u001b[31mred\\u202e\\u0007 end",
  );
  await server.close();
});

Deno.test("HttpValidationError has paths for nested maps and lists of maps, and only for those", async () => {
  const bodies: [unknown, Record<string, string[]> | undefined][] = [
    [{ name: ["Required."] }, { name: ["Required."] }],
    [{ events: [{}, { value: ["A valid number is required."] }] }, {
      "events[1].value": ["A valid number is required."],
    }],
    [[{}, { slug: ["Taken.", "Too long."] }], { "[1].slug": ["Taken.", "Too long."] }],
    [{ a: { b: { c: ["no"] } } }, { "a.b.c": ["no"] }],
    [{ a: [{ b: [{ c: ["no"] }] }] }, { "a[0].b[0].c": ["no"] }],
    [JSON.parse('{"__proto__": ["no"]}'), JSON.parse('{"__proto__": ["no"]}')],
    [["text"], undefined],
    [{ detail: "text" }, undefined],
    [[{ code: 3 }], undefined],
    [[], undefined],
    [{}, undefined],
    [[{}, {}], undefined],
    ["text", undefined],
  ];
  const server = serve((_, count) => json(bodies[count][0], 400));
  for (const [body, fields] of bodies) {
    const error = await assertRejects(
      () => new Api(server.url)("org" as string).post({}),
      RestHttpBaseException,
    );
    const got = error instanceof HttpValidationError ? error.fields : undefined;
    assertEquals(
      got && Object.entries(got),
      fields && Object.entries(fields),
      JSON.stringify(body),
    );
  }
  await server.close();
});
