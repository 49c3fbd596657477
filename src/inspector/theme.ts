/// <reference lib="dom" />
/**
 * Dark or light theme: that of the system, until the user clicks the button.
 *
 * @module
 */
import { el } from "./dom.ts";

const KEY = "archfx-theme";

/** Make the button. The choice is kept until the tab is closed. */
export function themeButton(): HTMLElement {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = recall();
  if (chosen !== null) root.dataset.theme = chosen;
  const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");
  const button = el("button.quiet", {
    type: "button",
    onclick: () => {
      root.dataset.theme = current() === "dark" ? "light" : "dark";
      remember(root.dataset.theme);
      label();
      dispatchEvent(new Event("themechange"));
    },
  });
  function label(): void {
    button.textContent = current() === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Use the ${button.textContent.toLowerCase()} theme`);
  }
  dark.addEventListener("change", label);
  label();
  return button;
}

/** A page opened from a file may have no storage at all. */
function recall(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    sessionStorage.setItem(KEY, theme);
  } catch {
    // Then the choice is kept until the user leaves the page.
  }
}
