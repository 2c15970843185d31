// Two instances of the sample that share the port 8080, without a load balancer: a Node process beside each JVM stands
// between it and PM2. Start: pm2 start ecosystem.cluster.config.js. New version: pm2 reload sample-cluster. See docs/pm2.md.
const path = require('node:path');

const jar = process.env.SAMPLE_JAR || path.join(__dirname, '../../target/sample-app-0.1.0-SNAPSHOT.jar');

module.exports = {
  apps: [{
    name: 'sample-cluster',
    script: path.join(__dirname, '../../../graceful-pm2-launcher/launcher.js'),
    // java's command line
    args: [...(process.env.JVM_OPTIONS || '-Xmx256m').split(' '), '-jar', jar],
    exec_mode: 'cluster',

    instances: process.env.INSTANCES || 2,
    env: {
      // All JVMs listen on it
      SERVER_PORT: process.env.PORT || 8080,
      GRACEFUL_LAUNCHER_JAVA: process.env.JAVA || 'java'
    },

    // An instance is online when it is ready, not as soon as its process runs
    wait_ready: true,
    // Longer than the slowest start: after that time PM2 stops the old instance in any case
    listen_timeout: 90000,
    // PM2 kills after that time. With the starter the process exits before, by itself
    kill_timeout: 30000,
    // SIGINT goes to the launcher, which tells the JVM, and to no program that a request has started and waits for
    treekill: false
  }]
};
