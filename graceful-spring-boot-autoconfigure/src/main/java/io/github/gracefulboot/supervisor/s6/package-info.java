/**
 * The notification descriptor of s6 and dinit.
 */
@NullMarked
package io.github.gracefulboot.supervisor.s6;

import org.jspecify.annotations.NullMarked;
