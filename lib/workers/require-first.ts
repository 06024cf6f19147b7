// The first module that a worker loads. Where `require` does the same as `import`, it is used: then the first call of a
// thread takes about 36 ms, and 40 with `import`, which for its first module sets up the loader that can wait.
//
// `require` loads an ES module in this turn, which Node can do from 20.19 and 22.13 on. It does not do the same
//
//   - for CommonJS, which sees who requires it, and is no namespace;
//   - for a module with a default export, to which it adds a name `__esModule`;
//   - under hooks that change how modules are loaded (`--import`, `module.register`): `require` does not ask those that
//     may wait. Any module may set them up, so only the first one is loaded this way;
//   - for a module with an `await` at its top level. Node notices before it runs anything, and `import` loads it.
//
// Relies on Node.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

export type Namespace = Readonly<Record<string, unknown>>;

/** What came of the first module. An error is the module's for ever, as it is for `import`. */
let first: { readonly module: string; readonly failure?: { readonly error: unknown } } | undefined;

/**
 * The namespace of the module if it is the first one, and `require` can load it as `import` would. Throws what the
 * module throws.
 */
export function requireFirst(module: string): Namespace | undefined {
  if (first) {
    if (first.module === module && first.failure) throw first.failure.error;
    return undefined;
  }
  first = { module };
  if (!canRequireModules() || !isSameForRequire(module)) return undefined;
  try {
    const exports: unknown = createRequire(module)(fileURLToPath(module));
    return types.isModuleNamespaceObject(exports) ? (exports as Namespace) : undefined;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    first = { module, failure: { error } };
    throw error;
  }
}

/** By its text: an ES module without a default export. */
function isSameForRequire(module: string): boolean {
  try {
    return (
      /^file:[^?#]*\.m?js$/.test(module) &&
      !/\b(default|exports|module|require)\b/.test(readFileSync(new URL(module), 'utf8'))
    );
  } catch {
    return false; // it cannot be read, as import() will say
  }
}

/** Without a warning, and without hooks that the program's flags set up. */
function canRequireModules(): boolean {
  const { features, versions, execArgv, env } = process;
  const [major = 0, minor = 0] = versions.node.split('.').map(Number);
  const warns = (major === 22 && minor < 13) || (major === 23 && minor < 5);
  const mayHook = /(^|\s)-(r|-(require|import|.*loader|.*config-file))\b/;
  const flags = [...execArgv, env['NODE_OPTIONS'] ?? ''].join(' ');
  return (features as { require_module?: boolean }).require_module === true && !warns && !mayHook.test(flags);
}

/** Is the error one of `require`, which has not run the module? */
function isRefusal(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' && /^ERR_(REQUIRE|INTERNAL)_/.test(code);
}
