// A program of several files as one: the playground has one editor. What a helper file declares stands at the end, so
// that the lines of the program itself stay together. Imports are written anew. Relies on nothing.

interface Import {
  readonly isType: boolean;
  readonly names: readonly string[];
  readonly from: string;
}

const IMPORT = /^import (type )?\{([^}]*)\} from '([^']*)';\n/gm;

/** What a program imports is its engine, or a helper file, which `read` gives by its name. */
export function oneFile(program: string, read: (file: string) => string): string {
  const imports: Import[] = [];
  const files = new Set<string>();
  const take = (source: string): string =>
    source.replace(IMPORT, (_, type: string | undefined, names: string, from: string) => {
      if (isHelper(from)) files.add(from.slice(2));
      else imports.push({ isType: type !== undefined, names: names.split(',').map((name) => name.trim()), from });
      return '';
    });
  let code = take(program);
  // A file that is found in a helper is read as well: the set grows while one goes through it.
  for (const file of files)
    code = `${code.trimEnd()}\n\n${take(read(file))
      .trim()
      .replace(/^export /gm, '')}\n`;
  return withImports(code, imports);
}

function isHelper(from: string): boolean {
  return from.startsWith('./') && !from.startsWith('./engine');
}

/** Behind the comment at the top. A name that is imported as a value needs no import of its type. */
function withImports(code: string, imports: readonly Import[]): string {
  const values = new Map<string, string>();
  const types = new Map<string, string>();
  for (const { isType, names, from } of imports)
    for (const name of names.filter(Boolean)) {
      const known = isType ? types : values;
      known.set(name, known.get(name) ?? from);
    }
  for (const name of values.keys()) types.delete(name);
  const lines = [...linesFor('import', values), ...linesFor('import type', types)];
  const [comment = ''] = /^(?:\/\/.*\n)*/.exec(code) ?? [];
  return `${comment}${lines.join('')}\n${code.slice(comment.length).trimStart()}`;
}

function linesFor(keyword: string, names: ReadonlyMap<string, string>): string[] {
  const modules = [...new Set(names.values())].sort();
  return modules.map((module) => {
    const own = [...names].filter(([, from]) => from === module).map(([name]) => name);
    return `${keyword} { ${own.sort().join(', ')} } from '${module}';\n`;
  });
}
