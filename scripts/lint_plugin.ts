/**
 * Rules of this project that `deno lint` does not have. `deno.json` names this file.
 *
 * @module
 */

/**
 * A node of the syntax tree, with the fields that are used here. Deno's types for this are part of its unstable
 * types, which the rest of the project must not see.
 */
interface SyntaxNode {
  readonly type: string;
  readonly name?: string;
  readonly id?: SyntaxNode | null;
  readonly params?: readonly SyntaxNode[];
  readonly param?: SyntaxNode | null;
  readonly local?: SyntaxNode;
  readonly properties?: readonly SyntaxNode[];
  readonly elements?: readonly (SyntaxNode | null)[];
  readonly value?: SyntaxNode;
  readonly left?: SyntaxNode;
  readonly argument?: SyntaxNode;
  readonly parameter?: SyntaxNode;
  readonly meta?: SyntaxNode;
}

/** The context with which a rule reports. */
interface RuleContext {
  report(problem: { node: SyntaxNode; message: string; hint: string }): void;
}

/** Names that every CommonJS module has; a local variable of the same name hides them. */
const RESERVED = ["exports"];

/** All identifiers that a pattern declares. */
function* declared(pattern: SyntaxNode | null | undefined): Generator<SyntaxNode> {
  switch (pattern?.type) {
    case "Identifier":
      yield pattern;
      break;
    case "ObjectPattern":
      for (const property of pattern.properties ?? []) {
        yield* declared(property.type === "Property" ? property.value : property);
      }
      break;
    case "ArrayPattern":
      for (const element of pattern.elements ?? []) yield* declared(element);
      break;
    case "AssignmentPattern":
      yield* declared(pattern.left);
      break;
    case "RestElement":
      yield* declared(pattern.argument);
      break;
    case "TSParameterProperty":
      yield* declared(pattern.parameter);
      break;
  }
}

export default {
  name: "archfx",
  rules: {
    "no-local-exports": {
      create(context: RuleContext) {
        const check = (...patterns: (SyntaxNode | null | undefined)[]) => {
          for (const pattern of patterns) {
            for (const node of declared(pattern)) {
              if (!RESERVED.includes(node.name!)) continue;
              context.report({
                node,
                message: `A local name "${node.name}" breaks the CommonJS output of this module`,
                hint: "Choose another name",
              });
            }
          }
        };
        const checkFunction = (node: SyntaxNode) => check(node.id, ...node.params ?? []);
        return {
          VariableDeclarator: (node: SyntaxNode) => check(node.id),
          FunctionDeclaration: checkFunction,
          FunctionExpression: checkFunction,
          ArrowFunctionExpression: checkFunction,
          CatchClause: (node: SyntaxNode) => check(node.param),
          ClassDeclaration: (node: SyntaxNode) => check(node.id),
          ClassExpression: (node: SyntaxNode) => check(node.id),
          ImportSpecifier: (node: SyntaxNode) => check(node.local),
          ImportDefaultSpecifier: (node: SyntaxNode) => check(node.local),
          ImportNamespaceSpecifier: (node: SyntaxNode) => check(node.local),
        };
      },
    },
    "no-new-target": {
      create(context: RuleContext) {
        return {
          MetaProperty(node: SyntaxNode) {
            if (node.meta?.name !== "new") return;
            context.report({
              node,
              message: "dnt 0.42 treats new.target like import.meta, and its output then throws",
              hint: "Use Object.getPrototypeOf(this) or this.constructor",
            });
          },
        };
      },
    },
  },
};
