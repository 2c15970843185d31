'use strict';

// Stands in for PM2's daemon in cluster mode. Takes "reload N" and "quit" as messages.

const cluster = require('node:cluster');
const { LAUNCHER, STAND_IN } = require('./support');

cluster.setupPrimary({ exec: LAUNCHER, args: [STAND_IN] });

function start() {
  return new Promise((resolve, reject) => {
    const worker = cluster.fork();
    worker.once('exit', (code) => reject(new Error(`a worker exited early with ${code}`)));
    worker.on('message', (message) => {
      if (message === 'ready') {
        worker.removeAllListeners('exit');
        resolve(worker);
      }
    });
  });
}

function stop(worker) {
  return new Promise((resolve) => {
    worker.once('exit', (code) => resolve(code));
    worker.process.kill('SIGINT');
  });
}

async function main() {
  const workers = [await start(), await start()];
  process.send({ started: workers.map((worker) => worker.process.pid) });
  process.on('message', async (message) => {
    const codes = [];
    for (let round = 0; round < message.reload; round++) {
      for (const i of [0, 1]) {
        const successor = await start();
        codes.push(await stop(workers[i]));
        workers[i] = successor;
      }
    }
    if (message.quit) {
      codes.push(...await Promise.all(workers.map(stop)));
      process.disconnect();
    } else {
      process.send({ codes });
    }
  });
}

main();
