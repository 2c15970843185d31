/**
 * The end of the process: stop signals, exit code, and the exit that does not wait for
 * the supervisor's kill. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.process;

import org.jspecify.annotations.NullMarked;
