// The peers have no types here: the root's type check must pass where they are not installed, and
// what they would catch is little in programs of ten lines.
declare module 'bluebird';
declare module 'co';
declare module 'echarts';
declare module 'effect';
declare module 'effection';
declare module 'redux-saga';
declare module 'redux-saga/effects';
declare module 'effect/Effect';
declare module 'effect/Fiber';
declare module 'effect/Latch';
declare module 'effect/Queue';
