// All is well.
import { suite } from 'uvu';

const test = suite('good');

test('passes', () => {});
test.skip('is skipped', () => {});

console.log('note: it is well');
test.run();
