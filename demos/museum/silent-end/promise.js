// The contrast: a native promise that nobody settles, awaited within a function.
async function main() {
  console.log('waiting for the answer');
  console.log(await new Promise(() => {}));
}

main();
