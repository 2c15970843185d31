/**
 * What a shutdown leaves behind: a report of it, for people and for programs, and the
 * verdict on many of them. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.report;

import org.jspecify.annotations.NullMarked;
