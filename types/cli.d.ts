/**
 * Types for the functions used of `cli-progress` 3.12 and `ini` 6.0, which npm carries as plain
 * JavaScript. Shapes follow their READMEs.
 */
declare module "cli-progress" {
  export interface Options {
    stream?: unknown;
    clearOnComplete?: boolean;
    stopOnComplete?: boolean;
    hideCursor?: boolean | null;
    fps?: number;
    gracefulExit?: boolean;
    barsize?: number;
    format?: (options: { barsize: number }, state: { value: number; total: number }) => string;
  }
  export class SingleBar {
    constructor(options?: Options);
    start(total: number, value: number): void;
    setTotal(total: number): void;
    update(value: number): void;
    stop(): void;
  }
  const progress: { SingleBar: typeof SingleBar };
  export default progress;
}

declare module "ini" {
  /** Sections are objects; values are text. */
  export function parse(text: string): Record<string, string | Record<string, string>>;
}
