// The entry `treadle/eslint`: a plugin for ESLint that finds forgotten `yield*`, by types. For Node only. Nothing of it
// is in the core, and it imports neither ESLint nor TypeScript: both are the user's. Relies on forgotten-yield,
// untyped-yield.

import { noForgottenYield } from './forgotten-yield.ts';
import type { Rule } from './rule.ts';
import { noUntypedYield } from './untyped-yield.ts';

/** An object in the list that an `eslint.config.js` exports: it turns the rules on for some files. */
export interface TreadleConfig {
  readonly name: string;
  files: string[];
  plugins: Record<string, Omit<TreadlePlugin, 'configs'>>;
  rules: Record<string, 'error' | 'warn' | 'off'>;
}

/** The plugin as ESLint takes it, under `plugins` of an `eslint.config.js`. */
export interface TreadlePlugin {
  readonly meta: { readonly name: string; readonly version: string };
  readonly rules: { readonly 'no-forgotten-yield': Rule; readonly 'no-untyped-yield': Rule };
  readonly configs: { readonly recommended: TreadleConfig };
}

const meta = { name: 'treadle/eslint', version: '0.1.0' };
const rules = { 'no-forgotten-yield': noForgottenYield, 'no-untyped-yield': noUntypedYield };

const recommended: TreadleConfig = {
  name: 'treadle/recommended',
  files: ['**/*.ts', '**/*.mts', '**/*.cts', '**/*.tsx'],
  plugins: {},
  rules: { 'treadle/no-forgotten-yield': 'error', 'treadle/no-untyped-yield': 'error' },
};

/**
 * The plugin, for `eslint.config.js`. `configs.recommended` turns both rules on for TypeScript files. They need type
 * information, so the parser of typescript-eslint with `projectService`.
 *
 * @example
 * import tseslint from 'typescript-eslint';
 * import treadle from 'treadle/eslint';
 *
 * export default [
 *   { languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } } },
 *   treadle.configs.recommended,
 * ];
 */
const plugin: TreadlePlugin = { meta, rules, configs: { recommended } };
recommended.plugins['treadle'] = plugin;

export default plugin;
