/**
 * Operating system functions that the JDK does not offer. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.posix;

import org.jspecify.annotations.NullMarked;
