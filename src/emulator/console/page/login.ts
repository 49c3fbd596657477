/// <reference lib="dom" />
/**
 * The form to sign in with.
 *
 * @module
 */
import { errorMessage } from "../../../_error_fields.ts";
import { el, fill } from "../../../inspector/dom.ts";
import { about, type Cloud } from "./cloud.ts";

/** The account of the demo seed. */
const DEMO = { email: "user@example.com", password: "my.pass" };

/**
 * Show the form; resolves once the user has signed in.
 *
 * @param root where it is shown
 * @param cloud the cloud to sign in to
 * @param note why the user has to sign in again
 */
export function login(root: HTMLElement, cloud: Cloud, note = ""): Promise<void> {
  return new Promise((resolve) => {
    const email = el("input", {
      id: "email",
      type: "email",
      autocomplete: "username",
      required: true,
    });
    const password = el("input", {
      id: "password",
      type: "password",
      autocomplete: "current-password",
      required: true,
    });
    const problem = el("p.problem", { role: "alert" }, note);
    const button = el("button.primary", { type: "submit" }, "Sign in");
    const hint = el("p.muted");
    const form = el(
      "form.card.login",
      { "aria-labelledby": "login-title" },
      el("h2", { id: "login-title" }, "Sign in to the emulator"),
      el("label", { for: "email" }, "E-mail"),
      email,
      el("label", { for: "password" }, "Password"),
      password,
      problem,
      button,
      hint,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      problem.textContent = "";
      try {
        if (await cloud.login(email.value, password.value)) return resolve();
        problem.textContent = "Username or password is wrong.";
        password.select();
      } catch (error) {
        problem.textContent = errorMessage(error);
      } finally {
        button.disabled = false;
      }
    });
    fill(root, el("div.login-room", {}, form));
    email.focus();
    void about().then((known) => {
      if (known?.demo !== true) return;
      const empty = email.value === "" && password.value === "";
      if (email.value === "") email.value = DEMO.email;
      if (password.value === "") password.value = DEMO.password;
      fill(
        hint,
        "This is the account of the demo seed. Its password is ",
        el("code", {}, DEMO.password),
        ".",
      );
      if (empty) button.focus();
    });
  });
}
