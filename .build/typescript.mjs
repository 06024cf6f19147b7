// `node --import ./.build/typescript.mjs FILE.ts` runs a TypeScript file of this package with
// 'treadle' meaning the sources in lib/, as specs want it.
import { register } from './register.mjs';

process.setSourceMapsEnabled(true);
await register('./hooks.mjs');
await register('./hooks-source.mjs');
