import { test } from 'node:test';
import { declare } from './cases.mjs';

declare(test);
