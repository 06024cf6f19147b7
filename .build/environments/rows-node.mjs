// Node itself: every version from 20 on, by import and by require. The binaries come from the registry.
import { commonJs, DONE, entries, entriesOfNode, esm, jobs, pools } from './programs.mjs';

const versions = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];
const system = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';

/** Everything that a module can import, also pools of both kinds of worker. */
export async function imports(project, node) {
  project.write('main.js', esm);
  project.write('entries.js', entries);
  project.write('entries-of-node.js', entriesOfNode);
  project.write('pools.js', pools('thread', 'process'));
  project.write('jobs.js', jobs);
  await project.says(DONE, node, ['main.js']);
  await project.says('all entries', node, ['entries.js']);
  await project.says('also those', node, ['entries-of-node.js']);
  await project.says('process [ 4, 9 ]', node, ['pools.js']);
  return 'with all entries, and pools of threads and of processes';
}

/** CommonJS, which gets the same module: Node loads ES modules by `require`. */
export async function requires(project, node) {
  project.write('main.cjs', commonJs);
  await project.says(DONE, node, ['main.cjs']);
  return '`require` of an ES module';
}

export const rows = versions.flatMap((version) =>
  [
    ['import', imports],
    ['require', requires],
  ].map(([way, check]) => ({
    name: `Node, ${way}`,
    version,
    packages: { [`node-${system}`]: version },
    check: (project) => check(project, project.program(`node-${system}/${binary}`)),
  })),
);
