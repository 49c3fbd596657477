/** A client that is logged in to an emulator. */
import { Api, type ApiOptions } from "../../mod.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/mod.ts";

/** Runs a task with a client and its emulator. */
export async function withCloud(
  task: (api: Api, emulator: Emulator, url: string) => Promise<void>,
  options: EmulatorOptions = {},
  apiOptions: ApiOptions = {},
): Promise<void> {
  await using emulator = await createEmulator(options);
  const { url } = await emulator.listen();
  const api = new Api(url, apiOptions);
  await api.login({ email: "user@example.com", password: "my.pass" });
  await task(api, emulator, url);
}
