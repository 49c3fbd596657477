/**
 * BaseMain, the frame of a script, and the arguments that it reads.
 *
 * @module
 */
export {
  type Argument,
  ArgumentError,
  type ArgumentOptions,
  ArgumentParser,
  type ArgumentParserOptions,
  type Arguments,
  type ArgumentType,
} from "./argument_parser.ts";
export { BaseMain, type BaseMainOptions } from "./base_main.ts";
