// Nobody calls `test.run()`.
import { suite } from 'uvu';

const test = suite('forgotten');

test('passes', () => {});
