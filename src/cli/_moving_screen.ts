/**
 * A screen that is redrawn on a terminal. It uses the terminal's alternate screen, like pagers: at the end, the
 * earlier output is visible again, and changing the window size does no harm.
 *
 * @module
 */
import type { Io } from "./_io.ts";

/** Switches to the alternate screen and hides the cursor. */
const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[2K";
const CLEAR_BELOW = "\u001b[J";

/** Draws on the terminal's alternate screen. */
export class MovingScreen {
  readonly #io: Io;
  #isOpen = false;

  /** @param io Standard output is a terminal. */
  constructor(io: Io) {
    this.#io = io;
  }

  /**
   * Redraws the screen.
   *
   * @param lines No more and no wider lines than fit the terminal.
   */
  async show(lines: readonly string[]): Promise<void> {
    // Each line is cleared before it is written: clearing the whole screen would flicker, and clearing after a
    // full line would remove its last character.
    const text = lines.map((line, at) =>
      (at < lines.length - 1 ? CLEAR_LINE : `\r${CLEAR_BELOW}`) + line
    ).join("\n");
    const lead = this.#isOpen ? "" : ENTER;
    this.#isOpen = true;
    await this.#io.write(lead + HOME + text);
  }

  /** Returns to the normal screen, and prints lines on it. */
  async close(text: string): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#io.write(LEAVE + text);
  }
}
