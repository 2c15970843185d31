'use strict';

// Stands in for a JVM with the starter: speaks PM2's protocol, and stops as gracefully as it can.

const http = require('node:http');
const net = require('node:net');

const startMillis = Number(process.env.STAND_IN_START_MS ?? 50);
const held = [];
let stopping = false;
let shutdowns = 0;

const server = http.createServer({ keepAliveTimeout: 60000 }, (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (stopping) {
    response.setHeader('Connection', 'close');
  }
  response.setHeader('X-Instance', String(process.pid));
  if (url.pathname === '/exit') {
    process.exit(Number(url.searchParams.get('code')));
  }
  if (url.pathname === '/big') {
    response.end(Buffer.alloc(Number(url.searchParams.get('bytes')), 'x'));
    return;
  }
  if (url.pathname === '/hold') {
    console.log(`stand-in: ${process.pid} holds a request`);
    held.push(response);
    return;
  }
  let received = 0;
  request.on('data', (chunk) => { received += chunk.length; });
  request.on('end', () => setTimeout(() => response.end(`ok ${received}`), Number(url.searchParams.get('ms') ?? 0)));
});

server.on('upgrade', (request, socket, head) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  socket.write(head);
  socket.pipe(socket);
});

async function shutdown() {
  shutdowns++;
  console.log(`stand-in: shutdown number ${shutdowns}`);
  if (stopping) {
    return;
  }
  stopping = true;
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.STAND_IN_LAME_DUCK_MS ?? 200)));
  server.closeIdleConnections?.();
  server.close(() => {
    console.log('stand-in: stopped clean ü');
    process.exit(Number(process.env.STAND_IN_EXIT_CODE ?? 0));
  });
  console.log(`stand-in: ${process.pid} has closed its port`);
}

process.on('message', (message) => message === 'shutdown' && shutdown());
process.on('SIGUSR2', shutdown);
process.on('SIGWINCH', () => held.forEach((response) => response.end('held')));
process.on('disconnect', () => {
  console.log('stand-in: nobody is there any more');
  if (process.env.GRACEFUL_SUPERVISOR_PM2_EXITONDISCONNECT === 'true') {
    process.exit(0);
  }
});

if (process.env.STAND_IN_RAW === 'true') {
  // Answers when the client has ended its side, with the number of its bytes
  net.createServer({ allowHalfOpen: true }, (socket) => {
    let received = 0;
    socket.on('data', (chunk) => { received += chunk.length; });
    socket.on('end', () => socket.end(`got ${received}`));
    socket.on('error', (error) => console.log(`stand-in: ${error.code}`));
  }).listen(Number(process.env.SERVER_PORT), process.env.SERVER_ADDRESS, () => process.send('ready'));
} else {
  setTimeout(() => server.listen(Number(process.env.SERVER_PORT), process.env.SERVER_ADDRESS, () => {
    console.log(`stand-in: ${process.pid} listens on ${process.env.SERVER_ADDRESS}`);
    process.send('ready');
  }), startMillis);
}
