/**
 * Operating system functions that supervisors need and the JDK does not offer. Internal,
 * and subject to change.
 */
@NullMarked
package io.github.gracefulboot.supervisor.posix;

import org.jspecify.annotations.NullMarked;
