// A spec ends the process, with a good code.
import { suite } from 'uvu';

const test = suite('exits');

test('exits', () => process.exit(0));

test.run();
