/**
 * CommitTimes, the time that the servers took to store pushes.
 *
 * @module
 */

/** The duration of commits. */
export class CommitTimes {
  ms = 0;
  count = 0;
  slowestMs = 0;

  /** Adds a commit. */
  add(ms: number): void {
    this.ms += ms;
    this.count++;
    this.slowestMs = Math.max(this.slowestMs, ms);
  }
}
