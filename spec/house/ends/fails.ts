// One spec fails, and the process goes on.
import { suite } from 'uvu';

const test = suite('fails');

test('passes', () => {});
test('fails', () => {
  throw new Error('of fails.ts');
});

test.run();
