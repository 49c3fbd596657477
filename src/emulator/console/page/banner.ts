/// <reference lib="dom" />
/**
 * Messages at the top: errors at the top of a tab, and the state of the emulator at the top of the page.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";

/** A place for one message. */
export interface Banner {
  readonly element: HTMLElement;
  show(message: string): void;
  clear(): void;
}

/**
 * Make a place for messages. It takes no space while it is empty.
 *
 * @param kind `error`, which a screen reader reads immediately, or `notice`
 * @param dismissable whether the user can close the message
 */
export function banner(kind: "error" | "notice", dismissable = true): Banner {
  const element = el(`div.banner.${kind}`, {
    role: kind === "error" ? "alert" : "status",
    hidden: true,
  });
  const clear = () => {
    element.hidden = true;
    fill(element);
  };
  return {
    element,
    clear,
    show(message) {
      fill(
        element,
        el("span", {}, message),
        dismissable && el("button.link", { type: "button", onclick: clear }, "Dismiss"),
      );
      element.hidden = false;
    },
  };
}
