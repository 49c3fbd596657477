/**
 * CommitTimes, how long the servers took to store what was pushed.
 *
 * @module
 */

/** How long commits took. */
export class CommitTimes {
  ms = 0;
  count = 0;
  slowestMs = 0;

  /** One more. */
  add(ms: number): void {
    this.ms += ms;
    this.count++;
    this.slowestMs = Math.max(this.slowestMs, ms);
  }
}
