'use strict';

// Stands in for PM2's daemon in cluster mode, with two workers.

const cluster = require('node:cluster');
const { LAUNCHER, STAND_IN } = require('./support');

cluster.setupPrimary({ exec: LAUNCHER, args: [STAND_IN] });

let ready = 0;
cluster.on('message', (worker, message) => {
  if (message === 'ready' && ++ready === 2) {
    process.send('ready');
  }
});
const workers = [cluster.fork(), cluster.fork()];
console.log(`primary: started ${workers.map((worker) => worker.process.pid).join(' ')}`);
