/**
 * What TypeScript's own parser finds in modules: casts, `any`, exports that nothing imports, places that touch the
 * WASM instance. A comment or a text cannot be taken for code.
 *
 * @module
 */
import ts from "typescript";

/** One place. */
export interface Place {
  /** `path:line`. */
  readonly where: string;
  readonly text: string;
}

/** What a module has. */
export interface Syntax {
  readonly path: string;
  /** `x as T` and `<T>x`, each of a chain on its own; `as const` is not a cast. */
  readonly casts: readonly Place[];
  /** The type `any`. */
  readonly any: readonly Place[];
  /** `x!`. */
  readonly nonNull: readonly Place[];
  /** Calls of functions that give views over linear memory, and uses of what the instance exports. */
  readonly touches: readonly Place[];
  /** The names that it exports, and where each is declared. */
  readonly exported: ReadonlyMap<string, Place>;
  /** The names that it imports or exports again, by module; `*` stands for all. */
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>;
  /** Modules that it imports with `import()`. */
  readonly dynamic: ReadonlySet<string>;
  /** Every word of the code. */
  readonly words: ReadonlySet<string>;
}

/** Functions of `src/codec` that give views over linear memory, in any version of the project. */
const MEMORY = new Set(["wasm", "arena", "slugRegion", "csvRegion"]);

/** Parses a module. */
export function syntaxOf(path: string, source: string): Syntax {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const [casts, any, nonNull, touches]: Place[][] = [[], [], [], []];
  const exported = new Map<string, Place>();
  const imports = new Map<string, Set<string>>();
  const dynamic = new Set<string>();
  const words = new Set<string>();

  const place = (node: ts.Node): Place => ({
    where: `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
    text: node.getText().replace(/\s+/g, " ").slice(-100),
  });
  const target = (specifier: ts.Expression): string => {
    const text = ts.isStringLiteral(specifier) ? specifier.text : "";
    return text.startsWith(".") ? new URL(text, `file:///${path}`).pathname.slice(1) : text;
  };
  const uses = (module: string, name: string) => {
    imports.set(module, (imports.get(module) ?? new Set()).add(name));
  };

  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) words.add(node.text);
    if (ts.isAssertionExpression(node) && !ts.isConstTypeReference(node.type)) {
      casts.push(place(node));
    }
    if (node.kind === ts.SyntaxKind.AnyKeyword) any.push(place(node.parent));
    if (ts.isNonNullExpression(node)) nonNull.push(place(node));
    if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        const [specifier] = node.arguments;
        const plain = ts.isAsExpression(specifier!) ? specifier.expression : specifier!;
        if (ts.isStringLiteral(plain)) dynamic.add(target(plain));
      } else if (ts.isIdentifier(node.expression) && MEMORY.has(node.expression.text)) {
        touches.push(place(node));
      }
    }
    if (ts.isPropertyAccessExpression(node)) {
      const of = node.expression;
      const name = ts.isIdentifier(of)
        ? of.text
        : ts.isPropertyAccessExpression(of)
        ? of.name.text
        : "";
      if (name === "exports") touches.push(place(node));
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      if (ts.isStringLiteral(literal)) dynamic.add(target(literal));
    }
    if (ts.isImportDeclaration(node)) return importClause(node);
    if (ts.isExportDeclaration(node)) return exportClause(node);
    if (ts.isStatement(node) && isExported(node)) declare(node);
    ts.forEachChild(node, visit);
  };
  const importClause = ({ importClause, moduleSpecifier }: ts.ImportDeclaration): void => {
    const module = target(moduleSpecifier);
    if (importClause?.name) uses(module, "default");
    const named = importClause?.namedBindings;
    if (named && ts.isNamespaceImport(named)) uses(module, "*");
    else named?.elements.forEach((it) => uses(module, (it.propertyName ?? it.name).text));
  };
  const exportClause = (node: ts.ExportDeclaration): void => {
    const { exportClause: named, moduleSpecifier } = node;
    const module = moduleSpecifier && target(moduleSpecifier);
    if (!named || ts.isNamespaceExport(named)) return void (module && uses(module, "*"));
    for (const it of named.elements) {
      exported.set(it.name.text, place(it));
      if (module !== undefined) uses(module, (it.propertyName ?? it.name).text);
    }
  };
  const declare = (node: ts.Statement): void => {
    if (ts.isVariableStatement(node)) {
      for (const { name } of node.declarationList.declarations) {
        if (ts.isIdentifier(name)) exported.set(name.text, place(name));
      }
    } else if (
      (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) ||
        ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ||
        ts.isEnumDeclaration(node)) && node.name
    ) exported.set(node.name.text, place(node.name));
  };
  visit(file);
  return { path, casts, any, nonNull, touches, exported, imports, dynamic, words };
}

function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

/**
 * The exports of some modules that no other module names.
 *
 * @param modules All modules of the project.
 * @param entries The modules that a program imports: what they export is public.
 */
export function unusedExports(modules: readonly Syntax[], entries: ReadonlySet<string>): Place[] {
  const byPath = new Map(modules.map((it) => [it.path, it]));
  const used = new Map<string, Set<string>>();
  const mark = (path: string, name: string): void => {
    const names = used.get(path) ?? new Set();
    used.set(path, names);
    if (names.has(name)) return;
    names.add(name);
    if (name !== "*") return;
    // What is passed on with a star is used where all of this module is.
    for (const [from, list] of byPath.get(path)?.imports ?? []) if (list.has("*")) mark(from, "*");
  };
  for (const entry of entries) mark(entry, "*");
  const words = new Map<string, Set<string>>();
  for (const module of modules) {
    for (const [from, names] of module.imports) for (const name of names) mark(from, name);
    for (const word of module.words) {
      words.set(word, (words.get(word) ?? new Set()).add(module.path));
    }
  }
  const dynamic = new Set(modules.flatMap((it) => [...it.dynamic]));
  for (const { path, exported } of modules) {
    // What a module that is imported with `import()` exports may reach those who name it through another one.
    if (!dynamic.has(path)) continue;
    for (const name of exported.keys()) if (words.get(name)!.size > 1) mark(path, name);
  }
  return modules.filter(({ path }) => path.startsWith("src/")).flatMap(({ path, exported }) => {
    const names = used.get(path) ?? new Set();
    return names.has("*")
      ? []
      : [...exported].filter(([name]) => !names.has(name)).map(([, it]) => it);
  });
}
