// The rule `treadle/no-forgotten-yield`: an effect or coroutine that stands where only its result makes sense, because
// `yield*` was forgotten. Relies on meaning, repairs, rule, syntax.

import { Meanings } from './meaning.ts';
import type { Found } from './meaning.ts';
import { brief, inPlaceOfForEach, repair } from './repairs.ts';
import { servicesOf } from './rule.ts';
import type { Rule, RuleContext, Visitors } from './rule.ts';
import { functionAround, is, isFunction, methodOf, receiverOf, valuesOf } from './syntax.ts';
import type { Node, NodeOf } from './syntax.ts';

const messages = {
  dropped: '`{{code}}` does nothing here: {{what}} runs only when it is yielded. {{advice}}',
  tested: '`{{code}}` is always true: it is {{what}}, and not its result. {{advice}}',
  returned:
    'This coroutine returns `{{code}}` as it is: {{what}}, which does not run. {{advice}} If it is meant to be ' +
    'the result, declare the type of the result.',
  awaited: '`await` does not run `{{code}}`: it is {{what}}, and no promise. {{advice}}',
  thrown: '`{{code}}` is thrown as it is: {{what}}, and not its result. {{advice}}',
  takenApart: '`{{code}}` is {{what}}: what is taken out of it here is not its result. {{advice}}',
  uncalled: '`{{code}}` is a function that was not called: write `{{code}}(...)`.',
  yieldedTogether: '`{{code}}` is a collection, which cannot be yielded. Write `yield* all({{code}})`.',
  resultsLost:
    '`yield*` runs the parts of `{{code}}` one after another and gives no result. Write `yield* all({{code}})`.',
  promised:
    '`{{called}}` does not run what it is given: {{what}}. Write `yield* {{combinator}}({{code}})` in a coroutine, ' +
    'and `run({{combinator}}({{code}}))` elsewhere.',
  droppedByCaller:
    'What `{{code}}` returns is dropped here: {{what}}, which never runs. Start it in the function, with `run(...)`.',
  droppedByForEach:
    'An array drops what `{{code}}` returns: {{what}}, which never runs. Write `yield* forEach({{items}}, {{code}})` ' +
    "with treadle's `forEach`, or a loop with `yield*`.",
  predicate:
    '`{{called}}` takes {{what}} for `true`. Ask in a loop with `yield*`, or for all items with `yield* map(...)` ' +
    'first.',
};

const names = {
  effect: 'an effect',
  coroutine: 'a coroutine',
  collection: 'a collection of effects or coroutines',
  promise: 'a promise of an effect or coroutine',
};

/** Methods that are called for what they do to the array: what they return may be dropped. */
const changing = ['pop', 'shift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin'];
const predicates = ['filter', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex'];
const combinators: Readonly<Record<string, string>> = {
  all: 'all',
  allSettled: 'allSettled',
  any: 'any',
  race: 'race',
};

export const noForgottenYield: Rule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Find effects and coroutines that do not run because `yield*` was forgotten',
      recommended: true,
    },
    fixable: 'code',
    hasSuggestions: true,
    schema: [],
    messages,
  },
  create(context: RuleContext) {
    return visitors(new Search(context));
  },
};

/** Which places are looked at, and what of them. */
function visitors(search: Search): Visitors {
  return {
    ExpressionStatement: (node) => search.drops(node.expression),
    ForStatement(node) {
      if (node.init) search.drops(node.init);
      if (node.test) search.tests(node.test);
      if (node.update) search.drops(node.update);
    },
    SequenceExpression: (node) => node.expressions.slice(0, -1).forEach((part) => search.drops(part)),
    UnaryExpression(node) {
      if (node.operator === 'void') search.drops(node.argument, node);
      if (node.operator === '!') search.tests(node.argument);
    },
    IfStatement: (node) => search.tests(node.test),
    WhileStatement: (node) => search.tests(node.test),
    DoWhileStatement: (node) => search.tests(node.test),
    ConditionalExpression: (node) => search.tests(node.test),
    LogicalExpression(node) {
      if (node.operator !== '??') search.tests(node.left);
    },
    ReturnStatement(node) {
      if (node.argument) search.returns(node.argument);
    },
    ThrowStatement: (node) => search.uses(node.argument, 'thrown'),
    AwaitExpression: (node) => search.uses(node.argument, 'awaited'),
    ForOfStatement: (node) => search.takesApart(node.right, false),
    SpreadElement: (node) => search.takesApart(node.argument, false),
    VariableDeclarator(node) {
      if (node.init && is(node.id, 'ArrayPattern')) search.takesApart(node.init, true);
    },
    AssignmentExpression(node) {
      if (is(node.left, 'ArrayPattern')) search.takesApart(node.right, true);
    },
    YieldExpression: (node) => search.yields(node),
    CallExpression(node) {
      search.calls(node);
      node.arguments.forEach((argument) => search.gives(argument));
    },
    NewExpression: (node) => node.arguments.forEach((argument) => search.gives(argument)),
    ArrowFunctionExpression: (node) => search.makesFunction(node),
    FunctionExpression: (node) => search.makesFunction(node),
  };
}

/** Looks for mistakes in one file. */
class Search {
  private readonly context: RuleContext;
  private readonly meanings: Meanings;
  /** Two places may lead to the same expression: `if (!lock.acquire())`. */
  private readonly reported = new Set<Node>();

  constructor(context: RuleContext) {
    this.context = context;
    this.meanings = new Meanings(servicesOf(context));
  }

  /** The value of this expression is used by nobody. */
  drops(node: Node, whole?: Node): void {
    // The right side of `??` and `&&` is what a statement does; what stands on the left is looked at, too.
    for (const value of valuesOf(node)) {
      if (is(value, 'AssignmentExpression', 'YieldExpression', 'AwaitExpression') || this.isCalledForItsWork(value))
        continue;
      if (is(value, 'UnaryExpression') || isFunction(value)) continue;
      const found = this.meanings.of(value);
      if (found) this.report('dropped', value, found, value === node ? whole : undefined);
      else if (is(value, 'Identifier', 'MemberExpression') && this.meanings.ofCall(value)?.always)
        this.reportUncalled(value);
    }
  }

  /** This expression decides which way the program goes. */
  tests(node: Node): void {
    if (is(node, 'LogicalExpression')) {
      this.tests(node.left);
      this.tests(node.right);
      return;
    }
    if (!this.meanings.knowsNull || !this.isCertain(node)) return;
    const found = this.meanings.of(node);
    if (found?.always) this.report('tested', node, found);
  }

  /** A coroutine's result is not awaited once more: an effect that it returns does not run. */
  returns(node: Node): void {
    const around = functionAround(node);
    if (!around || !(around.async || this.meanings.isCoroutineFunction(around))) return;
    if (this.meanings.declaresEffectAsResult(around)) return;
    this.uses(node, 'returned');
  }

  /** Only the result of this expression makes sense here. */
  uses(node: Node, messageId: 'returned' | 'thrown' | 'awaited'): void {
    for (const value of valuesOf(node)) {
      if (is(value, 'YieldExpression', 'AwaitExpression')) continue;
      const found = this.meanings.of(value);
      if (found && found.what !== 'promise') this.report(messageId, value, found, undefined);
    }
  }

  /**
   * The parts of this expression are taken: an effect is its own iterator, so the language lets it. A generator may be
   * meant as a list of effects, but not when its result is a list.
   */
  takesApart(node: Node, alsoLists: boolean): void {
    for (const value of valuesOf(node)) {
      if (is(value, 'YieldExpression')) continue;
      const found = this.meanings.of(value);
      if (found?.what === 'effect' || (alsoLists && found?.what === 'coroutine' && this.meanings.resultsInList(value)))
        this.report('takenApart', value, found);
    }
  }

  yields({ argument, delegate, parent }: NodeOf<'YieldExpression'>): void {
    const around = argument && functionAround(argument);
    if (!argument || !around || around.async) return;
    const found = this.meanings.of(argument);
    const code = brief(this.context, argument);
    if (found?.what === 'collection' && found.always) {
      // Other libraries take arrays: co, for instance. So it must be treadle's.
      const isOurs = this.meanings.yieldsEffects(around) || this.meanings.ofItems(argument)?.what === 'effect';
      if (!delegate && isOurs) this.context.report({ node: argument, messageId: 'yieldedTogether', data: { code } });
      else if (delegate && !is(parent, 'ExpressionStatement'))
        this.context.report({ node: argument, messageId: 'resultsLost', data: { code } });
    } else if (!found && this.meanings.isCoroutineFunction(around) && this.meanings.ofCall(argument)?.always)
      this.reportUncalled(argument);
  }

  /** `Promise.all(effects)`, `Boolean(effect)`, `items.filter((item) => effect)`. */
  calls(node: NodeOf<'CallExpression'>): void {
    const [first] = node.arguments;
    if (!first) return;
    if (is(node.callee, 'Identifier') && node.callee.name === 'Boolean') return this.tests(first);
    const name = methodOf(node);
    const receiver = receiverOf(node);
    if (!name || !receiver) return;
    const called = `${brief(this.context, receiver)}.${name}`;
    const combinator = is(receiver, 'Identifier') && receiver.name === 'Promise' ? combinators[name] : undefined;
    const found = this.meanings.of(first);
    if (combinator && found?.what === 'collection') {
      const data = { called, combinator, code: brief(this.context, first), what: names.collection };
      this.context.report({ node, messageId: 'promised', data });
    } else if (predicates.includes(name) && this.meanings.checker.isArrayType(this.meanings.typeOf(receiver))) {
      const answer = this.meanings.ofCall(first);
      if (answer?.always)
        this.context.report({ node: first, messageId: 'predicate', data: { called, what: names[answer.what] } });
    }
  }

  /** A function that is given to a caller by its name. */
  gives(node: Node): void {
    if (!isFunction(node) && !is(node, 'SpreadElement')) this.lookWhetherDropped(node);
  }

  /** A function that is written where it is needed. */
  makesFunction(node: NodeOf<'ArrowFunctionExpression' | 'FunctionExpression'>): void {
    // A method has no place of its own that could ask for a type.
    if (is(node.parent, 'MethodDefinition') || (is(node.parent, 'Property') && node.parent.method)) return;
    this.lookWhetherDropped(node);
    // An arrow without braces returns, too.
    if (node.async && node.type === 'ArrowFunctionExpression' && node.body.type !== 'BlockStatement')
      this.returns(node.body);
  }

  private lookWhetherDropped(node: Node): void {
    const found = this.meanings.ofCall(node);
    if (!found || !this.meanings.isDropped(node)) return;
    const { context } = this;
    const data = { code: brief(context, node), what: names[found.what] };
    const call = is(node.parent, 'CallExpression') ? node.parent : undefined;
    const items = call && methodOf(call) === 'forEach' ? receiverOf(call) : undefined;
    if (!call || !items) return context.report({ node, messageId: 'droppedByCaller', data });
    const fix = inPlaceOfForEach(context, this.meanings, call, items, node);
    context.report({
      node,
      messageId: 'droppedByForEach',
      data: { ...data, items: brief(context, items) },
      suggest: fix ? [{ desc: "Use treadle's `forEach`, with `yield*`", fix }] : [],
    });
  }

  private report(messageId: keyof typeof messages, node: Node, found: Found, whole?: Node): void {
    if (this.reported.has(node)) return;
    this.reported.add(node);
    const { advice, fix, suggest } = repair(this.context, this.meanings, node, found, whole);
    this.context.report({
      node,
      messageId,
      data: { code: brief(this.context, node), what: names[found.what], advice },
      fix: fix ?? null,
      suggest: suggest ?? [],
    });
  }

  private reportUncalled(node: Node): void {
    this.context.report({ node, messageId: 'uncalled', data: { code: brief(this.context, node) } });
  }

  /** Is it called for what it does, and returns what it was given, as `works.shift()` and `Object.freeze(works)`? */
  private isCalledForItsWork(node: Node): boolean {
    const call = is(node, 'ChainExpression') ? node.expression : node;
    if (is(call, 'CallExpression') && this.meanings.givesBackArgument(call)) return true;
    const name = methodOf(node);
    const receiver = receiverOf(node);
    if (!name || !receiver) return false;
    if (is(receiver, 'Identifier') && receiver.name === 'Object') return true;
    const { checker } = this.meanings;
    return (
      changing.includes(name) &&
      (checker.isArrayType(this.meanings.typeOf(receiver)) || checker.isTupleType(this.meanings.typeOf(receiver)))
    );
  }

  /**
   * Can its type be trusted? What is read by an index may be missing, whatever its type says, so only a call counts,
   * and a name that was made of one.
   */
  private isCertain(node: Node): boolean {
    if (is(node, 'CallExpression', 'NewExpression')) return true;
    if (!is(node, 'Identifier')) return false;
    const declaration = this.meanings.declarationOf(node);
    if (!is(declaration, 'VariableDeclarator') || !is(declaration.init, 'CallExpression')) return false;
    return is(declaration.parent, 'VariableDeclaration') && declaration.parent.kind === 'const';
  }
}
