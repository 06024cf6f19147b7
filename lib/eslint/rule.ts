// What a rule is to ESLint, and what typescript-eslint's parser tells it of types. Both are optional, so their types
// are not imported: what is needed of them is declared here, and a spec compares it with theirs. Relies on syntax.

import type { Kind, Node, NodeOf } from './syntax.ts';

/** What TypeScript knows of an expression. */
export interface Type {
  readonly symbol?: { readonly name: string } | undefined;
  /** Of a union or an intersection. */
  readonly types?: readonly Type[];
  isUnion(): boolean;
  isIntersection(): boolean;
  isTypeParameter(): boolean;
  getProperty(name: string): PropertySymbol | undefined;
  getCallSignatures(): readonly Signature[];
}

export interface Signature {
  readonly declaration?: CompilerNode | undefined;
  readonly parameters: readonly PropertySymbol[];
  getReturnType(): Type;
}

interface PropertySymbol {
  readonly name: string;
  readonly valueDeclaration?: CompilerNode | undefined;
}

/** A node of TypeScript's own tree. The rules only hand it from one function to the next. */
export interface CompilerNode {
  readonly kind: number;
}

/** TypeScript's type checker, as far as the rules ask it. */
export interface Checker {
  getTypeAtLocation(node: CompilerNode): Type;
  getTypeOfSymbol(symbol: PropertySymbol): Type;
  getContextualType(node: CompilerNode): Type | undefined;
  getSignatureFromDeclaration(node: CompilerNode): Signature | undefined;
  getResolvedSignature(node: CompilerNode): Signature | undefined;
  getSymbolAtLocation(node: CompilerNode): PropertySymbol | undefined;
  getBaseConstraintOfType(type: Type): Type | undefined;
  getTypeArguments(type: Type): readonly Type[];
  isArrayType(type: Type): boolean;
  isTupleType(type: Type): boolean;
  getAnyType(): Type;
  getUnknownType(): Type;
  getNeverType(): Type;
  getVoidType(): Type;
}

/** What the parser has for rules. Without type information there is no program. */
export interface Services {
  readonly program: {
    getTypeChecker(): Checker;
    getCompilerOptions(): { readonly strict?: boolean; readonly strictNullChecks?: boolean };
  };
  readonly esTreeNodeToTSNodeMap: { get(node: Node): CompilerNode };
  readonly tsNodeToESTreeNodeMap: { get(node: CompilerNode): Node | undefined };
}

export interface Fixer {
  insertTextBefore(node: Node, text: string): unknown;
  insertTextAfter(node: Node, text: string): unknown;
  replaceText(node: Node, text: string): unknown;
  insertTextBeforeRange(range: [number, number], text: string): unknown;
  insertTextAfterRange(range: [number, number], text: string): unknown;
  replaceTextRange(range: [number, number], text: string): unknown;
}

export type Fix = (fixer: Fixer) => unknown;

export interface Suggestion {
  readonly desc: string;
  readonly fix: Fix;
}

export interface Report {
  readonly node: Node;
  readonly messageId: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly fix?: Fix | null;
  readonly suggest?: readonly Suggestion[];
}

export interface RuleContext {
  readonly id: string;
  readonly sourceCode: {
    readonly ast: Node;
    readonly parserServices?: unknown;
    getText(node: Node): string;
    readonly text: string;
  };
  report(report: Report): void;
}

/** What is done at nodes of each kind. */
export type Visitors = { [K in Kind]?: (node: NodeOf<K>) => void };

export interface Rule {
  readonly meta: {
    readonly type: 'problem';
    readonly docs: { readonly description: string; readonly recommended: boolean };
    readonly fixable: 'code';
    readonly hasSuggestions: boolean;
    readonly schema: [];
    readonly messages: Record<string, string>;
  };
  /**
   * Takes a `RuleContext`. ESLint's own type of it is not known here, and must not be in the way where rules are
   * configured.
   */
  create(context: never): Visitors;
}

/** The parser's services. Throws an `Error` that says how to configure it, where there is no type information. */
export function servicesOf(context: RuleContext): Services {
  const services = context.sourceCode.parserServices as Partial<Services> | undefined;
  if (!services?.program || !services.esTreeNodeToTSNodeMap)
    throw new Error(
      `${context.id} needs type information. In eslint.config.js, use the parser of typescript-eslint ` +
        'with `languageOptions: { parserOptions: { projectService: true } }`.',
    );
  return services as Services;
}
