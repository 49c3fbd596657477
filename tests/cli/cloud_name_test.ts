/** Which cloud arguments and environment mean. */
import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError } from "../../src/main/argument_parser.ts";
import { Context } from "../../src/cli/_command.ts";
import type { Io } from "../../src/cli/_io.ts";
import { keyOrJwt, namedDomain } from "../../src/cli/_session.ts";

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

Deno.test("namedDomain() takes plain http to another machine only where told", () => {
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
  Deno.test(`namedDomain() refuses ${JSON.stringify(args)}`, () => {
    const error = assertThrows(() => domain(args), ArgumentError);
    assertEquals(error.message.includes("pass@"), false);
  });
}

Deno.test("keyOrJwt() tells a key of forty digits from a JWT", () => {
  assertEquals(keyOrJwt("0123456789abcdef0123456789abcdef01234567").type, "token");
  assertEquals(keyOrJwt("eyJhbGciOiJIUzI1NiJ9.e30.x").type, "jwt");
});
