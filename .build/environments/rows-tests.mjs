// Runners of tests.
import { DONE, exported } from './programs.mjs';

const node = process.execPath;

const jestTest = `import { said } from './said.js';
test('it works', async () => expect(await said()).toBe('${DONE}'));
`;

export const rows = [
  {
    name: 'node:test',
    version: process.versions.node,
    async check(project) {
      project.write('said.js', exported);
      project.write(
        'works.test.js',
        `import assert from 'node:assert';
import { test } from 'node:test';
import { said } from './said.js';
test('it works', async () => assert.equal(await said(), '${DONE}'));
`,
      );
      await project.says('# pass 1', node, ['--test', '--test-reporter=tap', 'works.test.js']);
      return '';
    },
  },
  {
    name: 'uvu',
    version: '0.5.6',
    packages: { uvu: '0.5.6' },
    async check(project) {
      project.write('said.js', exported);
      project.write(
        'works.js',
        `import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { said } from './said.js';
test('it works', async () => assert.is(await said(), '${DONE}'));
test.run();
`,
      );
      await project.ok(node, ['works.js']);
      return '';
    },
  },
  {
    name: 'vitest',
    version: '5.1.1',
    packages: { vitest: '5.1.1', vite: '8.3.8' },
    async check(project) {
      project.write('said.js', exported);
      project.write('works.test.js', `import { expect, test } from 'vitest';\n${jestTest}`);
      await project.says('1 passed', node, [project.program('vitest/vitest.mjs'), 'run']);
      return '';
    },
  },
  {
    name: 'vitest, jsdom',
    version: '5.1.1',
    packages: { vitest: '5.1.1', vite: '8.3.8', jsdom: '26.1.0' },
    async check(project) {
      project.write('said.js', exported);
      project.write('works.test.js', `import { expect, test } from 'vitest';\n${jestTest}`);
      await project.says('1 passed', node, [project.program('vitest/vitest.mjs'), 'run', '--environment', 'jsdom']);
      return '';
    },
  },
  {
    name: 'jest, ES modules',
    version: '30.5.2',
    packages: { jest: '30.5.2' },
    async check(project) {
      project.write('said.js', exported);
      project.write('works.test.js', jestTest);
      project.write('jest.config.js', 'export default { transform: {} };\n');
      const args = ['--experimental-vm-modules', '--no-warnings', project.program('jest/bin/jest.js'), '--runInBand'];
      await project.says('1 passed', node, args);
      return '`node --experimental-vm-modules`, as jest asks for';
    },
  },
  {
    name: 'jest, CommonJS by Babel',
    version: '30.5.2',
    packages: { jest: '30.5.2', '@babel/preset-env': '7.28.0' },
    manifest: { type: 'commonjs' },
    async check(project) {
      project.write('said.js', exported);
      project.write('works.test.js', jestTest);
      project.write(
        'babel.config.js',
        "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] };\n",
      );
      project.write(
        'jest.config.js',
        "module.exports = { transformIgnorePatterns: ['/node_modules/(?!treadle/)'] };\n",
      );
      await project.says('1 passed', node, [project.program('jest/bin/jest.js'), '--runInBand']);
      return "with `transformIgnorePatterns: ['/node_modules/(?!treadle/)']`: jest's `require` knows no ES modules";
    },
  },
];
