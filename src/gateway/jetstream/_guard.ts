/**
 * Guard, which notices that the stream was deleted or replaced by another one with the same name.
 *
 * @module
 */
import { QueueError } from "../errors.ts";
import { type Bus, CODES, JetStreamError } from "./_bus.ts";
import { ensureStream } from "./_stream.ts";

const PAUSE_MS = 1000;

/** Watches one stream. */
export class Guard {
  readonly #bus: Bus;
  #created: string;
  #checked = performance.now();
  #checking: Promise<void> | undefined;
  /** Is called when the stream is a new one: the known state is invalid. */
  onNew: (message: string) => void = () => {};

  constructor(bus: Bus, created: string) {
    this.#bus = bus;
    this.#created = created;
  }

  /** Checks whether it is still the same stream; at most once a second, unless it is urgent. */
  async check(now = false): Promise<void> {
    if (!now && performance.now() < this.#checked + PAUSE_MS) return;
    await (this.#checking ??= this.#look().finally(() => {
      this.#checked = performance.now();
      this.#checking = undefined;
    }));
  }

  async #look(): Promise<void> {
    const { text } = this.#bus.place;
    let info;
    let wrong = "";
    let what = `The stream of the queue "${text}" was deleted and created again by another program`;
    try {
      info = await this.#bus.info();
    } catch (error) {
      if (!(error instanceof JetStreamError) || error.code !== CODES.noStream) throw error;
      what = `The stream of the queue "${text}" was deleted: it was created again`;
      info = await ensureStream(this.#bus);
    }
    if (info.created === this.#created) return;
    try {
      await ensureStream(this.#bus);
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      wrong = `. It can lose readings: ${error.message}`;
    }
    this.#created = info.created;
    this.onNew(
      `${what}${wrong}. Its waiting readings are lost; ids continue above last_id, and sources start at their first position`,
    );
  }
}
