// It cannot be loaded: its top level throws.
import { suite } from 'uvu';

const test = suite('throws');

test('passes', () => {});
test.run();

throw new Error('of throws.ts');
