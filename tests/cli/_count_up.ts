/** A process of credentials_test.ts: counts in the credentials file, a step at a time. */
import process from "node:process";
import { CredentialsStore } from "../../src/cli/credentials.ts";

const [folder, address, steps, hold] = process.argv.slice(2) as [string, string, string, string];
const store = new CredentialsStore(folder);
for (let step = 0; step < Number(steps); step++) {
  await store.update(async (file) => {
    const count = Number(file.clouds[address]?.access ?? 0);
    if (hold === "hold") {
      console.log("holding");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }
    const savedAt = new Date().toISOString();
    file.clouds[address] = { email: "a@b.c", type: "token", access: String(count + 1), savedAt };
  });
}
