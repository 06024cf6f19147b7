// The peers have no types here: the type check of the root must pass where they are not installed, and in programs of
// ten lines types would catch little.
declare module 'bluebird';
declare module 'co';
declare module 'echarts';
declare module 'effect';
declare module 'effection';
declare module 'jest-worker';
declare module 'piscina';
declare module 'redux-saga';
declare module 'redux-saga/effects';
declare module 'tinypool';
declare module 'workerpool';
declare module 'effect/Effect';
declare module 'effect/Fiber';
declare module 'effect/Latch';
declare module 'effect/Queue';
