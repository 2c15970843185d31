// Two instances of the sample, on the ports 8080 and 8081, behind a load balancer that probes /actuator/health/readiness.
// Start: pm2 start ecosystem.config.js. New version: pm2 reload sample, by its name. See docs/pm2.md.
const path = require('node:path');

const jar = process.env.SAMPLE_JAR || path.join(__dirname, '../../target/sample-app-0.1.0-SNAPSHOT.jar');

module.exports = {
  apps: [{
    name: 'sample',
    script: process.env.JAVA || 'java',
    interpreter: 'none',
    args: [...(process.env.JVM_OPTIONS || '-Xmx256m').split(' '), '-jar', jar],
    exec_mode: 'fork',

    instances: 2,
    increment_var: 'SERVER_PORT',
    env: {
      SERVER_PORT: process.env.FIRST_PORT || 8080,
      // PM2 stops the next instance only when the balancer has found this one ready twice
      GRACEFUL_READY_PROBES: 2
    },

    // An instance is online when it is ready, not as soon as its process runs
    wait_ready: true,
    // Longer than the slowest start: after that time PM2 goes on in any case
    listen_timeout: 90000,
    // PM2 kills after that time. With the starter the process exits before, by itself
    kill_timeout: 30000,
    // SIGINT goes to the JVM alone, and not to the processes that requests have started and wait for. With a wrapper script
    // that does not "exec java" this has to be true
    treekill: false
  }]
};
