// The rule `treadle/no-untyped-yield`: `const text = yield page(url)` runs, but TypeScript knows nothing of `text`.
// With `yield*` it does. Relies on meaning, repairs, rule, syntax.

import { Meanings } from './meaning.ts';
import { brief } from './repairs.ts';
import { servicesOf } from './rule.ts';
import type { Rule, RuleContext } from './rule.ts';
import { functionAround, is } from './syntax.ts';
import type { Node } from './syntax.ts';

export const noUntypedYield: Rule = {
  meta: {
    type: 'problem',
    docs: { description: 'Find results whose type is lost because `yield` stands without its star', recommended: true },
    fixable: 'code',
    hasSuggestions: false,
    schema: [],
    messages: {
      untyped: 'The result of `yield {{code}}` has the type `any`. Write `yield* {{code}}`, or say its type.',
    },
  },
  create(context: RuleContext) {
    const meanings = new Meanings(servicesOf(context));
    const isAny = (node: Node) => meanings.typeOf(node) === meanings.checker.getAnyType();
    return {
      YieldExpression(node) {
        const { argument, delegate, parent } = node;
        if (delegate || !argument || isDropped(node, parent) || !isAny(node)) return;
        const around = functionAround(node);
        if (!around || !meanings.yieldsEffects(around)) return;
        const found = meanings.of(argument);
        if (!found?.always || !(found.what === 'effect' || found.what === 'coroutine')) return;
        // A place that says which type it wants is as good as a declared one.
        const wanted = meanings.contextOf(node);
        if (wanted && wanted !== meanings.checker.getAnyType()) return;
        context.report({
          node,
          messageId: 'untyped',
          data: { code: brief(context, argument) },
          fix: (fixer) => fixer.insertTextAfterRange([node.range[0], node.range[0] + 'yield'.length], '*'),
        });
      },
    };
  },
};

function isDropped(node: Node, parent: Node | undefined): boolean {
  if (is(parent, 'ExpressionStatement')) return true;
  return is(parent, 'SequenceExpression') && parent.expressions.at(-1) !== node;
}
