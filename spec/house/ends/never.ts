// A spec waits for what never comes.
import { suite } from 'uvu';

const test = suite('never');

test('waits', () => new Promise(() => {}));
test('would come after it', () => {});

test.run();
