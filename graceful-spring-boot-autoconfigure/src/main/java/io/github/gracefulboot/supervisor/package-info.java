/**
 * Supervisors: those who start the process, want to know when it is ready, and stop it.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.supervisor;

import org.jspecify.annotations.NullMarked;
