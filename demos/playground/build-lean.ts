// Makes sucrase smaller, whose part of the page would be the largest one. What the page never uses is left out: JSX, Flow,
// source maps, older engines, and a check of its options. And what its build has written out at length is written short
// again. That is an eighth of the page.
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** Modules that are imported, and of which nothing is ever called with the options of run/translate.ts. */
const UNUSED =
  /sucrase[\\/]dist[\\/]esm[\\/](transformers[\\/](JSX|Flow|ReactDisplayName|JestHoist|ReactHotLoader|ESMImport|OptionalChainingNullish|NumericSeparator|OptionalCatchBinding)Transformer|parser[\\/]plugins[\\/](flow|jsx[\\/]index|jsx[\\/]xhtml)|computeSourceMap|formatTokens|Options-gen-types)\.js$/;

/** The check of the options asks these for something. */
const CHECKERS = 'export const createCheckers = () => ({ Options: { strictCheck() {} } });';

/** A module with the same names, all of which do nothing. */
function hollow(path: string): string {
  const source = readFileSync(path, 'utf8');
  const names = [...source.matchAll(/^export (?:function|const|class) (\w+)/gm)].map(([, name]) => name);
  const usual = /^export default /m.test(source) ? 'export default class {}' : '';
  return `${names.map((name) => `export function ${name}() {}`).join('\n')}\n${usual}`;
}

/** Modules with enumerations, which TypeScript has made objects of. As enumerations esbuild writes their numbers out. */
const ENUMERATIONS = /sucrase[\\/]dist[\\/]esm[\\/]parser[\\/](tokenizer[\\/](types|keywords)|util[\\/]charcodes)\.js$/;

const asEnumerations = (source: string): string =>
  source.replace(
    /^export var (\w+); \(function \(\1\) \{\n([^]*?)^\}\)\(\1 \|\| \(\1 = \{\}\)\);/gm,
    (_, name: string, body: string) =>
      `export const enum ${name} {\n${body.replace(/const (\w+) = (.*?); \w+\[.*?\] = "\w+";/g, '$1 = $2,')}\n}`,
  );

const WORD_TREE = /sucrase[\\/]dist[\\/]esm[\\/]parser[\\/]tokenizer[\\/]readWordTree\.js$/;

/**
 * The tree in which sucrase looks words up. For each beginning of a word it has 27 places: what the word means, and where
 * each next letter leads. As a list of words and their meanings it is a tenth of that.
 */
function asWords(source: string): string {
  const [, list = ''] = /new Int32Array\(\[([^]*)\]\)/.exec(source) ?? [];
  const places = list.replace(/\/\/.*$/gm, '').split(',').map((place) => place.trim()); // prettier-ignore
  const words: string[] = [];
  const walk = (at: number, word: string): void => {
    if (places[at] !== '-1') words.push(`${word}: ${places[at]}`);
    for (let letter = 1; letter <= 26; letter++) {
      const next = Number(places[at + letter]);
      if (next !== -1) walk(next, word + String.fromCharCode(96 + letter));
    }
  };
  walk(0, '');
  return `
    ${source.match(/^import .*/gm)?.join('\n')}
    const none = () => new Array(27).fill(-1);
    const tree = none();
    for (const [word, meaning] of Object.entries({ ${words.join()} })) {
      let at = 0;
      for (const letter of word) {
        const place = at + letter.charCodeAt(0) - 96;
        if (tree[place] < 0) {
          tree[place] = tree.length;
          tree.push(...none());
        }
        at = tree[place];
      }
      tree[at] = meaning;
    }
    export const READ_WORD_TREE = new Int32Array(tree);`;
}

export const lean: Plugin = {
  name: 'lean',
  setup({ onLoad }) {
    onLoad({ filter: UNUSED }, ({ path }) => ({ contents: hollow(path), loader: 'js' }));
    onLoad({ filter: /[\\/]ts-interface-checker[\\/]/ }, () => ({ contents: CHECKERS, loader: 'js' }));
    onLoad({ filter: ENUMERATIONS }, ({ path }) => ({
      contents: asEnumerations(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
    onLoad({ filter: WORD_TREE }, ({ path }) => ({ contents: asWords(readFileSync(path, 'utf8')), loader: 'ts' }));
  },
};
