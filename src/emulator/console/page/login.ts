/// <reference lib="dom" />
/**
 * The form to sign in with.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import type { Cloud } from "./cloud.ts";

/** Show the form; resolves once somebody has signed in. */
export function login(root: HTMLElement, cloud: Cloud, note = ""): Promise<void> {
  return new Promise((resolve) => {
    const email = el("input", {
      id: "email",
      type: "email",
      autocomplete: "username",
      required: true,
      value: "user@example.com",
    });
    const password = el("input", {
      id: "password",
      type: "password",
      autocomplete: "current-password",
      required: true,
    });
    const problem = el("p.problem", { role: "alert" }, note);
    const button = el("button.primary", { type: "submit" }, "Sign in");
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
      el(
        "p.muted",
        {},
        "The demo seed has ",
        el("code", {}, "user@example.com"),
        " with the password ",
        el("code", {}, "my.pass"),
        ".",
      ),
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
        problem.textContent = (error as Error).message;
      } finally {
        button.disabled = false;
      }
    });
    fill(root, el("div.login-room", {}, form));
    password.focus();
  });
}
