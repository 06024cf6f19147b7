import { suite } from 'uvu';
import { declare } from './cases.mjs';

const test = suite('virtually in uvu');
declare(test);
test.run();
