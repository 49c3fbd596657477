/**
 * The module that replaces those that need a file system or the API of a runtime in browser bundles. It exports
 * the same names, and each function throws an error when it is called.
 *
 * @module
 */

/** Modules that need a file system or the API of a runtime. They are only imported dynamically. */
const RUNTIME_MODULE = /\/_(?:node|deno)_[^/]*\.js$/;

/** Whether a module is one of these; `path` is its path in the package. */
export function isRuntime(path: string): boolean {
  return RUNTIME_MODULE.test(`/${path}`);
}

/** The path of the stub beside the modules. */
export const BROWSER_STUB = "src/_browser.js";

/** The name by which a runtime module is imported. */
export function runtimeName(path: string): string {
  return `#${path.replace(/\.js$/, "")}`;
}

/**
 * The entries of these names in package.json.
 *
 * @param runtime The paths of the modules.
 * @param folder Where the modules are in the package: "" or a folder with a slash at its end.
 */
export function runtimeImports(
  runtime: Iterable<string>,
  folder = "",
): Record<string, { browser: string; default: string }> {
  return Object.fromEntries(
    Array.from(runtime, (path) => [
      runtimeName(path),
      { browser: `./${folder}${BROWSER_STUB}`, default: `./${folder}${path}` },
    ]),
  );
}

/**
 * The text of the stub.
 *
 * @param names The exports of the replaced modules.
 */
export function browserStub(names: Iterable<string>): string {
  const lines = [...new Set(names)].sort().map((name) =>
    `export function ${name}() {\n  return unavailable("${name}");\n}\n`
  );
  return `// Replaces the modules that need a file system in browser bundles.
function unavailable(name) {
  throw new TypeError(\`Cannot use \${name}: this bundle was made for browsers\`);
}
${lines.join("")}`;
}
