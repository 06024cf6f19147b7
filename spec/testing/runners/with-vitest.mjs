import { test } from 'vitest';
import { declare } from './cases.mjs';

declare(test);
