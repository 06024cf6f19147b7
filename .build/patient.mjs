// Preloaded into tools that run for seconds (`patient` in tools.mjs), or imported by a spec that is one. V8 optimizes a
// function once it has run for a while, in threads of its own. TypeScript, ESLint and prettier have thousands of
// functions, run most of them just long enough for that, and then end: of the 48 s of the processor that spec/eslint/
// took with coverage, 16 went into optimizing. With a larger budget only what runs really often is optimized. What the
// code does stays the same. The V8 of Node 22 and newer has no such flag.
import { setFlagsFromString } from 'node:v8';

if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString('--interrupt-budget=1000000');
