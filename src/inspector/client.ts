/// <reference lib="dom" />
/**
 * The page's side of the decoding worker: each request returns a promise.
 *
 * If a request fails, the owner of the worker is called once, and the promise stays pending. It also stays
 * pending if the worker is closed, because there is nothing left to draw then.
 *
 * @module
 */
import type { Answer, Calls, Question } from "./protocol.ts";

/** Called while the page waits. */
type Progress = (done: number, step: string) => void;

interface Waiting {
  resolve(result: unknown): void;
  progress: Progress | undefined;
}

/** One worker with one report in it. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onFailure: (error: Error) => void;
  #last = 0;

  /**
   * @param worker a worker that runs `worker.ts`
   * @param onFailure called with an error of the worker
   */
  constructor(worker: Worker, onFailure: (error: Error) => void) {
    this.#worker = worker;
    this.#onFailure = onFailure;
    worker.onmessage = (event: MessageEvent<Answer>) => this.#take(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#onFailure(new Error(event.message || "Cannot start the decoding worker"));
    };
  }

  /** Ask the worker. */
  ask<K extends keyof Calls>(
    kind: K,
    ask: Calls[K]["ask"],
    progress?: Progress,
  ): Promise<Calls[K]["answer"]> {
    const id = ++this.#last;
    const question: Question = { id, kind, ask };
    return new Promise((resolve) => {
      this.#waiting.set(id, { resolve: resolve, progress });
      this.#worker.postMessage(question);
    });
  }

  /** End the worker. */
  close(): void {
    this.#worker.terminate();
    this.#worker.onerror = null;
    this.#waiting.clear();
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    if ("progress" in answer) {
      waiting.progress?.(answer.progress, answer.step);
      return;
    }
    this.#waiting.delete(answer.id);
    if ("error" in answer) this.#onFailure(new Error(answer.error));
    else waiting.resolve(answer.result);
  }
}
