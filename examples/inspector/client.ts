/// <reference lib="dom" />
/**
 * The page's end of the decoding worker: a question gives a promise.
 *
 * @module
 */
import type { Answer, Calls, Question } from "./protocol.ts";

/** What the page is told while it waits. */
export type Progress = (done: number, step: string) => void;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  progress: Progress | undefined;
}

/** One worker with one report in it. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  /** @param worker a worker that runs `worker.ts` */
  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = (event: MessageEvent<Answer>) => this.#take(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#failAll(new Error(event.message || "Cannot start the decoding worker"));
    };
  }

  /**
   * Ask the worker.
   *
   * @throws {Error} What went wrong in the worker, or that it was closed
   */
  ask<K extends keyof Calls>(
    kind: K,
    ask: Calls[K]["ask"],
    progress?: Progress,
  ): Promise<Calls[K]["answer"]> {
    const id = ++this.#last;
    const question: Question = { id, kind, ask };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject, progress });
      this.#worker.postMessage(question);
    });
  }

  /** End the worker; what it has not answered is rejected. */
  close(): void {
    this.#worker.terminate();
    this.#failAll(new DOMException("The report was closed", "AbortError"));
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    if ("progress" in answer) {
      waiting.progress?.(answer.progress, answer.step);
      return;
    }
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiting.reject(new Error(answer.error));
    else waiting.resolve(answer.result);
  }

  #failAll(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
