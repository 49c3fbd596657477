/// <reference lib="dom" />
/**
 * Makes elements without HTML text, so that no text of a report or the cloud can become markup.
 *
 * @module
 */

/** What an element can contain: an element, text, or nothing. */
export type Child = Node | string | number | null | undefined | false;

/**
 * Make an element.
 *
 * @param tag its name, with classes after dots: `"button.primary"`
 * @param attributes attributes by name; `true` sets an empty one, `false` and undefined none; a function
 *   under `onclick` and the like is a listener
 * @param children elements and text; text stays text
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K | `${K}.${string}`,
  attributes: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const [name, ...classes] = tag.split(".");
  // The part before the first dot has type K.
  const element = document.createElement(name as K);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") {
      element.addEventListener(key.slice(2), (event) => value.call(element, event));
    } else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Replace the children of an element. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Tell a user of a screen reader what just happened, politely. */
export function announcer(): { element: HTMLElement; say(text: string): void } {
  const element = el("p.visually-hidden", { role: "status", "aria-live": "polite" });
  return { element, say: (text) => void (element.textContent = text) };
}

/** Let the browser draw and handle input before the next piece of work. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
