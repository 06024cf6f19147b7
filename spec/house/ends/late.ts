// All specs pass, and what they have left behind throws later.
import { suite } from 'uvu';

const test = suite('late');

test('leaves a timer', () =>
  void setTimeout(() => {
    throw new Error('of late.ts');
  }, 1));

test.run();
