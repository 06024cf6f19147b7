// Leaves out of the page what sucrase has and the page never uses: JSX, Flow, source maps, and a check of its options.
// That is a tenth of the page.
import type { Plugin } from 'esbuild';

/** What stands in place of a module. Its names must be there, and nothing ever calls them. */
const STANDINS: readonly (readonly [module: RegExp, contents: string])[] = [
  [
    /[\\/]ts-interface-checker[\\/]/,
    `export const createCheckers = () => ({ Options: { strictCheck() {} } });
     const type = () => ({});
     export { type as union, type as iface, type as opt, type as array, type as lit };`,
  ],
  [
    /@jridgewell[\\/]gen-mapping[\\/]/,
    'export class GenMapping {} export const maybeAddSegment = 0, toEncodedMap = 0;',
  ],
  [
    /sucrase[\\/]dist[\\/]esm[\\/]transformers[\\/](JSX|Flow|ReactDisplayName|JestHoist|ReactHotLoader)Transformer\.js$/,
    'export default class {} export const startsWithLowerCase = 0;',
  ],
  [/sucrase[\\/]dist[\\/]esm[\\/]parser[\\/]plugins[\\/]jsx[\\/]xhtml\.js$/, 'export default new Map();'],
];

export const lean: Plugin = {
  name: 'lean',
  setup({ onLoad }) {
    for (const [filter, contents] of STANDINS) onLoad({ filter }, () => ({ contents, loader: 'js' }));
  },
};
