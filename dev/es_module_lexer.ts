/** `es-module-lexer`: finds specifiers, for the npm package. */
export * from "npm:es-module-lexer@1.7.0";
