// The client of the workload `fairness`. It sends a byte to 127.0.0.1, waits until it comes back, rests 2 ms, and so
// on. It is a process of its own, so it measures what a client sees and is not starved together with its server.
//
//   node echo-client.js PORT MS
//
// The first round trips do not count: the server takes them as the sign to become busy. After MS milliseconds it prints
// all round trips in milliseconds, including the one that is not answered by then, and ends.
import { connect } from 'node:net';

const [port, ms] = process.argv.slice(2).map(Number);
const REST = 2;
const WARM = 5;

const trips = [];
let sent;
let count = 0;

const socket = connect(port, '127.0.0.1').setNoDelay(true);

function send() {
  sent = performance.now();
  socket.write('x');
}

function received() {
  if (count++ >= WARM) trips.push(performance.now() - sent);
  sent = undefined;
  if (count === WARM) setTimeout(finish, ms);
  setTimeout(send, REST);
}

function finish() {
  if (sent !== undefined) trips.push(performance.now() - sent);
  console.log(JSON.stringify(trips));
  process.exit();
}

socket.on('connect', send).on('data', received).on('error', finish).on('close', finish);
