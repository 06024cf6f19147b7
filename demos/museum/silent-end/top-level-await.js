// The contrast: a native promise that nobody settles, awaited at the top level of a module.
console.log('waiting for the answer');
console.log(await new Promise(() => {}));
