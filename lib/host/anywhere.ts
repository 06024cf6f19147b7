// What the engine takes from its host when nobody says which that is: `#host` without the conditions `browser` and
// `node`. A bundler that sets neither, as rollup does by default, makes bundles for pages as well as for Node. So this
// one has what a program would miss in a process, such as reports of deadlocks, and works in a page. It loads nothing
// later: a bundle that must be one file can have no part that is loaded. So the environment cannot switch debug mode
// on, and there are no dumps on signals. Relies on process, browser.

export { afterHost, captureContext, hostActive, reportError, unwatchHost, watchHost } from './process.ts';
export type { InContext } from './process.ts';
export { debugWanted, dumpOnSignal, loadDebug } from './browser.ts';
