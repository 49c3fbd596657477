import { assertEquals, assertThrows } from "@std/assert";
import { proxyFor } from "../../src/api/_proxy.ts";
import { Api, ImproperlyConfigured } from "../../mod.ts";

const proxyOf = (url: string, env: Record<string, string>) =>
  proxyFor(new URL(url), (name) => env[name])?.href;

Deno.test("proxyFor() reads the variables of curl and Python, in lower and upper case", () => {
  const cloud = "https://arch.archfx.io/";
  assertEquals(proxyOf(cloud, {}), undefined);
  assertEquals(proxyOf(cloud, { http_proxy: "http://p:1" }), undefined);
  assertEquals(proxyOf(cloud, { https_proxy: "http://p:1" }), "http://p:1/");
  assertEquals(proxyOf(cloud, { HTTPS_PROXY: "p:3128" }), "http://p:3128/");
  assertEquals(proxyOf(cloud, { ALL_PROXY: "http://p:1" }), "http://p:1/");
  assertEquals(
    proxyOf(cloud, { https_proxy: "http://a:1", HTTPS_PROXY: "http://b:1" }),
    "http://a:1/",
  );
  assertEquals(proxyOf("http://cloud.test/", { http_proxy: "http://p:1" }), "http://p:1/");
  for (const value of ["socks5://p:1", "ftp://p", "http://"]) {
    assertThrows(() => proxyOf(cloud, { https_proxy: value }), ImproperlyConfigured, "https_proxy");
  }
});

Deno.test("proxyFor() returns no proxy for this machine and for hosts in no_proxy", () => {
  const all = { all_proxy: "http://p:1" };
  for (
    const host of ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "LOCALHOST."]
  ) {
    assertEquals(proxyOf(`http://${host}:8000/`, all), undefined, host);
  }
  const excluded: [list: string, host: string, direct: boolean][] = [
    ["*", "a.test", true],
    ["a.test", "a.test", true],
    [".a.test", "b.a.test", true],
    ["*.a.test", "b.a.test", true],
    ["a.test", "b.a.test", true],
    ["a.test", "ba.test", false],
    ["x, a.test", "a.test", true],
    ["a.test:443", "a.test", true],
    ["a.test:80", "a.test", false],
    ["10.0.0.0/8", "10.1.2.3", true],
    ["10.0.0.0/8", "11.1.2.3", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["A.TEST", "a.test", true],
    ["", "a.test", false],
  ];
  for (const [list, host, direct] of excluded) {
    const got = proxyOf(`https://${host}/`, { ...all, no_proxy: list });
    assertEquals(got === undefined, direct, `${list} ${host}`);
  }
});

const pem = await Deno.readTextFile(new URL("tls/test_only_authority.pem", import.meta.url));

Deno.test("caCerts: a byte order mark, text around and several in one text are read, invalid ones are ImproperlyConfigured", () => {
  const line = pem.split("\n")[3];
  for (
    const good of [pem, `\uFEFF${pem}`, `# our own\n${pem}\n${pem}`, pem.replaceAll("\n", "\r\n")]
  ) {
    new Api(undefined, { caCerts: [good] });
  }
  for (
    const bad of [
      "",
      "text",
      pem.replace("BEGIN CERTIFICATE", "BEGIN PRIVATE KEY"),
      pem.replace(line, ""),
      pem.replace(line, "!!!"),
      pem.split("\n").slice(0, 4).join("\n"),
      `${pem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`,
    ]
  ) {
    assertThrows(() => new Api(undefined, { caCerts: [bad] }), ImproperlyConfigured, "caCerts");
  }
});
