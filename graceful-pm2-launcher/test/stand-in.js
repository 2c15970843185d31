'use strict';

// Stands in for a JVM with the starter: speaks PM2's protocol, and stops gracefully. It listens on a port of its own,
// since Node cannot take one over.

const http = require('node:http');

const { STAND_IN_START_MS = '50', GRACEFUL_HANDOVER_PATH, GRACEFUL_HANDOVER_REPLACE } = process.env;
let shutdowns = 0;

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/exit') {
    process.exit(Number(url.searchParams.get('code')));
  }
  let received = 0;
  request.on('data', (chunk) => { received += chunk.length; });
  request.on('end', () => setTimeout(() => response.end(`ok ${received}`), Number(url.searchParams.get('ms') ?? 0)));
});

function shutdown() {
  shutdowns++;
  console.log(`stand-in: shutdown number ${shutdowns}`);
  if (shutdowns === 1) {
    server.close(() => {
      console.log('stand-in: stopped clean ü');
      process.exit(0);
    });
  }
}

process.on('message', (message) => message === 'shutdown' && shutdown());
process.on('disconnect', () => {
  console.log('stand-in: nobody is there any more');
  if (process.env.GRACEFUL_SUPERVISOR_PM2_EXITONDISCONNECT === 'true') {
    process.exit(0);
  }
});

console.log(`stand-in: ${process.pid} meets others at ${GRACEFUL_HANDOVER_PATH}, replace=${GRACEFUL_HANDOVER_REPLACE}`);
setTimeout(() => server.listen(0, '127.0.0.1', () => {
  console.log(`stand-in: ${process.pid} listens on ${server.address().port}`);
  process.send('ready');
}), Number(STAND_IN_START_MS));
