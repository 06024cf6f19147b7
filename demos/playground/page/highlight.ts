// Colours for TypeScript, in the editor and in the chapters: Lezer's parser, and classes for what it finds. The programs
// here are short, so that each is parsed anew after a change.
import type { Tree } from '@lezer/common';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { parser } from '@lezer/javascript';
import { escaped } from './dom.ts';

const typescript = parser.configure({ dialect: 'ts' });

const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], class: 'keyword' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 'string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'number' },
  { tag: tags.comment, class: 'comment' },
  { tag: [tags.typeName, tags.className], class: 'type' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: 'function' },
  { tag: tags.definition(tags.variableName), class: 'definition' },
]);

/** Tells all stretches that have a colour, in their order. */
export function highlight(code: string, put: (from: number, to: number, style: string) => void): void {
  highlightTree(typescript.parse(code) as unknown as Tree, highlighter, put);
}

/** The code with its colours, as HTML. */
export function highlighted(code: string): string {
  let text = '';
  let done = 0;
  highlight(code, (from, to, style) => {
    text += `${escaped(code.slice(done, from))}<span class="hl-${style}">${escaped(code.slice(from, to))}</span>`;
    done = to;
  });
  return text + escaped(code.slice(done));
}
