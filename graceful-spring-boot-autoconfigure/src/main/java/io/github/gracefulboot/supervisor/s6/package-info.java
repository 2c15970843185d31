/**
 * Support for the readiness notification of s6 and dinit. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.supervisor.s6;

import org.jspecify.annotations.NullMarked;
