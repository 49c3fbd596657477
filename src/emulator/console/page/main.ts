/// <reference lib="dom" />
/**
 * The console: what the emulator shows people at `/`.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import { themeButton } from "../../../inspector/theme.ts";
import { Cloud } from "./cloud.ts";
import { login } from "./login.ts";
import { room } from "./room.ts";

const cloud = new Cloud();
const main = document.querySelector<HTMLElement>("main")!;
const state = el("span.live", { role: "status" });
const account = el("span.account");
document.querySelector("#bar")!.append(state, account, themeButton());

let note = "";
for (;;) {
  if (!cloud.signedIn) {
    fill(account);
    state.textContent = "";
    await login(main, cloud, note);
  }
  note = await stay();
}

/** Show the console until the user signs out; resolves with a message for the user. */
function stay(): Promise<string> {
  return new Promise((resolve) => {
    const opened = room(main, cloud, {
      onState: (text) => {
        state.textContent =
          { connecting: "connecting", live: "live", lost: "connection lost" }[text];
        state.dataset.state = text;
      },
      onSignedOut: (note) => {
        opened.close();
        resolve(note);
      },
    });
    fill(
      account,
      el("span.muted", {}, cloud.username),
      el("button.quiet", {
        type: "button",
        onclick: () => {
          void cloud.logout();
          opened.close();
          resolve("");
        },
      }, "Sign out"),
    );
  });
}
