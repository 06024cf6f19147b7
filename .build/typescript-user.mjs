// `node --import ./.build/typescript-user.mjs FILE.ts` runs a TypeScript file of this package with
// 'treadle' as a user gets it: the built package.
import { register } from './register.mjs';

process.setSourceMapsEnabled(true);
await register('./hooks.mjs');
