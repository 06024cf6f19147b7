// The web server of the workload `http`: a process of its own, so that the one that is measured only sends and
// receives. Answers every request with the same kilobyte; /count says how many it has answered, that one not
// included. Prints its port when it listens, and ends when its standard input does, at the latest with its parent.
import { createServer } from 'node:http';

const body = 'x'.repeat(1_024);
let count = 0;

const server = createServer((request, response) => {
  if (request.url === '/count') return response.end(String(count));
  count++;
  response.end(body);
});
// Connections are kept open between the samples.
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin
  .on('end', () => process.exit())
  .on('error', () => process.exit())
  .resume();
