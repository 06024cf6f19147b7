// The process is killed: nothing can be told any more.
import { suite } from 'uvu';

const test = suite('killed');

test('is killed', () => void process.kill(process.pid, 'SIGKILL'));

test.run();
