/**
 * BaseMain, the frame of a script, and the arguments that it reads.
 *
 * @example A script
 * ```ts
 * import { BaseMain } from "@archfx/cloud/main";
 *
 * class Devices extends BaseMain {
 *   override addExtraArgs() {
 *     this.parser.addArgument("--limit", { type: "integer", default: 10 });
 *   }
 *   override async afterLogin() {
 *     for (const device of await this.api.device.all({}, { limit: this.args.limit })) {
 *       console.log(device.slug);
 *     }
 *   }
 * }
 *
 * const script = new Devices(); // `await script.main()` runs it
 * ```
 *
 * @module
 */
export {
  type Argument,
  ArgumentError,
  type ArgumentGroup,
  type ArgumentOptions,
  ArgumentParser,
  type ArgumentParserOptions,
  type Arguments,
  type ArgumentType,
} from "./argument_parser.ts";
export { BaseMain, type BaseMainOptions } from "./base_main.ts";
