'use strict';

// Shares PM2's daemon with the applications under test, and must not notice them.
setInterval(() => {}, 1000);
process.send('ready');
