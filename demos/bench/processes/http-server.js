// The web server of the workload `http`. It is a process of its own, so that the process that is measured only sends
// and receives. It answers every request with the same kilobyte; /count says how many it has answered, not counting
// that one. It prints its port when it listens. It ends when its standard input does, at the latest with its parent.
import { createServer } from 'node:http';

const body = 'x'.repeat(1_024);
let count = 0;

const server = createServer((request, response) => {
  if (request.url === '/count') return response.end(String(count));
  count++;
  response.end(body);
});
// Connections stay open between the samples.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin
  .on('end', () => process.exit())
  .on('error', () => process.exit())
  .resume();
