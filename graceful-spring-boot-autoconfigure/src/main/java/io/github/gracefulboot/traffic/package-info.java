/**
 * What was observed of the world outside: who asked for readiness, which connections are
 * open, when the last request came. Belongs to the core and decides nothing. Internal,
 * and subject to change.
 */
@NullMarked
package io.github.gracefulboot.traffic;

import org.jspecify.annotations.NullMarked;
