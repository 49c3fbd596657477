/** Which cloud the arguments and the environment select. */
import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError } from "../../src/main/argument_parser.ts";
import { Context } from "../../src/cli/_command.ts";
import type { Io } from "../../src/cli/_io.ts";
import { cleanToken, environmentToken, keyOrJwt } from "../../src/_environment.ts";
import { namedDomain } from "../../src/cli/_session.ts";

function domain(args: Record<string, unknown>, env: Record<string, string> = {}) {
  return namedDomain(new Context({ env } as unknown as Io, {}), args);
}

Deno.test("namedDomain() follows --customer, --domain, then ARCHFX_DOMAIN", () => {
  const env = { ARCHFX_DOMAIN: "https://env.archfx.io/" };
  assertEquals(domain({}), undefined);
  assertEquals(domain({}, env), "https://env.archfx.io");
  assertEquals(domain({ customer: "Acme" }, env), "https://acme.archfx.io");
  assertEquals(domain({ domain: "arch.archfx.io" }, env), "https://arch.archfx.io");
  assertEquals(domain({ domain: "http://127.0.0.1:8000" }, env), "http://127.0.0.1:8000");
  assertEquals(domain({ domain: "http://[::1]:8000" }), "http://[::1]:8000");
});

Deno.test("namedDomain() uses http for this machine and https for others if the scheme is missing", () => {
  assertEquals(domain({ domain: "localhost:8000" }), "http://localhost:8000");
  assertEquals(domain({ domain: "127.0.0.1:8000" }), "http://127.0.0.1:8000");
  assertEquals(domain({ domain: "[::1]:8000" }), "http://[::1]:8000");
  assertEquals(domain({ domain: "https://localhost:8443" }), "https://localhost:8443");
  assertEquals(domain({ domain: "arch.archfx.io:8443" }), "https://arch.archfx.io:8443");
  assertEquals(domain({}, { ARCHFX_DOMAIN: "localhost" }), "http://localhost");
});

Deno.test("namedDomain() accepts plain http to another machine only with --allow-http", () => {
  assertThrows(() => domain({ domain: "http://10.0.0.5" }), ArgumentError, "--allow-http");
  assertThrows(() => domain({ domain: "http://localhost.evil.example" }), ArgumentError);
  assertEquals(domain({ domain: "http://10.0.0.5", allowHttp: true }), "http://10.0.0.5");
});

for (
  const args of [
    { customer: "evil.example/" },
    { customer: "-x" },
    { customer: "a", domain: "https://b" },
    { domain: "https://user:pass@arch.archfx.io" },
    { domain: "ftp://arch.archfx.io" },
    { domain: "https://arch.archfx.io/api" },
    { domain: "https://arch.archfx.io?x" },
    { domain: "ht tp" },
  ]
) {
  Deno.test(`namedDomain() rejects ${JSON.stringify(args)}`, () => {
    const error = assertThrows(() => domain(args), ArgumentError);
    assertEquals(error.message.includes("pass@"), false);
  });
}

Deno.test("keyOrJwt() distinguishes a key of forty digits from a JWT", () => {
  assertEquals(keyOrJwt("0123456789abcdef0123456789abcdef01234567").type, "token");
  assertEquals(keyOrJwt("eyJhbGciOiJIUzI1NiJ9.e30.x").type, "jwt");
});

Deno.test("environmentToken() removes white space and line ends around a token", () => {
  assertEquals(environmentToken({}), undefined);
  assertEquals(environmentToken({ ARCHFX_TOKEN: " \n" }), undefined);
  assertEquals(environmentToken({ ARCHFX_TOKEN: " eyJ.a.b\r\n" }), {
    type: "jwt",
    access: "eyJ.a.b",
  });
  assertEquals(environmentToken({ ARCHFX_API_KEY: "abc.def\n" }), {
    type: "Api-Key",
    access: "abc.def",
  });
});

for (
  const [what, env, rule] of [
    ["in double quotes", { ARCHFX_TOKEN: '"secret"' }, "ARCHFX_TOKEN as a token: it is in quotes"],
    [
      "in single quotes",
      { ARCHFX_API_KEY: "'secret'\n" },
      "ARCHFX_API_KEY as a token: it is in quotes",
    ],
    ["with its scheme", { ARCHFX_TOKEN: "jwt secret" }, 'it begins with "jwt"'],
    ["of two lines", { ARCHFX_TOKEN: "secret\nsecret" }, "printable ASCII without spaces"],
    ["and another one", { ARCHFX_TOKEN: "secret", ARCHFX_API_KEY: "b" }, "unset one of them"],
  ] as [string, Record<string, string>, string][]
) {
  Deno.test(`environmentToken() rejects a token ${what}, by the variable's name`, () => {
    const error = assertThrows(() => environmentToken(env), RangeError, rule);
    assertEquals(error.message.includes("secret"), false);
  });
}

Deno.test("cleanToken() names the source of the token", () => {
  assertThrows(() => cleanToken(" ", "the token from standard input"), RangeError, "it is empty");
});
