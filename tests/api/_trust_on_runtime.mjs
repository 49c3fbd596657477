// Which servers the REST client trusts, and which proxy it takes: run by trust_test.ts on each runtime. Prints
// for each code path what came of a call and of an upload.
import process from "node:process";
import { readFileSync } from "node:fs";

const [bundle, url, paths] = process.argv.slice(2);
const { Api } = await import(bundle);
const caCerts = [readFileSync(new URL("./tls/test_only_authority.pem", import.meta.url), "utf8")];
const options = {
  plain: {},
  caCerts: { caCerts },
  other: {
    caCerts: [
      readFileSync(new URL("./tls/test_only_other_authority.pem", import.meta.url), "utf8"),
    ],
  },
  unverified: { verify: false },
};
for (const path of paths.split(",")) {
  const api = new Api(url, { retries: 0, ...options[path] });
  api.setToken("canary");
  const said = [];
  for (
    const call of [
      () => api.echo.get(),
      () => api.echo.uploadFp({ name: "r.mp", data: new Uint8Array(100_000) }),
    ]
  ) {
    said.push(await call().then((got) => got, (error) => error.name));
  }
  console.log(JSON.stringify([path, ...said]));
}
