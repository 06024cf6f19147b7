import { test } from '@jest/globals';
import { declare } from './cases.mjs';

declare(test);
