// A serving host of a spec, with the options that it is given as JSON. It dies with the spec, however that ends. No spec
// of its own.
import { main } from 'treadle';
import { serve } from 'treadle/distributed';

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
(process.stdin as unknown as { unref?(): void }).unref?.();

const root = new URL('../../', import.meta.url); // spec/
const onReady = () => console.log('serves');
const onError = (error: Error) => console.log(`told: ${error.message}`);
main(serve({ ...JSON.parse(process.argv[2]!), root, onReady, onError }));
console.log('starts');
