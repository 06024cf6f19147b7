// The little that the rules must know of ESLint's syntax trees. ESLint and its parser are optional, so their types are
// not imported: what is needed of them is declared here.

/** A node of the tree, of any kind. */
export interface Node {
  readonly type: string;
  readonly parent?: Node | undefined;
  /** From which character of the file to which. */
  readonly range: readonly [number, number];
}

/** What nodes of each kind consist of, as far as the rules look. */
interface Parts {
  ArrayPattern: object;
  ArrowFunctionExpression: FunctionParts;
  AssignmentExpression: { readonly operator: string; readonly left: Node; readonly right: Node };
  AwaitExpression: { readonly argument: Node };
  CallExpression: { readonly callee: Node; readonly arguments: readonly Node[] };
  ChainExpression: { readonly expression: Node };
  ConditionalExpression: { readonly test: Node; readonly consequent: Node; readonly alternate: Node };
  DoWhileStatement: { readonly test: Node };
  ExpressionStatement: { readonly expression: Node };
  ForOfStatement: { readonly right: Node };
  ForStatement: { readonly init: Node | null; readonly test: Node | null; readonly update: Node | null };
  FunctionDeclaration: FunctionParts;
  FunctionExpression: FunctionParts;
  Identifier: { readonly name: string };
  IfStatement: { readonly test: Node };
  LogicalExpression: { readonly operator: '&&' | '||' | '??'; readonly left: Node; readonly right: Node };
  MemberExpression: { readonly object: Node; readonly property: Node; readonly computed: boolean };
  MethodDefinition: { readonly key: Node; readonly kind: string; readonly computed: boolean };
  NewExpression: { readonly callee: Node; readonly arguments: readonly Node[] };
  Property: { readonly key: Node; readonly kind: string; readonly method: boolean; readonly computed: boolean };
  PropertyDefinition: object;
  ReturnStatement: { readonly argument: Node | null };
  SequenceExpression: { readonly expressions: readonly Node[] };
  SpreadElement: { readonly argument: Node };
  StaticBlock: object;
  TSNonNullExpression: { readonly expression: Node };
  ThrowStatement: { readonly argument: Node };
  UnaryExpression: { readonly operator: string; readonly argument: Node };
  VariableDeclaration: { readonly kind: string };
  VariableDeclarator: { readonly id: Node; readonly init: Node | null };
  WhileStatement: { readonly test: Node };
  YieldExpression: { readonly delegate: boolean; readonly argument: Node | null };
}

interface FunctionParts {
  readonly async: boolean;
  readonly generator: boolean;
  readonly params: readonly Node[];
  readonly body: Node;
  readonly returnType?: Node | undefined;
  readonly typeParameters?: Node | undefined;
}

export type Kind = keyof Parts;
export type NodeOf<K extends Kind> = K extends Kind ? Node & { readonly type: K } & Parts[K] : never;
export type FunctionNode = NodeOf<'ArrowFunctionExpression' | 'FunctionDeclaration' | 'FunctionExpression'>;

/** Is the node of one of these kinds? */
export function is<K extends Kind>(node: Node | null | undefined, ...kinds: readonly K[]): node is NodeOf<K> {
  return node != null && (kinds as readonly string[]).includes(node.type);
}

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return is(node, 'ArrowFunctionExpression', 'FunctionDeclaration', 'FunctionExpression');
}

/** The function whose code the node is a part of. None at the top of a module, and in the fields of a class. */
export function functionAround(node: Node): FunctionNode | undefined {
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (isFunction(outer)) return outer;
    if (is(outer, 'PropertyDefinition', 'StaticBlock')) return undefined;
  }
  return undefined;
}

/** `name` when the call is `something.name(...)`, otherwise undefined. */
export function methodOf(call: Node): string | undefined {
  const called = is(call, 'ChainExpression') ? call.expression : call;
  if (!is(called, 'CallExpression') || !is(called.callee, 'MemberExpression') || called.callee.computed)
    return undefined;
  return is(called.callee.property, 'Identifier') ? called.callee.property.name : undefined;
}

/** The `something` of a call `something.name(...)`. */
export function receiverOf(call: Node): Node | undefined {
  const called = is(call, 'ChainExpression') ? call.expression : call;
  return is(called, 'CallExpression') && is(called.callee, 'MemberExpression') ? called.callee.object : undefined;
}

/**
 * The expressions that may be the value of this one: both branches of `? :`, the right side of `&&`, the last part of a
 * comma. `yield*` belongs before each of them, and not before the whole.
 */
export function valuesOf(node: Node): Node[] {
  if (is(node, 'ConditionalExpression')) return [...valuesOf(node.consequent), ...valuesOf(node.alternate)];
  if (is(node, 'LogicalExpression'))
    return node.operator === '&&' ? valuesOf(node.right) : [...valuesOf(node.left), ...valuesOf(node.right)];
  if (is(node, 'SequenceExpression')) return valuesOf(node.expressions.at(-1)!);
  if (is(node, 'TSNonNullExpression')) return valuesOf(node.expression);
  return [node];
}

/** Must a `yield*` in the place of this node stand in parentheses? It binds less than any operator but the comma. */
export function needsParentheses(node: Node): boolean {
  const { parent } = node;
  if (is(parent, 'ConditionalExpression')) return parent.test === node;
  if (is(parent, 'CallExpression', 'NewExpression')) return parent.callee === node;
  return (
    is(parent, 'LogicalExpression', 'UnaryExpression', 'MemberExpression', 'AwaitExpression', 'TSNonNullExpression') ||
    ['BinaryExpression', 'TSAsExpression', 'TSSatisfiesExpression', 'TaggedTemplateExpression'].includes(
      parent?.type ?? '',
    )
  );
}
