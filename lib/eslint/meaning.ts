// What a type means to treadle: an effect, a coroutine, a collection of them. Types are recognized by their name and
// shape, and not by the file that declares them, because a bundler of declarations may have moved it. Relies on rule,
// syntax.

import type { Checker, CompilerNode, Services, Signature, Type } from './rule.ts';
import { is } from './syntax.ts';
import type { FunctionNode, Node, NodeOf } from './syntax.ts';

/** What does nothing until it is yielded. */
export type Meaning = 'effect' | 'coroutine' | 'collection' | 'promise';

export interface Found {
  readonly what: Meaning;
  /** Is the value certainly of such a type? Of `Effect<number> | undefined` that is not so. */
  readonly always: boolean;
}

/** How deep to look: into arrays of arrays, and generators that yield generators. */
const DEPTH = 3;

export class Meanings {
  readonly checker: Checker;
  /** Does the project tell `Effect` from `Effect | undefined`? */
  readonly knowsNull: boolean;
  private readonly services: Services;

  constructor(services: Services) {
    this.services = services;
    this.checker = services.program.getTypeChecker();
    const { strict, strictNullChecks } = services.program.getCompilerOptions();
    this.knowsNull = strictNullChecks ?? strict ?? false;
  }

  typeOf(node: Node): Type {
    return this.checker.getTypeAtLocation(this.compilerNode(node));
  }

  /** What the expression is, if it is something that must be yielded. */
  of(node: Node): Found | undefined {
    return this.ofType(this.typeOf(node));
  }

  ofType(type: Type, depth = DEPTH): Found | undefined {
    const parts = this.parts(type);
    const meanings = parts.map((part) => this.ofPart(part, depth));
    const what = meanings.find((meaning) => meaning !== undefined);
    return what && { what, always: !meanings.includes(undefined) };
  }

  /** What comes of calling the expression, if it is a function. */
  ofCall(node: Node): Found | undefined {
    const signatures = this.typeOf(node).getCallSignatures();
    return signatures.length > 0 ? this.ofType(signatures[0]!.getReturnType()) : undefined;
  }

  /** Has this generator function the type of a coroutine? One that yields plain values has not. */
  isCoroutineFunction(node: FunctionNode): boolean {
    return node.generator && !node.async && this.returnedBy(node)?.what === 'coroutine';
  }

  /** Do its types say that it yields treadle's effects, and not only what may be anything? */
  yieldsEffects(node: FunctionNode): boolean {
    const type = this.signatureOf(node)?.getReturnType();
    const yielded = type && this.generated(type, 'IteratorYieldResult');
    return yielded !== undefined && this.parts(yielded).some((part) => this.ofPart(part, 1) === 'effect');
  }

  /** What the items of an array are. */
  ofItems(node: Node): Found | undefined {
    const type = this.typeOf(node);
    const isList = this.checker.isArrayType(type) || this.checker.isTupleType(type);
    const items = isList ? this.checker.getTypeArguments(type) : [];
    return items.map((item) => this.ofType(item)).find((found) => found !== undefined);
  }

  /** Does this coroutine end with an array? */
  resultsInList(node: Node): boolean {
    const result = this.generated(this.typeOf(node), 'IteratorReturnResult');
    return result !== undefined && (this.checker.isArrayType(result) || this.checker.isTupleType(result));
  }

  /**
   * Does the call give back one of its arguments? Then it was not called for its result. `checked<T>(value: T): T`
   * does. So does `noted(effect: Effect<T>): Effect<T>` most likely, if what it is given was made before.
   */
  givesBackArgument(call: NodeOf<'CallExpression'>): boolean {
    const resolved = this.checker.getResolvedSignature(this.compilerNode(call));
    const declared = resolved?.declaration && this.checker.getSignatureFromDeclaration(resolved.declaration);
    const result = declared?.getReturnType();
    if (!declared || !result) return false;
    if (result.isTypeParameter()) return true;
    return declared.parameters.some(
      (parameter, i) =>
        is(call.arguments[i], 'Identifier', 'MemberExpression') && this.checker.getTypeOfSymbol(parameter) === result,
    );
  }

  /** What the function returns when it is called. */
  private returnedBy(node: FunctionNode): Found | undefined {
    const signature = this.signatureOf(node);
    return signature && this.ofType(signature.getReturnType());
  }

  /** Does the declared type of the function say that an effect is its result? Then it is meant to be. */
  declaresEffectAsResult(node: FunctionNode): boolean {
    if (!node.returnType) return false;
    const type = this.signatureOf(node)?.getReturnType();
    if (!type) return false;
    const result =
      node.generator ? this.generated(type, 'IteratorReturnResult') : this.checker.getTypeArguments(type)[0];
    return result !== undefined && this.ofType(result) !== undefined;
  }

  /** Is this function given to a place that drops what it returns: one whose type is `(...) => void`? */
  isDropped(node: Node): boolean {
    const signatures = this.contextOf(node)?.getCallSignatures() ?? [];
    const nothing = this.checker.getVoidType();
    return signatures.length > 0 && signatures.every((signature) => signature.getReturnType() === nothing);
  }

  /** The type that the place of the expression asks for. */
  contextOf(node: Node): Type | undefined {
    return this.checker.getContextualType(this.compilerNode(node));
  }

  /** The node that declares what this name stands for. */
  declarationOf(node: Node): Node | undefined {
    const symbol = this.checker.getSymbolAtLocation(this.compilerNode(node));
    return symbol?.valueDeclaration && this.services.tsNodeToESTreeNodeMap.get(symbol.valueDeclaration);
  }

  private compilerNode(node: Node): CompilerNode {
    return this.services.esTreeNodeToTSNodeMap.get(node);
  }

  private signatureOf(node: FunctionNode): Signature | undefined {
    return this.checker.getSignatureFromDeclaration(this.compilerNode(node));
  }

  /** The types that the value may have, each by itself. A type parameter is what it extends. */
  private parts(type: Type): Type[] {
    const known = type.isTypeParameter() ? (this.checker.getBaseConstraintOfType(type) ?? type) : type;
    return known.isUnion() ? known.types!.flatMap((part) => this.parts(part)) : [known];
  }

  private ofPart(type: Type, depth: number): Meaning | undefined {
    if (depth === 0) return undefined;
    if (type.isIntersection())
      return type.types!.map((part) => this.ofPart(part, depth)).find((meaning) => meaning !== undefined);
    if (isEffect(type)) return 'effect';
    const { checker } = this;
    if (checker.isArrayType(type) || checker.isTupleType(type))
      return checker.getTypeArguments(type).some((item) => this.ofType(item, depth - 1)) ? 'collection' : undefined;
    const name = type.symbol?.name;
    if (name === 'Promise' || name === 'PromiseLike') {
      const [settled] = checker.getTypeArguments(type);
      return settled && this.ofType(settled, depth - 1) ? 'promise' : undefined;
    }
    return this.isCoroutine(type, depth) ? 'coroutine' : undefined;
  }

  /** A generator that yields what can be awaited, or nothing at all, or what nobody knows. */
  private isCoroutine(type: Type, depth: number): boolean {
    if (!this.isGenerator(type)) return false;
    const yielded = this.generated(type, 'IteratorYieldResult');
    if (!yielded) return false;
    const { checker } = this;
    if ([checker.getAnyType(), checker.getUnknownType(), checker.getNeverType()].includes(yielded)) return true;
    return this.parts(yielded).some((part) => part.getProperty('then') ?? this.ofPart(part, depth - 1));
  }

  /** Other iterators need not have `return` and `throw`: those of maps and arrays, for instance. */
  private isGenerator(type: Type): boolean {
    const name = type.symbol?.name;
    if (name === 'Generator' || name === 'Coroutine') return true;
    // Of a method that may be missing, the type is a union with undefined, which cannot be called.
    const has = (method: string) => {
      const property = type.getProperty(method);
      return property !== undefined && this.checker.getTypeOfSymbol(property).getCallSignatures().length > 0;
    };
    return this.knowsNull && has('next') && has('return') && has('throw');
  }

  /** What a generator of this type yields, or returns: the `value` of that part of what its `next()` gives. */
  private generated(type: Type, part: 'IteratorYieldResult' | 'IteratorReturnResult'): Type | undefined {
    const next = type.getProperty('next');
    const given = next && this.checker.getTypeOfSymbol(next).getCallSignatures()[0]?.getReturnType();
    const result = given && this.parts(given).find(({ symbol }) => symbol?.name === part);
    return result && this.checker.getTypeArguments(result)[0];
  }
}

/** Effect's own class has more members, but declarations hide those. No other library's Effect has these two. */
function isEffect(type: Type): boolean {
  return type.symbol?.name === 'Effect' && !!type.getProperty('kind') && !!type.getProperty('payload');
}
