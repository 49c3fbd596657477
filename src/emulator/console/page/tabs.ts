/// <reference lib="dom" />
/**
 * Tabs that follow the WAI-ARIA pattern. The address stores which one is open.
 *
 * @module
 */
import { address } from "../../../inspector/address.ts";
import { el } from "../../../inspector/dom.ts";
import { count as counted } from "../../../inspector/format.ts";

/** A tab. */
interface Tab {
  readonly key: string;
  readonly title: string;
  /** What it shows, from top to bottom. */
  readonly panel: readonly HTMLElement[];
}

/** Tabs on the page. */
interface Tabs {
  readonly bar: HTMLElement;
  readonly element: HTMLElement;
  /** Open a tab, as a step in the history of the browser. */
  choose(key: string): void;
  /** Show a number beside a title; 0 removes it. */
  mark(key: string, count: number): void;
  close(): void;
}

/** Make tabs. */
export function tabs(label: string, list: readonly Tab[]): Tabs {
  const state = address();
  const buttons = list.map(({ key, title }) =>
    el(
      "button.tab",
      {
        type: "button",
        role: "tab",
        id: `tab-${key}`,
        "aria-controls": `panel-${key}`,
        onclick: () => choose(key),
      },
      title,
      el("span.mark"),
    )
  );
  const panels = list.map(({ key, panel }) =>
    el(
      "div.panel",
      { role: "tabpanel", id: `panel-${key}`, "aria-labelledby": `tab-${key}` },
      ...panel,
    )
  );
  const bar = el("div.tabs", { role: "tablist", "aria-label": label }, ...buttons);

  function open(key: string): void {
    list.forEach((tab, at) => {
      const chosen = tab.key === key;
      buttons[at].setAttribute("aria-selected", String(chosen));
      buttons[at].tabIndex = chosen ? 0 : -1;
      panels[at].hidden = !chosen;
    });
  }

  function choose(key: string): void {
    open(key);
    state.set({ tab: key === list[0].key ? null : key }, "step");
  }

  /** Open the tab that the address names. */
  function follow(): void {
    const wanted = state.get("tab");
    open(list.some(({ key }) => key === wanted) ? wanted! : list[0].key);
  }

  bar.addEventListener("keydown", (event) => {
    const here = buttons.findIndex((it) => it === document.activeElement);
    const to: Record<string, number> = {
      ArrowRight: (here + 1) % list.length,
      ArrowLeft: (here + list.length - 1) % list.length,
      Home: 0,
      End: list.length - 1,
    };
    if (here < 0 || !(event.key in to)) return;
    event.preventDefault();
    buttons[to[event.key]].focus();
    choose(list[to[event.key]].key);
  });

  follow();
  const unlisten = state.onMove(follow);
  return {
    bar,
    element: el("div.panels", {}, ...panels),
    choose,
    mark(key, count) {
      const at = list.findIndex((tab) => tab.key === key);
      buttons[at].querySelector(".mark")!.textContent = count === 0 ? "" : counted(count);
    },
    close: unlisten,
  };
}
