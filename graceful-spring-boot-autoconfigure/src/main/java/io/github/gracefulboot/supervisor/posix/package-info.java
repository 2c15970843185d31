/**
 * What supervisors need of the operating system and the JDK does not offer.
 */
@NullMarked
package io.github.gracefulboot.supervisor.posix;

import org.jspecify.annotations.NullMarked;
