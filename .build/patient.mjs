// Preloaded into tools that run for seconds (`patient` in tools.mjs), or imported by a spec that is one. V8 optimizes a
// function once it has run for a while, in threads of its own. TypeScript, ESLint and prettier have thousands of
// functions, run most of them just long enough for that, and then end. With a larger budget only what runs really often
// is optimized: with coverage, spec/eslint/ takes 32 s of the processor, not 48. What the code does stays the same.
// A V8 that does not know the flag says so on stderr, and goes on.
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--interrupt-budget=1000000');
