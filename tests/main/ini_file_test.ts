/** The .ini file of tokens is read like by Python's configparser, or rejected with its line. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { addIniTokens, readIniTokens, renewIniTokens } from "../../src/main/_ini_file.ts";
import { readIniLines } from "../../src/main/_ini_lines.ts";
import { PYTHON } from "../_python.ts";
import { noFullDisk, withSmallDisk } from "../_full_disk.ts";
import { withFolder } from "../cli/_archfx.ts";

type Sections = Record<string, Record<string, string>>;

if (!PYTHON) console.log("configparser: not compared, because Python 3 is not installed");

async function configparser(texts: string[]): Promise<(Sections | string)[]> {
  const child = new Deno.Command(PYTHON!, {
    args: [new URL("./_configparser.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(texts)));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

/** The result of readIniLines in the form of configparser; for a value on several lines, only its first line. */
function read(text: string): Sections | string {
  try {
    const { options, sections } = readIniLines(text);
    const names = [...sections].filter((name) => name !== "DEFAULT");
    return Object.fromEntries(names.map((name) => [
      name,
      Object.fromEntries(
        ["DEFAULT", name].flatMap((section) =>
          options.filter((it) => it.section === section).map((it) => [it.name, it.value])
        ),
      ),
    ]));
  } catch (error) {
    assert(error instanceof SyntaxError && /^line \d+ /.test(error.message), String(error));
    return "an error";
  }
}

function firstLines(result: Sections | string): Sections | string {
  if (typeof result === "string") return "an error";
  return Object.fromEntries(
    Object.entries(result).map(([section, options]) => [
      section,
      Object.fromEntries(
        Object.entries(options).map(([name, value]) => [name, value.split("\n")[0]!]),
      ),
    ]),
  );
}

const WRITTEN = [
  "[c-arch]\ntoken = a\n",
  "[c-arch]\nTOKEN = a\nJwt_Access: b\n",
  "[DEFAULT]\ntoken = a\n[c-arch]\n",
  "[DEFAULT]\ntoken = a\n[c-arch]\ntoken = b\n",
  "[c-arch]\ntoken = a#b ;c\n# no\n; no\n  # neither\n",
  "[c-arch] ; after\ntoken=a\n",
  "[c-arch]\ntoken =\n  a\n",
  "[c-arch]\n  token = a\n jwt_access = b\n",
  "[c-arch]\ntoken = a\n\n  b\n",
  "[c-arch]\ntoken = a\n  [c-other]\n",
  "[c-arch]\r\ntoken = a\r\n\r\n[c-b]\r\n",
  "[c-arch]\rtoken = a\r",
  "[c-arch]\ntoken\n",
  "[c-arch]\n= a\n",
  "token = a\n[c-arch]\n",
  "[c-arch]\ntoken = a\ntoken = b\n",
  "[c-arch]\n[c-arch]\n",
  "[DEFAULT]\na = 1\n[DEFAULT]\nb = 2\n[s]\n",
  "[c-arch\n",
  "[]\n[a]\n",
  '[c-arch]\ntoken = "a"\n',
  "[a]\u2028b\nx = 1\u2028 2\n",
];

Deno.test({
  name: "readIniLines() reads and rejects the same as configparser",
  ignore: !PYTHON,
  async fn() {
    const piece = fc.constantFrom(
      ..."ab=:#; \t\n\r[]%\"'",
      "\n\n",
      "[s]\n",
      "[DEFAULT]\n",
      "name = ",
      "\n  ",
      "\u00a0",
      "é",
    );
    const texts = [
      ...WRITTEN,
      ...fc.sample(fc.array(piece, { maxLength: 14 }).map((it) => it.join("")), {
        numRuns: 1_500,
        seed: 20261130,
      }),
      ...fc.sample(fc.array(piece, { maxLength: 14 }).map((it) => `[c-arch]\n${it.join("")}`), {
        numRuns: 1_500,
        seed: 20261131,
      }),
    ];
    const theirs = await configparser(texts);
    for (const [index, text] of texts.entries()) {
      assertEquals(read(text), firstLines(theirs[index]!), JSON.stringify(text));
    }
  },
});

async function tokens(text: string | Uint8Array) {
  let found;
  await withFolder(async (folder) => {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    await Deno.writeFile(`${folder}/.ini`, bytes);
    found = await readIniTokens(`${folder}/.ini`, "arch");
  });
  return found;
}

for (
  const [what, text, expected] of [
    ["a byte order mark", "\ufeff[c-arch]\ntoken = a\n", { token: "a" }],
    ["names in capitals and a colon", "[c-arch]\nJWT_ACCESS: a\n", { jwtAccess: "a" }],
    ["the defaults", "[DEFAULT]\napi_key = k\n[c-arch]\n", { apiKey: "k" }],
    ["# and ; in a value", "[c-arch]\ntoken = a#b;c \\ d\n", { token: "a#b;c \\ d" }],
    ["a doubled %", "[c-arch]\ntoken = a%%b\n", { token: "a%b" }],
    ["words that look like other types", "[c-arch]\ntoken = true\n", { token: "true" }],
    ["no section of the customer", "[DEFAULT]\ntoken = a\n", {}],
  ] as [string, string, unknown][]
) {
  Deno.test(`readIniTokens() reads ${what}`, async () => {
    assertEquals(await tokens(text), expected);
  });
}

for (
  const [what, text, rule] of [
    ["a value in quotes", '[c-arch]\ntoken = "secret"\n', "line 2 has token in quotes"],
    [
      "a value on two lines",
      "[c-arch]\ntoken = secret\n  more\n",
      "line 3 is indented, so it continues the value of token",
    ],
    ["a reference", "[c-arch]\ntoken = %(secret)s\n", 'line 2 has "%" in token'],
    [
      "a name twice",
      "[c-arch]\ntoken = secret\nToken = b\n",
      'line 3 repeats the name "token" of [c-arch]',
    ],
    ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x5b, 0), "it is not UTF-8"],
  ] as [string, string | Uint8Array, string][]
) {
  Deno.test(`readIniTokens() rejects ${what} without showing it`, async () => {
    const error = await assertRejects(() => tokens(text), Error, rule);
    assertEquals(error.message.includes("secret"), false);
    assertStringIncludes(error.message, "Cannot read the tokens in ");
  });
}

Deno.test("renewIniTokens() replaces the pair at its place, and nothing else", () =>
  withFolder(async (folder) => {
    const path = `${folder}/.ini`;
    const text = (access: string, refresh: string) =>
      `\ufeff[DEFAULT]\r\nJWT_Refresh:${refresh}\r\n[c-other]\njwt_access = x\n` +
      `[c-arch] ; ours\n  jwt_access  =  ${access}\n# jwt_access = no\n[d]\njwt_access=y`;
    await Deno.writeTextFile(path, text("old", "older"));
    const pair = { access: "new#1", refresh: "newer" };
    assertEquals(await renewIniTokens(path, "arch", "older", () => Promise.resolve(pair)), pair);
    assertEquals(await Deno.readTextFile(path), text("new#1", "newer"));
    assertEquals(await readIniTokens(path, "arch"), { jwtAccess: "new#1", jwtRefresh: "newer" });
    // Another process was faster: its pair is used, and no request is sent.
    const asked = () => Promise.reject(new Error("asked"));
    assertEquals(await renewIniTokens(path, "arch", "older", asked), pair);
    // Rejected: nothing changes.
    await renewIniTokens(path, "arch", "newer", () => Promise.resolve(undefined));
    assertEquals(await Deno.readTextFile(path), text("new#1", "newer"));
    assertEquals([...Deno.readDirSync(folder)].map((it) => it.name), [".ini"]);
  }));

Deno.test("renewIniTokens() makes one request for two scripts that refresh at the same time", () =>
  withFolder(async (folder) => {
    const path = `${folder}/.ini`;
    await Deno.writeTextFile(path, "[c-arch]\njwt_access = a\njwt_refresh = b\n");
    let asked = 0;
    const refresh = () => Promise.resolve({ access: `a${++asked}`, refresh: `b${asked}` });
    const both = [1, 2].map(() => renewIniTokens(path, "arch", "b", refresh));
    assertEquals(await Promise.all(both), Array(2).fill({ access: "a1", refresh: "b1" }));
    assertEquals(asked, 1);
  }));

Deno.test({
  name: "renewIniTokens() does not refresh on a full disk",
  ignore: noFullDisk !== undefined,
  fn: () =>
    withSmallDisk(async (disk) => {
      const path = `${disk.folder}/.ini`;
      await Deno.writeTextFile(path, "[c-arch]\njwt_access = a\njwt_refresh = b\n");
      for (const freePages of [0, 1, 3]) {
        await disk.fill(freePages);
        await assertRejects(
          () => renewIniTokens(path, "arch", "b", () => Promise.reject(new Error("asked"))),
          Error,
          `Cannot store refreshed tokens in "${path}": the disk is full; the old ones are unchanged`,
        );
        assertEquals([...Deno.readDirSync(disk.folder)].length, 2);
        await disk.free();
      }
      await renewIniTokens(path, "arch", "b", () => Promise.resolve({ access: "c", refresh: "d" }));
      assertEquals(await readIniTokens(path, "arch"), { jwtAccess: "c", jwtRefresh: "d" });
    }),
});

Deno.test("addIniTokens() creates a file for its owner, adds a section, and replaces the pair", () =>
  withFolder(async (folder) => {
    const path = `${folder}/.ini`;
    await addIniTokens(path, "arch", { access: "a", refresh: "b" });
    assertEquals(await Deno.readTextFile(path), "[c-arch]\njwt_access = a\njwt_refresh = b\n");
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    await addIniTokens(path, "acme", { access: "c" });
    await Deno.writeTextFile(path, "; kept\n[c-arch]\njwt_access = old\nother = 1");
    await addIniTokens(path, "arch", { access: "d", refresh: "e" });
    assertEquals(
      await Deno.readTextFile(path),
      "; kept\n[c-arch]\njwt_access = d\njwt_refresh = e\nother = 1",
    );
    await addIniTokens(path, "acme", { access: "f" });
    assertEquals((await Deno.readTextFile(path)).split("\n").slice(-3), [
      "[c-acme]",
      "jwt_access = f",
      "",
    ]);
    assertEquals(await readIniTokens(path, "arch"), { jwtAccess: "d", jwtRefresh: "e" });
  }));
