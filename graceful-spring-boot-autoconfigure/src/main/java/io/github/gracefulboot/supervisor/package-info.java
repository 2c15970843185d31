/**
 * Supervisors: those who start the process, want to know when it is ready, and stop it.
 */
@NullMarked
package io.github.gracefulboot.supervisor;

import org.jspecify.annotations.NullMarked;
